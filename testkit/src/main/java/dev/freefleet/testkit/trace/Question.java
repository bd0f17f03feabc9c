package dev.freefleet.testkit.trace;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is asked, apart from how it is written: two requests with equal questions must be given equal answers, two with
 * different ones must not. The text is in normal form already: lower case, Unicode NFKC, single spaces.
 *
 * @param path {@code /query} or {@code /query/smart}
 * @param text the question itself, 3 to 12 words
 * @param limit how many sources the asker wants, 0: not said
 * @param minScore a filter of {@code /query/smart} in tenths, 0: none
 */
public record Question(String path, String text, int limit, int minScore) {
    private static final String[] OPENINGS = {
        "what is",
        "how does",
        "why is",
        "where can i find",
        "who wrote about",
        "explain",
        "compare",
        "when should i use"
    };
    private static final String[] WORDS = {
        "café",
        "garden",
        "river",
        "index",
        "vector",
        "naïve",
        "engine",
        "memory",
        "market",
        "season",
        "résumé",
        "signal",
        "harbour",
        "ledger",
        "orbit",
        "copper",
        "window",
        "forest",
        "protein",
        "jalapeño",
        "theorem",
        "battery",
        "island",
        "compiler",
        "paper",
        "bridge",
        "climate",
        "façade",
        "music",
        "kernel",
        "lantern",
        "novel"
    };
    private static final int WORD_BITS = 5;

    /**
     * The question with this number, always the same one. Different numbers differ in their text: its words spell the
     * number in base 32.
     */
    static Question of(int number, double smartShare) {
        var traits = new SplittableRandom(number * 0x9E3779B97F4A7C15L + 1);
        var text = new StringBuilder(OPENINGS[traits.nextInt(OPENINGS.length)]);
        int rest = number;
        do {
            text.append(' ').append(WORDS[rest & (WORDS.length - 1)]);
            rest >>>= WORD_BITS;
        } while (rest != 0);
        boolean smart = traits.nextDouble() < smartShare;
        int limit = switch (traits.nextInt(10)) {
            case 0 -> 3;
            case 1 -> 10;
            default -> 0;
        };
        return new Question(smart ? "/query/smart" : "/query", text.toString(), limit, smart ? traits.nextInt(10) : 0);
    }

    /** The same question for more sources, as a searcher turns to the next page. */
    Question more() {
        return new Question(path, text, limit + 20, minScore);
    }

    /** Whether {@code GET /query?q=} can say it. */
    boolean bare() {
        return path.equals("/query") && limit == 0;
    }

    /** The question as canonical JSON (RFC 8785) with its path in front: its identity. */
    public String canonical() {
        var json = new StringBuilder(path).append(" {");
        if (minScore > 0) {
            json.append("\"filters\":{\"min_score\":0.").append(minScore).append("},");
        }
        if (limit > 0) {
            json.append("\"limit\":").append(limit).append(',');
        }
        return json.append("\"query\":\"").append(text).append("\"}").toString();
    }

    @Nullable
    String filters(String colon, String number) {
        return minScore == 0 ? null : "{\"min_score\"" + colon + number + "}";
    }
}
