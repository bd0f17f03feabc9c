package dev.freefleet.edge;

/** Characters of HTTP's grammar, classed without tables of regular expressions or the locale. */
final class Ascii {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final String HEX = "0123456789abcdef";

    private Ascii() {}

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isAlpha(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** RFC 9110 section 5.6.2. */
    static boolean isToken(char c) {
        return isDigit(c) || isAlpha(c) || TOKEN_MARKS.indexOf(c) >= 0;
    }

    /** Whether the text is one token: not empty, and nothing but token characters. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isToken(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hexValue(char c) {
        if (isDigit(c)) {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    /** The lower-case hexadecimal text of the first {@code count} bytes. */
    static String hex(byte[] bytes, int count) {
        StringBuilder text = new StringBuilder(2 * count);
        for (int i = 0; i < count; i++) {
            text.append(HEX.charAt((bytes[i] >> 4) & 15)).append(HEX.charAt(bytes[i] & 15));
        }
        return text.toString();
    }

    /** With A to Z as a to z, and every other character as it is. */
    static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                StringBuilder lower = new StringBuilder(text.length()).append(text, 0, i);
                for (int k = i; k < text.length(); k++) {
                    char d = text.charAt(k);
                    lower.append(d >= 'A' && d <= 'Z' ? (char) (d + 32) : d);
                }
                return lower.toString();
            }
        }
        return text;
    }

    /** Without spaces and tabs at both ends (OWS of RFC 9110 section 5.6.3). */
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /**
     * A number of digits alone, as HTTP writes seconds and lengths: -1 where it is none; one that is too great for 31
     * bits counts as 2^31 (RFC 9111 section 1.2.2).
     */
    static long digits(String text) {
        if (text.isEmpty()) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return -1;
            }
            value = Math.min(value * 10 + (c - '0'), 1L << 31);
        }
        return value;
    }
}
