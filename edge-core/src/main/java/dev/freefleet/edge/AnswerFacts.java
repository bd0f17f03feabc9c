package dev.freefleet.edge;

import java.util.List;

/**
 * What an answer's fields say to a cache, read once for all the requests that it answers. Immutable; numbers and truths
 * rather than lists, because a hit touches them all and waits for memory more than it computes.
 *
 * @param directives those that count for this cache
 * @param explicitMillis how long it is fresh by s-maxage or max-age, or -1 where neither is there
 * @param unchecked whether it must not be used before the origin was asked, even fresh
 * @param immutable whether it does not change while it is fresh (RFC 8246)
 * @param forbidsStale whether it must not be used stale
 * @param revalidates whether it says must-revalidate or its like, which no extension of freshness overrides
 * @param sharedLife whether it says s-maxage
 * @param staleOnErrorSeconds its stale-if-error, or -1
 * @param staleBehindSeconds its stale-while-revalidate, or -1
 * @param varies the names in its Vary
 * @param ageMillis what its Age says (RFC 9111 section 5.1)
 * @param dateMillis its Date where it has one in the form of today, which means the same whenever it is read; else
 *     {@link HttpDate#INVALID}
 * @param hasOwn whether a field is among its fields that the edge writes itself
 */
record AnswerFacts(
        Directives directives,
        long explicitMillis,
        boolean unchecked,
        boolean immutable,
        boolean forbidsStale,
        boolean revalidates,
        boolean sharedLife,
        long staleOnErrorSeconds,
        long staleBehindSeconds,
        List<String> varies,
        long ageMillis,
        long dateMillis,
        boolean hasOwn) {
    static AnswerFacts of(Fields fields) {
        Directives control = Directives.of(fields);
        String date = fields.first("date");
        boolean hasOwn = fields.has("surrogate-control");
        for (int i = 0; i < fields.size(); i++) {
            hasOwn |= HopByHop.isOwn(fields.name(i));
        }
        return new AnswerFacts(
                control,
                Freshness.explicitMillis(control),
                control.control().hasBare("no-cache"),
                control.has("immutable"),
                control.forbidsStale(),
                control.has("must-revalidate") || control.has("proxy-revalidate"),
                control.has("s-maxage"),
                control.seconds("stale-if-error"),
                control.seconds("stale-while-revalidate"),
                List.copyOf(Tokens.of(fields, "vary")),
                ageValue(fields),
                date == null || !HttpDate.isFixed(date) ? HttpDate.INVALID : HttpDate.parse(date, 0),
                hasOwn);
    }

    /**
     * What the answer's own Age says: the first member of a list counts, also where the list came in several lines, and
     * what is no number does not count at all (RFC 9111 section 5.1).
     */
    private static long ageValue(Fields fields) {
        String line = fields.first("age");
        if (line == null) {
            return 0;
        }
        int comma = line.indexOf(',');
        return Math.max(0, Ascii.digits(Ascii.trim(comma < 0 ? line : line.substring(0, comma)))) * 1_000;
    }
}
