package dev.freefleet.brain.text;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sentences of a passage: Unicode sentence breaks (UAX 29) inside each line. Thread-safe. */
public final class Sentences {

    private Sentences() {}

    /** The sentences in order, trimmed, none empty; together they hold every word of the text. */
    public static List<String> of(String text) {
        List<String> sentences = new ArrayList<>();
        text.lines().forEach(line -> inLine(line, sentences));
        return sentences;
    }

    /**
     * Whether a line reads as a sentence: it begins as one, has four words or more, is closed by a sentence's mark, and
     * four fifths of what is no space are letters. Rows of tables (cells parted by {@code |}), drawings and code do not.
     */
    public static boolean isProse(String sentence) {
        if (sentence.isEmpty() || sentence.contains(" | ")) {
            return false;
        }
        long spaces = sentence.chars().filter(Character::isWhitespace).count();
        long letters = sentence.chars().filter(Character::isLetter).count();
        int first = sentence.codePointAt(0);
        boolean opened = Character.isUpperCase(first) || Character.isDigit(first) || "\"“‘'(".indexOf(first) >= 0;
        boolean closed = ".!?:\")”…".indexOf(sentence.charAt(sentence.length() - 1)) >= 0;
        return spaces >= 3 && opened && closed && letters * 5 >= (sentence.length() - spaces) * 4;
    }

    private static void inLine(String line, List<String> sentences) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        breaks.setText(line);
        int start = breaks.first();
        for (int end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
            String sentence = line.substring(start, end).strip();
            if (!sentence.isEmpty()) {
                sentences.add(sentence);
            }
        }
    }
}
