package dev.freefleet.edge;

import java.util.List;

/** What a request wants of caches (RFC 9111 section 5.2.1 and, where it has no Cache-Control, 5.4). */
record RequestDirectives(CacheControl control, boolean pragma) {
    private static final RequestDirectives NONE = new RequestDirectives(CacheControl.parse(List.of()), false);

    static RequestDirectives of(Fields request) {
        if (!request.has("cache-control") && !request.has("pragma")) {
            return NONE;
        }
        boolean pragma =
                !request.has("cache-control") && Tokens.of(request, "pragma").contains("no-cache");
        return new RequestDirectives(CacheControl.of(request), pragma);
    }

    /** Whether nothing stored will do. */
    boolean refusesStored() {
        return control.has("no-cache") || control.has("no-store") || pragma;
    }

    /** Whether the answer must not be kept. */
    boolean forbidsStoring() {
        return control.has("no-store") || control.isBroken();
    }

    /** Whether the origin must not be asked. */
    boolean onlyIfCached() {
        return control.has("only-if-cached");
    }

    /** Whether the request is about freshness at all, so that nothing stale may be slipped in. */
    boolean isStrict() {
        return control.has("max-age") || control.has("min-fresh");
    }

    /**
     * Whether an answer of this age and with this freshness left will do.
     *
     * @param immutable whether the answer is fresh and will not change while it is (RFC 8246): then asking for a younger
     *     one, as browsers do on reload, changes nothing
     */
    boolean accepts(long ageMillis, long ttlMillis, boolean immutable) {
        long maxAge = control.seconds("max-age");
        if (maxAge >= 0 && ageMillis > maxAge * 1_000 - (maxAge == 0 ? 1 : 0) && !immutable) {
            return control.has("max-stale") && takesStale(ageMillis - maxAge * 1_000);
        }
        long minFresh = control.seconds("min-fresh");
        return minFresh < 0 || ttlMillis >= minFresh * 1_000;
    }

    /** Whether an answer that is stale since then will do. */
    boolean takesStale(long staleMillis) {
        return control.has("max-stale")
                && (control.hasBare("max-stale") || staleMillis <= control.seconds("max-stale") * 1_000);
    }
}
