package dev.freefleet.gateway;

/** Comma-separated field values (RFC 9110 section 5.6.1). */
final class FieldLists {
    private FieldLists() {}

    /** Whether a member of the list equals {@code token}, letter case aside. Members have no parameters. */
    static boolean has(String list, String token) {
        int start = 0;
        while (start <= list.length()) {
            int comma = list.indexOf(',', start);
            int end = comma < 0 ? list.length() : comma;
            int from = start;
            while (from < end && isSpace(list.charAt(from))) {
                from++;
            }
            int to = end;
            while (to > from && isSpace(list.charAt(to - 1))) {
                to--;
            }
            if (to - from == token.length() && list.regionMatches(true, from, token, 0, token.length())) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
