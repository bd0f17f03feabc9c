package dev.freefleet.brain;

import dev.freefleet.brain.text.DocumentFormat;
import java.nio.file.Path;

/**
 * A file to ingest.
 *
 * @param id the document's id: its path below the root with {@code /} between the names
 */
record SourceFile(String id, Path path, DocumentFormat format) {}
