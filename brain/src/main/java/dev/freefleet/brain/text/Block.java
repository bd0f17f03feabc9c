package dev.freefleet.brain.text;

import static java.util.Objects.requireNonNull;

/** A piece of a document in reading order: what the parser of every format yields. */
public sealed interface Block {

    /** The text, never null; white space is trimmed at both ends. */
    String text();

    /** A heading; level 1 is the highest. */
    record Heading(int level, String text) implements Block {
        public Heading {
            if (level < 1) {
                throw new IllegalArgumentException("level must be 1 or more, was " + level);
            }
            requireNonNull(text, "text");
        }
    }

    /** A paragraph or list item; its line breaks mean nothing and are single spaces. */
    record Prose(String text) implements Block {
        public Prose {
            requireNonNull(text, "text");
        }
    }

    /** Code or a table; each line stands for itself. */
    record Lines(String text) implements Block {
        public Lines {
            requireNonNull(text, "text");
        }
    }
}
