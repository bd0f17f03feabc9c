package dev.freefleet.edge;

/**
 * What is done about an origin that sleeps until it is wanted: the first request that finds it away starts its waking,
 * and waits for it with those that come after, up to a bound and a time. Times are those of any clock that does not run
 * backwards. Not thread-safe.
 */
public final class WakeUp {
    /** What a request that finds the origin away does. */
    public enum Entry {
        /** It has the origin woken, and waits. */
        STARTS,
        /** It waits. */
        WAITS,
        /** It does not wait: too many do. */
        FULL
    }

    private final long patienceNanos;
    private final int maxWaiting;
    private boolean waking;
    private long sinceNanos;
    private int waiting;

    /**
     * Of an origin that is awake, as far as is known.
     *
     * @param patienceNanos how long a waking may take; after it the next request starts another
     * @param maxWaiting how many may wait, 1 to 1,000,000
     */
    public WakeUp(long patienceNanos, int maxWaiting) {
        RateLimit.requireRange(maxWaiting, 1, 1_000_000, "maxWaiting");
        this.patienceNanos = patienceNanos;
        this.maxWaiting = maxWaiting;
    }

    /** A request found the origin away. Who waits must {@link #leave} once. */
    public Entry enter(long nowNanos) {
        boolean starts = begin(nowNanos);
        if (waiting >= maxWaiting) {
            return Entry.FULL;
        }
        waiting++;
        return starts ? Entry.STARTS : Entry.WAITS;
    }

    /** A request found the origin away and needs not wait, for it has a stale answer; whether it starts the waking. */
    public boolean begin(long nowNanos) {
        if (isWaking(nowNanos)) {
            return false;
        }
        waking = true;
        sinceNanos = nowNanos;
        return true;
    }

    /** One waits no longer. */
    public void leave() {
        waiting--;
    }

    /** The origin is awake. */
    public void awake() {
        waking = false;
    }

    /** Whether the origin is being woken. */
    public boolean isWaking(long nowNanos) {
        return waking && nowNanos - sinceNanos < patienceNanos;
    }

    /** How many wait. */
    public int waiting() {
        return waiting;
    }
}
