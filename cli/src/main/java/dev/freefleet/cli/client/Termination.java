package dev.freefleet.cli.client;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a service when the process is told to (SIGTERM, SIGINT): closes it, within a time limit, and exits 0. A service
 * that ends by itself dismisses it.
 */
public final class Termination implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMillis(9_500);

    private final Thread hook;

    /** @param service closed when the process is told to end, at any time from now on */
    public Termination(Runnable service, PrintWriter err) {
        hook = Thread.ofPlatform().name("termination").unstarted(() -> end(service, err));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static void end(Runnable service, PrintWriter err) {
        CountDownLatch closed = new CountDownLatch(1);
        Thread.ofPlatform().daemon().name("closing").start(() -> {
            service.run();
            closed.countDown();
        });
        boolean clean = false;
        try {
            clean = closed.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!clean) {
            err.println("fleet: not all parts stopped in time; they are cut off.");
        }
        // A signal's exit code would be 128 + its number, but a stop that was asked for and went well is a success.
        Runtime.getRuntime().halt(clean ? 0 : 1);
    }

    /** Waits until the process ends. */
    public void await() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes no more part in the process's end; if that has begun, waits for it. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            await();
        }
    }
}
