package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.List;

/** A text cut so that each piece fits a passage, at the mildest boundary that does it. */
final class Pieces {

    private Pieces() {}

    static List<String> of(String text, boolean lines) {
        if (fits(text)) {
            return text.isBlank() ? List.of() : List.of(text);
        }
        List<String> units =
                lines ? text.lines().filter(line -> !line.isBlank()).toList() : Sentences.of(text);
        List<String> small = new ArrayList<>();
        for (String unit : units) {
            if (fits(unit)) {
                small.add(unit);
            } else {
                small.addAll(pack(words(unit), " "));
            }
        }
        return pack(small, lines ? "\n" : " ");
    }

    private static boolean fits(String text) {
        return text.length() <= PassageSplitter.MAX_CHARS && Spaces.words(text) <= PassageSplitter.MAX_WORDS;
    }

    private static List<String> pack(List<String> units, String separator) {
        List<String> packed = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int words = 0;
        for (String unit : units) {
            int unitWords = Spaces.words(unit);
            boolean full = words + unitWords > PassageSplitter.MAX_WORDS
                    || current.length() + separator.length() + unit.length() > PassageSplitter.MAX_CHARS;
            if (!current.isEmpty() && full) {
                packed.add(current.toString());
                current.setLength(0);
                words = 0;
            }
            current.append(current.isEmpty() ? "" : separator).append(unit);
            words += unitWords;
        }
        if (!current.isEmpty()) {
            packed.add(current.toString());
        }
        return packed;
    }

    /** The words of a text; one that is longer than a passage is cut between code points. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean end = i == text.length() || Spaces.isSpace(text.charAt(i));
            boolean tooLong = i - start >= PassageSplitter.MAX_CHARS - 1
                    && i < text.length()
                    && !Character.isLowSurrogate(text.charAt(i));
            if ((end || tooLong) && i > start) {
                words.add(text.substring(start, i));
                start = end ? i + 1 : i;
            } else if (end) {
                start = i + 1;
            }
        }
        return words;
    }
}
