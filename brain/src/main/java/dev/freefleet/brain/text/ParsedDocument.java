package dev.freefleet.brain.text;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document as its format's parser read it.
 *
 * @param title the document's own title, or null when it names none
 * @param date the date that the document states of itself, or null
 * @param blocks the text in reading order
 * @param links link targets as written, in order, with repeats
 */
public record ParsedDocument(
        @Nullable String title, @Nullable LocalDate date, List<Block> blocks, List<String> links) {

    public ParsedDocument {
        blocks = List.copyOf(requireNonNull(blocks, "blocks"));
        links = List.copyOf(requireNonNull(links, "links"));
    }
}
