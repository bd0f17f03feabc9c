package dev.freefleet.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much content of requests is held in memory at once, over all connections: what a question's key is made of is kept until
 * its exchange is over, and callers who send much and wait long must not fill the heap. Thread-safe.
 */
final class ContentBudget {
    private final long maxBytes;
    private final AtomicLong used = new AtomicLong();

    ContentBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes so many bytes for who has taken {@code held} of them before; false where there are not so many. Who is alone gets
     * them all the same, for its route allows them.
     */
    boolean take(long held, int bytes) {
        long now = used.addAndGet(bytes);
        if (now <= maxBytes || now == held + bytes) {
            return true;
        }
        give(bytes);
        return false;
    }

    /** Counts what is held already, whether there is room or not. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }
}
