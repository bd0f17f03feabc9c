package dev.freefleet.cli.up;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Starts two parts at the same time. The first failure is thrown, whichever part it is of. */
final class Together {
    private Together() {}

    record Both<A, B>(A first, B second) {}

    /**
     * Starts both and waits for both.
     *
     * @param failed run at once when one of them fails, so that the other does not go on for nothing
     * @throws RuntimeException the failure; a cancellation, which is what {@code failed} makes of the other, only where
     *     there is nothing else
     */
    static <A, B> Both<A, B> start(Callable<A> first, Callable<B> second, Runnable failed) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<A> a = threads.submit(() -> orTell(first, failed));
            Future<B> b = threads.submit(() -> orTell(second, failed));
            RuntimeException one = failure(a);
            RuntimeException other = failure(b);
            RuntimeException cause =
                    one == null || (one instanceof CancellationException && other != null) ? other : one;
            if (cause != null) {
                throw cause;
            }
            return new Both<>(a.resultNow(), b.resultNow());
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

    private static @Nullable RuntimeException failure(Future<?> future) {
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new IllegalStateException(e);
        }
    }
}
