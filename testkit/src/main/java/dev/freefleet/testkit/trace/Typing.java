package dev.freefleet.testkit.trace;

import java.text.Normalizer;
import java.util.random.RandomGenerator;

/** How freely people type one question. What a route does not fold is another question to it. */
public enum Typing {
    /** Everybody types it alike. */
    EXACT,
    /** Capitals (of ASCII letters) and stray white space, as a route with {@code foldText} takes for nothing. */
    FOLDED,
    /** Also accents in another Unicode form and full-width letters, which NFKC and lower case undo. */
    UNICODE;

    /** The text as somebody types it. */
    String vary(String text, RandomGenerator random) {
        return switch (this) {
            case EXACT -> text;
            case FOLDED -> folded(text, random.nextInt(6));
            case UNICODE ->
                switch (random.nextInt(8)) {
                    case 6 -> Normalizer.normalize(text, Normalizer.Form.NFD);
                    case 7 -> wide(text.charAt(0)) + text.substring(1);
                    default -> folded(text, random.nextInt(6));
                };
        };
    }

    private static String folded(String text, int way) {
        return switch (way) {
            case 0 -> upper(text.substring(0, 1)) + text.substring(1);
            case 1 -> upper(text);
            case 2 -> text.replaceFirst(" ", "  ");
            case 3 -> " " + text + " ";
            default -> text;
        };
    }

    private static String upper(String text) {
        var out = new StringBuilder(text);
        for (int i = 0; i < out.length(); i++) {
            char c = out.charAt(i);
            if (c >= 'a' && c <= 'z') {
                out.setCharAt(i, (char) (c - 32));
            }
        }
        return out.toString();
    }

    /** The full-width form (U+FF41 and on) of a lower-case ASCII letter. */
    private static char wide(char letter) {
        return (char) (letter - 'a' + 'ａ');
    }
}
