package dev.freefleet.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class SettableClock {
    private final AtomicLong nanos;
    private final long startMillis;

    /** A clock at this instant, epoch milliseconds. */
    public SettableClock(long epochMillis) {
        this.startMillis = epochMillis;
        this.nanos = new AtomicLong();
    }

    /** Epoch milliseconds. */
    public long millis() {
        return startMillis + nanos.get() / 1_000_000;
    }

    /** Nanoseconds since the clock was made. */
    public long nanos() {
        return nanos.get();
    }

    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
