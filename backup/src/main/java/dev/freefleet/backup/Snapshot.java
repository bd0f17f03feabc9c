package dev.freefleet.backup;

import static java.util.Objects.requireNonNull;

import dev.freefleet.backup.format.ContentRef;
import java.time.Instant;
import java.util.List;

/**
 * A source as it was at one time. What a manifest holds.
 *
 * @param id 32 hexadecimal digits, random; a copy in another store keeps it
 * @param time when the backup began, by the clock of the machine that made it
 * @param host name of that machine
 * @param source name of the source; snapshots of the same host and source follow one another
 * @param kind what the source was
 * @param tags words that its owner gave it
 * @param entries number of files, folders, links and members
 * @param bytes length of all contents
 * @param added bytes that the backup added to the store
 * @param problems number of files that could not be read
 * @param tree list of all {@link Entry entries}, in the order of {@link Entry#comparePaths}; for tars in the tar's order
 * @param stream the stream's content; {@link ContentRef#EMPTY} for folders
 */
public record Snapshot(
        String id,
        Instant time,
        String host,
        String source,
        Kind kind,
        List<String> tags,
        long entries,
        long bytes,
        long added,
        long problems,
        ContentRef tree,
        ContentRef stream) {

    /** What a snapshot is of. */
    public enum Kind {
        FOLDER,
        TAR,
        OPAQUE
    }

    public Snapshot {
        requireNonNull(id, "id");
        requireNonNull(time, "time");
        requireNonNull(host, "host");
        requireNonNull(source, "source");
        requireNonNull(kind, "kind");
        tags = List.copyOf(tags);
        requireNonNull(tree, "tree");
        requireNonNull(stream, "stream");
    }
}
