package dev.freefleet.gateway;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Spares requests the waiting for a server that does not answer: after {@value #FAILURES} failures in a row nothing is asked for a
 * second, and then one call, whose outcome tells. Thread-safe.
 */
final class RedisBreaker {
    static final int FAILURES = 5;
    private static final long COOL_DOWN_NANOS = 1_000_000_000L;
    private static final long CLOSED = Long.MIN_VALUE;

    private final LongSupplier nanos;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong until = new AtomicLong(CLOSED);

    RedisBreaker(LongSupplier nanos) {
        this.nanos = nanos;
    }

    boolean isClosed() {
        return until.get() == CLOSED;
    }

    /** Whether this call may be made. */
    boolean allows() {
        long opened = until.get();
        if (opened == CLOSED) {
            return true;
        }
        long now = nanos.getAsLong();
        return now - opened >= 0 && until.compareAndSet(opened, now + COOL_DOWN_NANOS);
    }

    /** Notes an answer, and tells whether this has closed it. */
    boolean succeeded() {
        if (failures.get() != 0) {
            failures.set(0);
        }
        return until.get() != CLOSED && until.getAndSet(CLOSED) != CLOSED;
    }

    /** Notes a failure, and tells whether this has opened it. */
    boolean failed() {
        return failures.incrementAndGet() >= FAILURES
                && until.compareAndSet(CLOSED, nanos.getAsLong() + COOL_DOWN_NANOS);
    }
}
