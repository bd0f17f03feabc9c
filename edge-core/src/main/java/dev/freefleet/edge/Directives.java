package dev.freefleet.edge;

/**
 * The directives of an answer that count for this cache: those of {@code CDN-Cache-Control} where there are any that can
 * be read, else those of {@code Cache-Control} (RFC 9213 section 2.2).
 */
record Directives(CacheControl control, boolean isTargeted) {
    static Directives of(Fields answer) {
        String targeted = answer.combined("cdn-cache-control");
        CacheControl control = targeted == null ? null : TargetedCacheControl.parse(targeted);
        return control != null ? new Directives(control, true) : new Directives(CacheControl.of(answer), false);
    }

    boolean has(String name) {
        return control.has(name);
    }

    long seconds(String name) {
        return control.seconds(name);
    }

    /** Whether a stale answer must not be used without asking the origin (RFC 9111 sections 5.2.2.2, .8 and .10). */
    boolean forbidsStale() {
        return has("must-revalidate") || has("proxy-revalidate") || has("s-maxage") || control.hasBare("no-cache");
    }
}
