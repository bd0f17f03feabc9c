package dev.freefleet.edge;

import java.util.List;

/** How long an answer may be reused, and how old it is (RFC 9111 section 4.2). Times are milliseconds. */
final class Freshness {
    private static final long WEEK = 7 * 86_400_000L;

    private Freshness() {}

    /** What says how long an answer is fresh. */
    record Lifetime(long millis, boolean explicit) {}

    /**
     * The answer's lifetime.
     *
     * @param control the directives that count for this cache
     * @param heuristic whether the answer's Last-Modified may stand in for what its origin does not say
     */
    static Lifetime lifetime(int status, Fields fields, Directives control, long responseMillis, boolean heuristic) {
        long millis = explicitMillis(control);
        if (millis >= 0) {
            return new Lifetime(millis, true);
        }
        if (!control.isTargeted() && fields.has("expires")) {
            List<String> lines = fields.all("expires");
            // Two values: nobody knows which counts, and the earlier time is none that can be told without both.
            long expires = lines.size() == 1 ? HttpDate.parse(lines.getFirst(), responseMillis) : HttpDate.INVALID;
            long life = expires == HttpDate.INVALID ? 0 : expires - date(fields, responseMillis);
            return new Lifetime(Math.max(0, life), true);
        }
        return new Lifetime(
                heuristic && (StatusCodes.isHeuristic(status) || control.has("public"))
                        ? heuristic(fields, responseMillis)
                        : 0,
                false);
    }

    /** What s-maxage or, without one, max-age says; -1 where neither is there. */
    static long explicitMillis(Directives control) {
        long seconds = control.seconds("s-maxage");
        if (seconds < 0) {
            seconds = control.seconds("max-age");
        }
        return seconds < 0 ? -1 : seconds * 1_000;
    }

    /** A tenth of the time since the last change, a week at the most (RFC 9111 section 4.2.2). */
    private static long heuristic(Fields fields, long responseMillis) {
        String modified = fields.first("last-modified");
        long since = modified == null ? HttpDate.INVALID : HttpDate.parse(modified, responseMillis);
        if (since == HttpDate.INVALID) {
            return 0;
        }
        return Math.clamp((date(fields, responseMillis) - since) / 10, 0, WEEK);
    }

    /** The current age (RFC 9111 section 4.2.3). */
    static long age(Fields fields, long requestMillis, long responseMillis, long nowMillis) {
        long apparent = Math.max(0, responseMillis - date(fields, responseMillis));
        long corrected = fields.facts().ageMillis() + Math.max(0, responseMillis - requestMillis);
        return Math.max(apparent, corrected) + Math.max(0, nowMillis - responseMillis);
    }

    /** The answer's Date; when it arrived, where there is none that can be read. */
    static long date(Fields fields, long responseMillis) {
        long fixed = fields.facts().dateMillis();
        if (fixed != HttpDate.INVALID) {
            return fixed;
        }
        String date = fields.first("date");
        long millis = date == null ? HttpDate.INVALID : HttpDate.parse(date, responseMillis);
        return millis == HttpDate.INVALID ? responseMillis : millis;
    }
}
