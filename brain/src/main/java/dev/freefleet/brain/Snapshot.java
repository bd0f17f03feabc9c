package dev.freefleet.brain;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.SnapshotDeletionPolicy;
import org.apache.lucene.store.FSDirectory;

/**
 * One commit of a Brain's index with its state file, held still until it is closed: a POSIX tar that, unpacked into an
 * empty directory, is a Brain with the same answers. The same commit makes the same bytes.
 */
final class Snapshot implements AutoCloseable {

    private static final int BLOCK = 512;
    /** Behind this a tar header needs an extended one before it. */
    private static final long MAX_PLAIN_SIZE = 077777777777L;

    private final SnapshotDeletionPolicy policy;
    private final IndexCommit commit;
    private final Instant lastUpdate;
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(String name, Path file, long bytes) {}

    Snapshot(Path directory, FSDirectory index, SnapshotDeletionPolicy policy, IndexCommit commit) throws IOException {
        this.policy = policy;
        this.commit = commit;
        boolean complete = false;
        try {
            this.lastUpdate = BrainIndex.lastUpdate(commit);
            add(StateFile.NAME, directory.resolve(StateFile.NAME));
            for (String name : commit.getFileNames().stream().sorted().toList()) {
                add("index/" + name, index.getDirectory().resolve(name));
            }
            complete = true;
        } finally {
            if (!complete) {
                policy.release(commit);
            }
        }
    }

    private void add(String name, Path file) throws IOException {
        entries.add(new Entry(name, file, Files.size(file)));
    }

    Instant lastUpdate() {
        return lastUpdate;
    }

    /** How many bytes {@link #writeTo} writes, or -1 when a file is so large that tar needs a longer header. */
    long length() {
        long length = 2 * BLOCK;
        for (Entry entry : entries) {
            if (entry.bytes() > MAX_PLAIN_SIZE) {
                return -1;
            }
            length += BLOCK + (entry.bytes() + BLOCK - 1) / BLOCK * BLOCK;
        }
        return length;
    }

    /** Streams the archive; the memory in use does not grow with it. */
    void writeTo(OutputStream out) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (Entry entry : entries) {
                TarArchiveEntry header = new TarArchiveEntry(entry.name());
                header.setSize(entry.bytes());
                header.setMode(0600);
                header.setModTime(lastUpdate.getEpochSecond() * 1000);
                tar.putArchiveEntry(header);
                Files.copy(entry.file(), tar);
                tar.closeArchiveEntry();
            }
            tar.finish();
        }
    }

    @Override
    public void close() {
        try {
            policy.release(commit);
        } catch (IOException e) {
            throw new BrainException("A snapshot could not be released: " + e.getMessage(), e);
        }
    }
}
