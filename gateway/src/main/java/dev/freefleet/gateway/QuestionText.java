package dev.freefleet.gateway;

import dev.freefleet.edge.Step;
import java.text.Normalizer;
import java.util.Locale;

/** One form for the letters of a text, as {@link Step.Normalize} wants it. */
final class QuestionText {
    private QuestionText() {}

    static String normalize(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
        StringBuilder lower = new StringBuilder(composed.length());
        composed.codePoints().forEach(c -> append(lower, c));
        return Normalizer.normalize(lower, Normalizer.Form.NFKC);
    }

    /** Each by itself: what a letter becomes must not depend on its neighbours, as the sigma at a word's end does. */
    private static void append(StringBuilder lower, int codePoint) {
        if (codePoint < 0x80) {
            lower.append((char) (codePoint >= 'A' && codePoint <= 'Z' ? codePoint + 32 : codePoint));
        } else {
            lower.append(Character.toString(codePoint).toLowerCase(Locale.ROOT));
        }
    }
}
