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
