package dev.freefleet.gateway;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/** Runs the calls of edges on virtual threads, a few at once, so that they hold up no event loop and no pool of connections. */
final class EdgeCalls {
    /** With the largest content each, that is 16 MiB. */
    private static final int AT_ONCE = 16;

    private final Semaphore places = new Semaphore(AT_ONCE);

    /** @throws RejectedExecutionException if too many run already */
    void run(Runnable call) {
        if (!places.tryAcquire()) {
            throw new RejectedExecutionException("calls of edges at once: " + AT_ONCE);
        }
        Thread.ofVirtual().name("edge-call").start(() -> {
            try {
                call.run();
            } finally {
                places.release();
            }
        });
    }
}
