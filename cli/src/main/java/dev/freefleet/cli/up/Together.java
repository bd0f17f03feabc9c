package dev.freefleet.cli.up;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Starts two parts at the same time. The first failure is thrown, whichever part it is of. */
final class Together {
    private Together() {}

    record Both<A, B>(A first, B second) {}

    /** @param failed run at once when one of them fails, so that the other does not go on for nothing */
    static <A, B> Both<A, B> start(Callable<A> first, Callable<B> second, Runnable failed) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<A> a = threads.submit(() -> orTell(first, failed));
            Future<B> b = threads.submit(() -> orTell(second, failed));
            return new Both<>(result(a), result(b));
        }
    }

    private static <T> T orTell(Callable<T> start, Runnable failed) throws Exception {
        try {
            return start.call();
        } catch (Exception e) {
            failed.run();
            throw e;
        }
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
