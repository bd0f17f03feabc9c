package dev.freefleet.edge;

/**
 * How many requests may be sent a second time: a share of those of the last ten seconds, and a few in any case. So an
 * origin that fails all requests is asked a little more than usual, not twice as much (Google, Site Reliability
 * Engineering, "Handling Overload"). Times are those of any clock that does not run backwards. Not thread-safe.
 */
public final class RetryBudget {
    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final int percent;
    private final int minimum;
    private final SlidingCounts counts = new SlidingCounts(WINDOW_NANOS);

    /**
     * A full budget.
     *
     * @param percent of the requests, 0 to 100; 0: nothing is sent twice
     * @param minimum retries in ten seconds that are allowed in any case, 0 to 1,000
     */
    public RetryBudget(int percent, int minimum) {
        RateLimit.requireRange(percent, 0, 100, "percent");
        RateLimit.requireRange(minimum, 0, 1_000, "minimum");
        this.percent = percent;
        this.minimum = minimum;
    }

    /** A request was sent for the first time. */
    public void requested(long nowNanos) {
        counts.addFirst(nowNanos);
    }

    /** Takes one retry out of the budget; false where it is used up. */
    public boolean take(long nowNanos) {
        long allowed = percent == 0 ? 0 : Math.max(minimum, counts.first(nowNanos) * percent / 100);
        if (counts.second(nowNanos) >= allowed) {
            return false;
        }
        counts.addSecond(nowNanos);
        return true;
    }
}
