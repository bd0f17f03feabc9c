package dev.freefleet.data;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What became of questions that were asked more than once of late, so that a question that is asked often is redacted once. Bounded:
 * 2,048 questions of at most 256 characters, some 4 MB. A question is kept from its second time on: most come once, and what is kept
 * of those would be in the way of those that come again. Threads may write over each other's entries. Safe for use by several threads.
 */
final class KeptQuestions {
    private static final int PLACES = 2_048;
    private static final int LONGEST = 256;

    private final AtomicReferenceArray<@Nullable Kept> kept = new AtomicReferenceArray<>(PLACES);
    /** Hashes of what came last in each place; a race costs a question its second time, and nothing else. */
    private final int[] seen = new int[PLACES];

    /**
     * A question, and what records may keep of it.
     *
     * @param digest the edge's, or null
     * @param text as it was asked, or null
     * @param keyed the digest that is kept, or null
     * @param redacted the text that is kept, or null
     * @param columns both as {@link RowBatch#question} encodes them
     */
    record Kept(
            @Nullable String digest,
            @Nullable String text,
            @Nullable String keyed,
            @Nullable String redacted,
            byte[] columns) {}

    /** What became of a question, or null where that is not known. */
    @Nullable
    Kept find(@Nullable String digest, @Nullable String text) {
        int place = place(hash(digest, text));
        @Nullable Kept found = kept.get(place);
        if (!isOf(found, digest, text)) {
            found = kept.get(place ^ 1);
        }
        return isOf(found, digest, text) ? found : null;
    }

    private static boolean isOf(@Nullable Kept kept, @Nullable String digest, @Nullable String text) {
        return kept != null && Objects.equals(digest, kept.digest) && Objects.equals(text, kept.text);
    }

    /** Keeps what became of a question, if it came before. */
    void add(Kept question) {
        int hash = hash(question.digest, question.text);
        int place = place(hash);
        if (seen[place] == hash && (question.text == null || question.text.length() <= LONGEST)) {
            kept.set(place ^ 1, kept.get(place)); // two that share a place do not drive each other out
            kept.set(place, question);
        }
        seen[place] = hash;
    }

    /** Strings keep their hashes, so that this costs nothing for an event whose strings the edge keeps, too. */
    private static int hash(@Nullable String digest, @Nullable String text) {
        return 31 * Objects.hashCode(digest) + Objects.hashCode(text);
    }

    private static int place(int hash) {
        return (hash * 0x9E3779B9) >>> 21;
    }
}
