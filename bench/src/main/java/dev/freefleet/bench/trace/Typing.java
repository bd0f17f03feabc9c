package dev.freefleet.bench.trace;

import java.text.Normalizer;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * How people type one question: capitals, stray spaces, accents in another Unicode form, wide letters. All of it is
 * undone by NFKC, lower case and white-space folding; used only where the route normalises its questions so.
 */
final class Typing {
    private Typing() {}

    static String vary(String text, RandomGenerator random) {
        return switch (random.nextInt(8)) {
            case 0 -> text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
            case 1 -> text.toUpperCase(Locale.ROOT);
            case 2 -> text.replaceFirst(" ", "  ");
            case 3 -> " " + text + " ";
            case 4 -> Normalizer.normalize(text, Normalizer.Form.NFD);
            case 5 -> wide(text.charAt(0)) + text.substring(1);
            default -> text;
        };
    }

    /** The full-width form (U+FF41 and on) of a lower-case ASCII letter. */
    private static char wide(char letter) {
        return (char) (letter - 'a' + 'ａ');
    }
}
