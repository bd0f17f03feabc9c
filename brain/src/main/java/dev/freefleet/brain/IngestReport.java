package dev.freefleet.brain;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * What an ingest did, in documents.
 *
 * @param passages written for the added and changed documents
 * @param skipped every file that was not taken in, in path order
 */
public record IngestReport(
        int added, int changed, int deleted, int unchanged, int passages, List<SkippedFile> skipped, Duration took) {

    public IngestReport {
        skipped = List.copyOf(requireNonNull(skipped, "skipped"));
        requireNonNull(took, "took");
    }

    /** Whether the index is another one than before. */
    public boolean changedIndex() {
        return added + changed + deleted > 0;
    }
}
