package dev.freefleet.brain.text;

import static java.util.Objects.requireNonNull;

/**
 * A stretch of a document that is found and cited as one.
 *
 * @param anchor unique in its document and stable while the section's heading stays: {@code install}, its second passage
 *     {@code install.2}, a second section of that name {@code install-2}, text before any heading {@code top}
 * @param heading the headings above it, from the highest down, joined by {@code " > "}; empty before the first
 * @param position counted from 0 in the document
 * @param text at most {@link PassageSplitter#MAX_WORDS} words and {@link PassageSplitter#MAX_CHARS} characters
 */
public record Passage(String anchor, String heading, int position, String text) {

    public Passage {
        requireNonNull(anchor, "anchor");
        requireNonNull(heading, "heading");
        requireNonNull(text, "text");
    }
}
