package dev.freefleet.data;

import org.jspecify.annotations.Nullable;

/**
 * Finds numbers of payment cards: 13 to 19 digits that begin as those of cards do and end with the right check digit (ISO/IEC 7812, the
 * Luhn formula), written as one or in groups. Digits that follow or go before, with nothing but a space between, hide none.
 */
final class CardNumbers {
    static final int SHORTEST = 13;
    private static final int LONGEST = 19;
    private static final String INSTEAD = "[card]";

    private CardNumbers() {}

    static Redaction.@Nullable Place next(String text, int from) {
        for (int start = from; start < text.length(); start++) {
            char c = text.charAt(start);
            if (c >= '2' && c <= '6') {
                int end = end(text, start);
                if (end > 0) {
                    return new Redaction.Place(start, end, INSTEAD);
                }
            }
        }
        return null;
    }

    /** Behind the longest number that begins here, or 0. */
    private static int end(String text, int start) {
        int[] digits = new int[LONGEST];
        int count = 0;
        int best = 0;
        int gap = 0;
        for (int i = start; i < text.length() && count < LONGEST && gap < 2; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits[count++] = c - '0';
                gap = 0;
                best = count >= SHORTEST && isChecked(digits, count) ? i + 1 : best;
            } else if (c == ' ' || c == '-' || c == '\u00a0' || c == '.') {
                gap++;
            } else {
                break;
            }
        }
        return best;
    }

    private static boolean isChecked(int[] digits, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int digit = digits[count - 1 - i];
            int doubled = i % 2 == 1 ? 2 * digit : digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }
}
