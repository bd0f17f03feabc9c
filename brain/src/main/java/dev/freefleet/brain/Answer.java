package dev.freefleet.brain;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * An answer, in the words of the documents.
 *
 * @param answer the best sentences, or a sentence that says that there is none
 * @param sources the passages that were found, best first unless another order was asked for
 * @param confidence 0 to 1: the highest of the sources'
 * @param processingTimeMs in whole milliseconds
 */
public record Answer(
        String answer,
        List<Source> sources,
        double confidence,
        @JsonProperty("processing_time_ms") long processingTimeMs) {

    public Answer {
        sources = List.copyOf(sources);
    }

    /**
     * A passage that an answer comes from.
     *
     * @param id stable while the document's heading stays: {@code guide/install.md#linux}
     * @param type {@code markdown}, {@code html} or {@code text}
     * @param content the whole passage
     * @param confidence 0 to 1 that it is about what was asked
     */
    public record Source(String id, String type, String content, double confidence, Metadata metadata) {}

    /**
     * Where a source stands.
     *
     * @param date RFC 3339, of the document
     * @param verdict {@code strong}, {@code moderate} or {@code weak}: the confidence in a word
     * @param engagement how many other documents link to this one
     */
    public record Metadata(
            String title, String path, String heading, int position, String date, String verdict, int engagement) {}
}
