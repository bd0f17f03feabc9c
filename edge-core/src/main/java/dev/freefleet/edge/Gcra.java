package dev.freefleet.edge;

/**
 * The generic cell rate algorithm (ITU-T I.371): a rate limit in one number per bucket, the theoretical arrival time.
 * Pure arithmetic; whoever keeps the number keeps it atomic.
 */
public final class Gcra {
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
        long interval = Math.max(1, limit.periodMillis() * 1_000_000L / limit.requests());
        long tolerance = interval * limit.burst();
        long base = Math.max(arrivalNanos, nowNanos);
        long next = base + interval;
        long ahead = next - nowNanos;
        if (ahead > tolerance) {
            long wait = ahead - tolerance;
            return new Decision(
                    arrivalNanos, new Taken(false, 0, ceilMillis(base - nowNanos), Math.max(1, ceilMillis(wait))));
        }
        return new Decision(next, new Taken(true, (tolerance - ahead) / interval, ceilMillis(ahead), 0));
    }

    private static long ceilMillis(long nanos) {
        return (nanos + 999_999) / 1_000_000;
    }
}
