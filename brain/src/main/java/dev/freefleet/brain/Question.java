package dev.freefleet.brain;

import static java.util.Objects.requireNonNull;

import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the index.
 *
 * @param text the question itself
 * @param context what it is about, counted less than the question; may be empty
 * @param filter the passages that may answer, or null for all
 * @param limit the most sources
 */
record Question(String text, String context, @Nullable Query filter, int limit) {

    Question {
        requireNonNull(text, "text");
        requireNonNull(context, "context");
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or more, was " + limit);
        }
    }
}
