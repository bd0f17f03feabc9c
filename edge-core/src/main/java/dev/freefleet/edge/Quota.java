package dev.freefleet.edge;

/**
 * How many requests a key may make in a calendar day or month of UTC.
 *
 * @param requests 1 to 1,000,000,000
 * @param period the span after whose end counting starts anew
 */
public record Quota(long requests, Period period) {
    /** A calendar span in UTC. */
    public enum Period {
        DAY,
        MONTH
    }

    public Quota {
        RateLimit.requireRange(requests, 1, 1_000_000_000, "requests");
    }
}
