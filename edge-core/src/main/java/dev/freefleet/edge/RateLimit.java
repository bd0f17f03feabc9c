package dev.freefleet.edge;

/**
 * So many requests in such a time, as GCRA counts them: an even pace of {@code requests} per {@code periodMillis}, of
 * which up to {@code burst} may come at once.
 *
 * @param requests 1 to 1,000,000
 * @param periodMillis 1,000 (a second) to 86,400,000 (a day)
 * @param burst 1 to 1,000,000; the usual value is {@code requests}
 */
public record RateLimit(int requests, long periodMillis, int burst) {
    private static final long MINUTE_MILLIS = 60_000;

    public RateLimit {
        requireRange(requests, 1, 1_000_000, "requests");
        requireRange(periodMillis, 1_000, 86_400_000, "periodMillis");
        requireRange(burst, 1, 1_000_000, "burst");
    }

    /** A limit whose whole allowance may come at once. */
    public RateLimit(int requests, long periodMillis) {
        this(requests, periodMillis, requests);
    }

    /** What a counter of whole minutes has to let pass, so that it refuses nobody whom this limit lets pass: 1 or more. */
    public long perMinute() {
        long paced = (requests * MINUTE_MILLIS + periodMillis - 1) / periodMillis;
        return Math.max(paced, Math.min(burst, requests));
    }

    static void requireRange(long value, long min, long max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", but is " + value);
        }
    }
}
