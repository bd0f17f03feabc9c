package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** Whether a stored answer may answer a request, and in which way (RFC 9111 section 4, RFC 5861). */
sealed interface Reuse {
    /** It may, as it is. */
    record Fresh(long ttlMillis) implements Reuse {}

    /** It may although it is stale: the client allows it. */
    record AllowedStale(long ttlMillis) implements Reuse {}

    /** It may although it is stale, and the origin is to be asked behind the client's back. */
    record WhileRevalidating(long ttlMillis) implements Reuse {}

    /**
     * It may not, before the origin was asked.
     *
     * @param reason why
     * @param onError whether it may nevertheless where the origin fails
     */
    record Validate(long ttlMillis, CacheStatus.Reason reason, boolean onError) implements Reuse {}

    /** Decides. */
    static Reuse of(CacheRule rule, RequestDirectives asked, StoredAnswer stored, String indexVersion, long nowMillis) {
        AnswerFacts facts = stored.fields().facts();
        long age = age(stored, nowMillis);
        long life = facts.explicitMillis() >= 0 ? facts.explicitMillis() : lifetime(rule, stored, facts.directives());
        boolean otherIndex = !indexVersion.isEmpty() && !indexVersion.equals(stored.indexVersion());
        boolean unchecked = facts.unchecked();
        long ttl = otherIndex ? Math.min(0, life - age) : life - age;
        boolean fresh = ttl > 0 && !unchecked;
        CacheRule.Stale stale = rule.staleness();
        long onErrorMillis = allowed(facts, facts.staleOnErrorSeconds(), stale.ifErrorMillis());
        boolean onError = !unchecked && onErrorMillis >= 0 && -ttl <= onErrorMillis;
        if (asked.refusesStored() || !asked.accepts(age, ttl, facts.immutable() && fresh)) {
            return new Validate(ttl, CacheStatus.Reason.REQUEST, onError);
        }
        if (fresh) {
            return new Fresh(ttl);
        }
        if (!unchecked && !facts.forbidsStale() && !otherIndex && asked.takesStale(-ttl)) {
            return new AllowedStale(ttl);
        }
        boolean behind = !unchecked
                && -ttl < allowed(facts, facts.staleBehindSeconds(), stale.whileRevalidateMillis())
                && !asked.isStrict();
        return behind ? new WhileRevalidating(ttl) : new Validate(ttl, CacheStatus.Reason.STALE, onError);
    }

    /**
     * How long after its freshness an answer may be used. What it says itself counts before the route's default; it
     * overrides the s-maxage that stands beside it, but never must-revalidate and its like.
     */
    private static long allowed(AnswerFacts facts, long seconds, long defaultMillis) {
        if (facts.revalidates()) {
            return -1;
        }
        if (seconds >= 0) {
            return seconds * 1_000;
        }
        return facts.sharedLife() || defaultMillis == 0 ? -1 : defaultMillis;
    }

    private static long lifetime(CacheRule rule, StoredAnswer stored, Directives control) {
        boolean heuristic = rule instanceof CacheRule.Http http && http.heuristic();
        Freshness.Lifetime lifetime =
                Freshness.lifetime(stored.status(), stored.fields(), control, stored.responseMillis(), heuristic);
        return !lifetime.explicit() && rule instanceof CacheRule.Query query
                ? query.defaultTtlMillis()
                : lifetime.millis();
    }

    /** The stored answer's current age. */
    static long age(StoredAnswer stored, long nowMillis) {
        return Freshness.age(stored.fields(), stored.requestMillis(), stored.responseMillis(), nowMillis);
    }

    /** Milliseconds of freshness left; 0 or less where it is stale. */
    long ttlMillis();

    /** Whether it answers without the origin. */
    default boolean isAnswer() {
        return !(this instanceof Validate);
    }

    /** Whether the stored answer may be used after the origin failed. */
    static boolean onError(@Nullable Reuse reuse) {
        return reuse instanceof Validate(long ignored, CacheStatus.Reason ignoredToo, boolean onError) && onError;
    }
}
