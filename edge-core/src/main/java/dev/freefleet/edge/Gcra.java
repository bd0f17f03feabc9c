package dev.freefleet.edge;

/**
 * The generic cell rate algorithm (ITU-T I.371): a rate limit in one number per bucket, the theoretical arrival time.
 * Pure arithmetic; whoever keeps the number keeps it atomic.
 */
public final class Gcra {
    /** A hundred years: far enough ahead for every limit, and far from the end of a long. */
    private static final long MAX_TOLERANCE = 100L * 365 * 86_400 * 1_000_000_000;

    private Gcra() {}

    /**
     * What taking one request from an allowance gave.
     *
     * @param allowed whether it was there to take
     * @param remaining how many more could be taken at once now
     * @param resetMillis until the allowance is whole again
     * @param retryAfterMillis until one is there to take; 0 where it was allowed
     */
    public record Taken(boolean allowed, long remaining, long resetMillis, long retryAfterMillis) {}

    /** The arrival time to keep after an attempt, and what the attempt gave. */
    public record Decision(long arrivalNanos, Taken taken) {}

    /**
     * Takes one request.
     *
     * @param arrivalNanos the number kept for the bucket; for a bucket without one, {@code nowNanos}
     * @param nowNanos now, on any clock that does not run backwards
     */
    public static Decision take(long arrivalNanos, long nowNanos, RateLimit limit) {
        return take(arrivalNanos, nowNanos, limit, 1);
    }

    /**
     * Takes {@code cost} requests, 0 or 1. A cost of 0 takes nothing and asks whether there is one to take.
     *
     * @param arrivalNanos the number kept for the bucket; for a bucket without one, {@code nowNanos}
     * @param nowNanos now, on any clock that does not run backwards
     */
    public static Decision take(long arrivalNanos, long nowNanos, RateLimit limit, int cost) {
        RateLimit.requireRange(cost, 0, 1, "cost");
        long interval = intervalNanos(limit);
        long tolerance = toleranceNanos(limit);
        long held = Math.max(arrivalNanos, nowNanos);
        long ahead = held - nowNanos;
        if (ahead + interval > tolerance) {
            long wait = ahead + interval - tolerance;
            return new Decision(arrivalNanos, new Taken(false, 0, ceilMillis(ahead), Math.max(1, ceilMillis(wait))));
        }
        long next = ahead + cost * interval;
        return new Decision(nowNanos + next, new Taken(true, (tolerance - next) / interval, ceilMillis(next), 0));
    }

    /** How far each request moves the arrival time, nanoseconds; 1 or more. */
    public static long intervalNanos(RateLimit limit) {
        return Math.max(1, limit.periodMillis() * 1_000_000L / limit.requests());
    }

    /** How far ahead of now the arrival time may be, nanoseconds. */
    public static long toleranceNanos(RateLimit limit) {
        long interval = intervalNanos(limit);
        return interval > MAX_TOLERANCE / limit.burst() ? MAX_TOLERANCE : interval * limit.burst();
    }

    private static long ceilMillis(long nanos) {
        return (nanos + 999_999) / 1_000_000;
    }
}
