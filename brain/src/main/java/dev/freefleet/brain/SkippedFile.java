package dev.freefleet.brain;

import static java.util.Objects.requireNonNull;

/**
 * A file that an ingest did not take in.
 *
 * @param document the id that it would have
 * @param reason a clause for a person: {@code "is not UTF-8 text"}
 */
public record SkippedFile(String document, String reason) {

    public SkippedFile {
        requireNonNull(document, "document");
        requireNonNull(reason, "reason");
    }
}
