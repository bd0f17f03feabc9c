package dev.freefleet.data;

import java.util.List;
import java.util.Locale;

/**
 * What one look at a text's characters tells: enough to know of most questions that no pattern need be tried on them.
 *
 * @param text the text
 * @param digits how many decimal digits there are, of any script
 * @param at whether there is an {@code @}
 * @param dots how many full stops there are
 * @param colons how many colons there are
 * @param equals whether there is an equals sign
 * @param word how long the longest run of letters, digits, {@code -} and {@code _} of ASCII is
 */
record Glance(String text, int digits, boolean at, int dots, int colons, boolean equals, int word) {
    static Glance at(String text) {
        int digits = 0;
        int dots = 0;
        int colons = 0;
        int run = 0;
        int longest = 0;
        boolean at = false;
        boolean equals = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
            boolean digit = c < 0x80 ? c >= '0' && c <= '9' : Character.isDigit(c);
            run = letter || digit ? run + 1 : 0;
            longest = Math.max(longest, run);
            digits += digit ? 1 : 0;
            dots += c == '.' ? 1 : 0;
            colons += c == ':' ? 1 : 0;
            at |= c == '@';
            equals |= c == '=';
        }
        return new Glance(text, digits, at, dots, colons, equals, longest);
    }

    /** Whether any of these, which are in lower case, stands in the text in whatever case. */
    boolean hasAny(List<String> signs) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String sign : signs) { // an event loop waits for this
            if (lower.contains(sign)) {
                return true;
            }
        }
        return false;
    }
}
