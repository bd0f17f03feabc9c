package dev.freefleet.data;

import dev.freefleet.edge.Memo;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of questions that were asked more than once of late, so that a question that is asked often is redacted once. Bounded:
 * 4,096 questions of at most 256 characters, some 9 MB at the worst. Safe for use by several threads.
 */
final class KeptQuestions {
    private static final int PLACES = 4_096;
    private static final int LONGEST = 256;

    private final Memo<Asked, Kept> memo = new Memo<>(PLACES);

    /** The strings are compared by identity first, which is enough where the edge keeps them, too. */
    private record Asked(@Nullable String digest, @Nullable String text) {
        /** Of the digest where there is one, since a string that is kept keeps its hash. */
        @Override
        public int hashCode() {
            return digest == null ? Objects.hashCode(text) : digest.hashCode();
        }
    }

    /**
     * What records may keep of a question.
     *
     * @param keyed the digest that is kept, or null
     * @param redacted the text that is kept, or null
     * @param columns both as {@link RowBatch#question} encodes them
     */
    record Kept(@Nullable String keyed, @Nullable String redacted, byte[] columns) {}

    /** What became of a question, by the edge's digest and as it was asked; or null where that is not known. */
    @Nullable
    Kept find(@Nullable String digest, @Nullable String text) {
        return memo.get(new Asked(digest, text));
    }

    /** Keeps what became of a question, if it came before. */
    void add(@Nullable String digest, @Nullable String text, Kept became) {
        if (text == null || text.length() <= LONGEST) {
            memo.put(new Asked(digest, text), became);
        }
    }
}
