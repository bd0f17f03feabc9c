package dev.freefleet.edge;

/** What the cache did for one request; the value of the metric label {@code cache} and of {@code usage_logs.cache}. */
public enum CacheOutcome {
    /** Answered from a fresh stored answer. */
    HIT,
    /** Nothing usable was stored; the origin answered. */
    MISS,
    /** Waited for another request's fetch of the same key, and was given its answer. */
    COALESCED,
    /** A stale answer was confirmed by the origin (304) and served. */
    REVALIDATED,
    /** Answered from a stale stored answer. */
    STALE,
    /** The cache was not asked: the route, the request or its content rules it out. */
    BYPASS,
    /** Answered by the edge itself: a refusal, a health check, an error of its own. */
    NONE;

    /** The label as it stands in metrics and rows: lower case. */
    public String label() {
        return switch (this) {
            case HIT -> "hit";
            case MISS -> "miss";
            case COALESCED -> "coalesced";
            case REVALIDATED -> "revalidated";
            case STALE -> "stale";
            case BYPASS -> "bypass";
            case NONE -> "none";
        };
    }
}
