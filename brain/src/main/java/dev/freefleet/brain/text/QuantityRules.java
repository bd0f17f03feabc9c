package dev.freefleet.brain.text;

import dev.freefleet.brain.text.EntityExtractor.Match;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers with units, in one word ({@code 20ms}, {@code 5%}, {@code $30}) or two ({@code 200 MB}). */
final class QuantityRules {

    /** In lower case; units whose case matters elsewhere (Mb, MB) are the same here. */
    private static final Set<String> UNITS = Set.of(
            "%",
            "percent",
            "b",
            "kb",
            "mb",
            "gb",
            "tb",
            "pb",
            "kib",
            "mib",
            "gib",
            "tib",
            "bit",
            "bits",
            "byte",
            "bytes",
            "kbit",
            "mbit",
            "gbit",
            "kbps",
            "mbps",
            "gbps",
            "ns",
            "µs",
            "us",
            "ms",
            "s",
            "sec",
            "second",
            "seconds",
            "min",
            "mins",
            "minute",
            "minutes",
            "h",
            "hour",
            "hours",
            "day",
            "days",
            "week",
            "weeks",
            "month",
            "months",
            "year",
            "years",
            "hz",
            "khz",
            "mhz",
            "ghz",
            "mm",
            "cm",
            "m",
            "km",
            "mile",
            "miles",
            "inch",
            "inches",
            "feet",
            "mg",
            "g",
            "kg",
            "lb",
            "w",
            "kw",
            "kwh",
            "mw",
            "v",
            "a",
            "°c",
            "°f",
            "k",
            "€",
            "$",
            "£",
            "eur",
            "usd",
            "dollars",
            "euros",
            "cores",
            "threads",
            "requests",
            "files",
            "records",
            "rows",
            "users",
            "times",
            "words",
            "characters",
            "lines");

    private QuantityRules() {}

    static @Nullable Match at(List<Word> words, int i) {
        Word word = words.get(i);
        String text = word.text();
        boolean currency = text.length() > 1 && "$€£".indexOf(text.charAt(0)) >= 0;
        int digits = numberLength(text, currency ? 1 : 0);
        if (digits == 0) {
            return null;
        }
        if (currency) {
            return digits + 1 == text.length() ? new Match(EntityType.QUANTITY, 1, 0.95) : null;
        }
        if (digits < text.length()) {
            boolean unit = isUnit(text.substring(digits)) && !text.endsWith("a");
            return unit ? new Match(EntityType.QUANTITY, 1, 0.92) : null;
        }
        if (!word.closed() && i + 1 < words.size() && isUnit(words.get(i + 1).text())) {
            String unit = words.get(i + 1).text();
            // "3 a" is far more often an article than amperes
            return unit.equals("a") ? null : new Match(EntityType.QUANTITY, 2, unit.length() == 1 ? 0.75 : 0.9);
        }
        return null;
    }

    private static boolean isUnit(String text) {
        return UNITS.contains(text.toLowerCase(Locale.ROOT));
    }

    /** How many characters from there write one number: digits with single inner points or commas. */
    private static int numberLength(String text, int from) {
        int end = from;
        boolean digitBefore = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            boolean inner = (c == '.' || c == ',') && digitBefore;
            if (!digit && !inner) {
                break;
            }
            digitBefore = digit;
            end = digit ? i + 1 : end;
        }
        return end - from;
    }
}
