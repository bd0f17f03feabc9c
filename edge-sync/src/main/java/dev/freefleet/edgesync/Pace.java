package dev.freefleet.edgesync;

import java.util.function.LongSupplier;

/** How soon an edge should ask again: later the more of them ask. Thread-safe. */
final class Pace {
    private static final long WINDOW_NANOS = 10_000_000_000L;
    private static final long SLOWEST_MILLIS = 600_000;

    private final long baseMillis;
    private final int perSecond;
    private final LongSupplier nanos;
    private long windowBegan;
    private long calls;
    private long factor = 1;

    /**
     * @param baseMillis how long an edge waits where few ask
     * @param perSecond how many calls a second the fleet wants at the most
     */
    Pace(long baseMillis, int perSecond, LongSupplier nanos) {
        this.baseMillis = baseMillis;
        this.perSecond = perSecond;
        this.nanos = nanos;
        windowBegan = nanos.getAsLong();
    }

    /** Notes a call; how long the one who made it should wait for the next, in milliseconds. */
    synchronized long next() {
        long now = nanos.getAsLong();
        if (now - windowBegan >= WINDOW_NANOS) {
            long seconds = Math.max(1, (now - windowBegan) / 1_000_000_000L);
            long wanted = Math.max(1, (calls / seconds + perSecond - 1) / perSecond);
            // Who was told to wait longer asks less often: the factor is of what came although it held.
            factor = Math.clamp(factor * wanted, 1, SLOWEST_MILLIS / baseMillis + 1);
            if (wanted == 1 && calls / seconds * 2 < perSecond) {
                factor = Math.max(1, factor / 2);
            }
            windowBegan = now;
            calls = 0;
        }
        calls++;
        return Math.min(SLOWEST_MILLIS, baseMillis * factor);
    }
}
