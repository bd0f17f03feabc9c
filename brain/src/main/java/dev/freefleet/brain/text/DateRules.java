package dev.freefleet.brain.text;

import dev.freefleet.brain.text.EntityExtractor.Match;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates: 2026-11-23, 23.11.2026, 11/23/2026, 23 November 2026, November 23, 2026, Nov 2026. */
final class DateRules {

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> FULL_MONTHS = List.of(
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december");

    private DateRules() {}

    static @Nullable Match at(List<Word> words, int i) {
        if (isNumericDate(words.get(i).text())) {
            return new Match(EntityType.DATE, 1, 0.97);
        }
        String first = word(words, i);
        String second = word(words, i + 1);
        String third = word(words, i + 2);
        if (isDay(first) && isMonth(second) && isYear(third)) {
            return new Match(EntityType.DATE, 3, 0.97);
        }
        if (isMonth(first) && isDay(second) && isYear(third)) {
            return new Match(EntityType.DATE, 3, 0.97);
        }
        return isMonth(first) && isYear(second) ? new Match(EntityType.DATE, 2, 0.9) : null;
    }

    private static String word(List<Word> words, int i) {
        return i < words.size() ? words.get(i).text() : "";
    }

    private static boolean isMonth(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return FULL_MONTHS.contains(lower) || MONTHS.contains(lower) || lower.equals("sept");
    }

    private static boolean isDay(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        boolean ordinal = lower.endsWith("st") || lower.endsWith("nd") || lower.endsWith("rd") || lower.endsWith("th");
        String digits = ordinal ? lower.substring(0, lower.length() - 2) : lower;
        int day = number(digits, 2);
        return day >= 1 && day <= 31;
    }

    private static boolean isYear(String word) {
        int year = number(word, 4);
        return word.length() == 4 && year >= 1000 && year <= 2999;
    }

    private static boolean isNumericDate(String word) {
        String day = word.length() > 10 && word.charAt(10) == 'T' ? word.substring(0, 10) : word;
        for (char separator : new char[] {'-', '.', '/'}) {
            int one = day.indexOf(separator);
            int two = day.indexOf(separator, one + 1);
            if (one > 0 && two > one && day.indexOf(separator, two + 1) < 0) {
                int a = number(day.substring(0, one), 4);
                int b = number(day.substring(one + 1, two), 2);
                int c = number(day.substring(two + 1), 4);
                boolean yearFirst = one == 4 && separator != '.';
                boolean yearLast = day.length() - two == 5 && separator != '-';
                return (yearFirst && isDate(a, b, c))
                        || (yearLast && (isDate(c, b, a) || (separator == '/' && isDate(c, a, b))));
            }
        }
        return false;
    }

    private static boolean isDate(int year, int month, int day) {
        if (year < 1000 || month < 1 || day < 1) {
            return false;
        }
        try {
            return LocalDate.of(year, month, day).getYear() == year;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** The number that up to so many ASCII digits write, or -1. */
    private static int number(String digits, int most) {
        if (digits.isEmpty() || digits.length() > most) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
