package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;

/** Lists of tokens and quoted strings (RFC 9110 sections 5.6.1 and 5.6.4). */
final class Tokens {
    private Tokens() {}

    /** The members of a comma-separated list, in lower case, empty ones left out. */
    static List<String> of(String list) {
        List<String> tokens = new ArrayList<>();
        int start = 0;
        while (start <= list.length()) {
            int comma = list.indexOf(',', start);
            int end = comma < 0 ? list.length() : comma;
            String token = Ascii.trim(list.substring(start, end));
            if (!token.isEmpty()) {
                tokens.add(Ascii.lower(token));
            }
            start = end + 1;
        }
        return tokens;
    }

    /** The members of all lines of a field. */
    static List<String> of(Fields fields, String name) {
        List<String> lines = fields.all(name);
        if (lines.isEmpty()) {
            return List.of();
        }
        List<String> tokens = new ArrayList<>();
        for (String line : lines) {
            tokens.addAll(of(line));
        }
        return tokens;
    }

    /** The index behind the quoted string that begins at {@code at}, or -1 where it does not end. */
    static int endOfQuoted(String text, int at) {
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i + 1;
            }
            if (c == '\\') {
                i++;
            }
        }
        return -1;
    }

    /** A value without its quotes and backslashes, or as it is where it is no quoted string. */
    static String unquote(String value) {
        if (!value.startsWith("\"") || endOfQuoted(value, 0) != value.length()) {
            return value;
        }
        StringBuilder text = new StringBuilder(value.length());
        for (int i = 1; i < value.length() - 1; i++) {
            if (value.charAt(i) == '\\') {
                i++;
            }
            text.append(value.charAt(i));
        }
        return text.toString();
    }
}
