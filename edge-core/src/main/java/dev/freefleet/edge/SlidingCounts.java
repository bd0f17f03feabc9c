package dev.freefleet.edge;

/** Two kinds of events counted over a window that slides in ten steps. Not thread-safe. */
final class SlidingCounts {
    private static final int STEPS = 10;

    private final long stepNanos;
    private final long[] first = new long[STEPS];
    private final long[] second = new long[STEPS];
    private long step;
    private boolean begun;
    private long beganNanos;

    SlidingCounts(long windowNanos) {
        stepNanos = Math.max(1, windowNanos / STEPS);
    }

    void addFirst(long nowNanos) {
        first[slide(nowNanos)]++;
    }

    void addSecond(long nowNanos) {
        second[slide(nowNanos)]++;
    }

    long first(long nowNanos) {
        slide(nowNanos);
        return sum(first);
    }

    long second(long nowNanos) {
        slide(nowNanos);
        return sum(second);
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    void clear() {
        for (int i = 0; i < STEPS; i++) {
            first[i] = 0;
            second[i] = 0;
        }
    }

    /** Empties what the window has left behind; a clock that stands still or runs back empties nothing. */
    private int slide(long nowNanos) {
        if (!begun) {
            begun = true;
            beganNanos = nowNanos;
        }
        long now = Math.max(step, (nowNanos - beganNanos) / stepNanos);
        for (long at = Math.max(step + 1, now - STEPS + 1); at <= now; at++) {
            int index = (int) (at % STEPS);
            first[index] = 0;
            second[index] = 0;
        }
        step = now;
        return (int) (now % STEPS);
    }
}
