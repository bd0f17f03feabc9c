package dev.freefleet.edge;

/** What this cache did, for {@code Cache-Status} (RFC 9211). */
final class CacheStatus {
    private static final String NAME = "FreeFleet";

    private final StringBuilder text = new StringBuilder(64).append(NAME);

    private CacheStatus() {}

    /** Answered from the store; seconds of freshness left, negative where it is stale. */
    static CacheStatus hit(long ttlMillis) {
        CacheStatus status = new CacheStatus();
        status.text.append("; hit");
        return status.ttl(ttlMillis);
    }

    /** Seconds of freshness left. */
    CacheStatus ttl(long millis) {
        text.append("; ttl=").append(Math.floorDiv(millis, 1_000L));
        return this;
    }

    /** Passed on, for this reason of RFC 9211 section 2.2. */
    static CacheStatus forwarded(Reason reason) {
        CacheStatus status = new CacheStatus();
        status.text.append("; fwd=").append(reason.token);
        return status;
    }

    /** Why a request went to the origin. */
    enum Reason {
        BYPASS("bypass"),
        METHOD("method"),
        URI_MISS("uri-miss"),
        VARY_MISS("vary-miss"),
        MISS("miss"),
        REQUEST("request"),
        STALE("stale"),
        PARTIAL("partial");

        private final String token;

        Reason(String token) {
            this.token = token;
        }
    }

    /** The status of the origin's answer, where the client gets another one. */
    CacheStatus forwardedStatus(int status) {
        text.append("; fwd-status=").append(status);
        return this;
    }

    CacheStatus stored() {
        text.append("; stored");
        return this;
    }

    CacheStatus collapsed() {
        text.append("; collapsed");
        return this;
    }

    /** A token that tells people more. */
    CacheStatus detail(String token) {
        text.append("; detail=").append(token);
        return this;
    }

    /** The field's value. */
    String value() {
        return text.toString();
    }
}
