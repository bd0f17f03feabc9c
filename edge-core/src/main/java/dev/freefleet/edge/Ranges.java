package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** Parts of stored answers (RFC 9110 section 14). A request for several parts is answered with the whole. */
sealed interface Ranges {
    /** The whole answer. */
    record Whole() implements Ranges {}

    /** These bytes of it. */
    record Part(long offset, long length) implements Ranges {}

    /** None of the bytes asked for are there (416). */
    record Unsatisfiable() implements Ranges {}

    /** What the request asks of a stored answer. */
    static Ranges of(Fields request, StoredAnswer stored) {
        var lines = request.all("range");
        if (lines.size() != 1 || stored.status() != 200 || !holds(request.first("if-range"), stored)) {
            return new Whole();
        }
        String range = Ascii.trim(lines.getFirst());
        String unit = "bytes=";
        boolean bytes = range.length() > unit.length()
                && Ascii.lower(range.substring(0, unit.length())).equals(unit);
        return bytes
                ? of(Ascii.trim(range.substring(unit.length())), stored.body().length())
                : new Whole();
    }

    private static Ranges of(String spec, long length) {
        int dash = spec.indexOf('-');
        if (dash < 0 || spec.indexOf(',') >= 0) {
            return new Whole();
        }
        String first = spec.substring(0, dash);
        String last = spec.substring(dash + 1);
        long from = first.isEmpty() ? -1 : number(first);
        long to = last.isEmpty() ? -1 : number(last);
        boolean malformed = (from < 0 && !first.isEmpty())
                || (to < 0 && !last.isEmpty())
                || (first.isEmpty() && last.isEmpty())
                || (from >= 0 && to >= 0 && to < from);
        if (malformed) {
            return new Whole();
        }
        if (from < 0) {
            long suffix = Math.min(to, length);
            return suffix == 0 ? new Unsatisfiable() : new Part(length - suffix, suffix);
        }
        if (from >= length) {
            return new Unsatisfiable();
        }
        long end = to < 0 ? length - 1 : Math.min(to, length - 1);
        return new Part(from, end - from + 1);
    }

    /** Up to 18 digits, or -1. */
    private static long number(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return -1;
            }
            value = value * 10 + (text.charAt(i) - '0');
        }
        return value;
    }

    /** If-Range (RFC 9110 section 13.1.5): a strong tag that is the stored one, or its exact Last-Modified. */
    private static boolean holds(@Nullable String ifRange, StoredAnswer stored) {
        if (ifRange == null) {
            return true;
        }
        String etag = stored.fields().first("etag");
        return Conditions.isStrong(ifRange)
                ? ifRange.equals(etag)
                : !ifRange.startsWith("W/")
                        && ifRange.equals(stored.fields().first("last-modified"))
                        && isOlder(stored);
    }

    /** A Last-Modified is strong if it was a second or more before the answer was made (RFC 9110 section 8.8.2.2). */
    private static boolean isOlder(StoredAnswer stored) {
        String modified = stored.fields().first("last-modified");
        long since = modified == null ? HttpDate.INVALID : HttpDate.parse(modified, stored.responseMillis());
        return since != HttpDate.INVALID && since + 1_000 <= Freshness.date(stored.fields(), stored.responseMillis());
    }
}
