package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, in the one form that routing, keys, limits and the origin see (RFC 3986 section 6.2.2): only
 * unreserved characters are decoded, hexadecimal digits are upper case. Whatever two servers could read in two ways
 * (dot segments, empty segments, an encoded slash or backslash, control characters, overlong UTF-8) is refused, not
 * repaired: what is not passed on cannot be read differently behind us.
 */
sealed interface Target {
    /** The longest target that is read, in characters; a longer one is answered 414. */
    int MAX_LENGTH = 8_192;

    /**
     * A target in its canonical form.
     *
     * @param path begins with "/"
     * @param query without the question mark; null where there is none
     */
    record Canonical(String path, @Nullable String query) implements Target {
        /** As it stands in a request line. */
        String text() {
            return query == null ? path : path + '?' + query;
        }
    }

    /** A target that is refused with this status. */
    record Refused(int status, String reason) implements Target {}

    /** Reads a target in origin form or absolute form; the latter's authority is ignored. */
    static Target parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return new Refused(414, "The request target is longer than " + MAX_LENGTH + " characters.");
        }
        int at = pathStart(text);
        if (at < 0) {
            return bad("The request target must be a path that begins with \"/\", or an http or https URI.");
        }
        int mark = text.indexOf('?', at);
        String rawPath = text.substring(at, mark < 0 ? text.length() : mark);
        StringBuilder path = new StringBuilder(rawPath.length() + 1);
        String fault = rawPath.isEmpty() ? null : PathReader.read(rawPath, path);
        if (fault != null) {
            return bad(fault);
        }
        if (mark < 0) {
            return new Canonical(path.isEmpty() ? "/" : path.toString(), null);
        }
        StringBuilder query = new StringBuilder(text.length() - mark);
        fault = readQuery(text, mark + 1, query);
        return fault != null ? bad(fault) : new Canonical(path.isEmpty() ? "/" : path.toString(), query.toString());
    }

    private static Refused bad(String reason) {
        return new Refused(400, reason);
    }

    /** Where the path begins (RFC 9112 section 3.2), or -1 where the target has neither form. */
    private static int pathStart(String text) {
        if (text.startsWith("/")) {
            return 0;
        }
        int colon = text.indexOf("://");
        if (colon < 0) {
            return -1;
        }
        String scheme = Ascii.lower(text.substring(0, colon));
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return -1;
        }
        int end = colon + 3;
        while (end < text.length() && text.charAt(end) != '/' && text.charAt(end) != '?') {
            char c = text.charAt(end++);
            // User information is a way to dress one host up as another (RFC 9110 section 4.2.4).
            if (c <= ' ' || c >= 0x7f || c == '@' || c == '\\' || c == '#') {
                return -1;
            }
        }
        return end == colon + 3 ? -1 : end;
    }

    /** Appends the canonical query; the fault, or null. */
    private static @Nullable String readQuery(String text, int from, StringBuilder query) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return "The query holds a character that must be percent-encoded.";
            }
            if (c == '%') {
                int value = percent(text, i);
                if (value <= 0) {
                    return "The query holds a \"%\" that two hexadecimal digits other than 00 do not follow.";
                }
                PathReader.append(query, value);
                i += 2;
            } else if (PathReader.isUnreserved(c) || "!$&'()*+,;=:@/?".indexOf(c) >= 0) {
                query.append(c);
            } else {
                PathReader.append(query, c);
            }
        }
        return null;
    }

    /** The byte that "%XY" at {@code i} stands for, or -1. */
    static int percent(String text, int i) {
        if (i + 2 >= text.length()) {
            return -1;
        }
        int high = Ascii.hexValue(text.charAt(i + 1));
        int low = Ascii.hexValue(text.charAt(i + 2));
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }
}
