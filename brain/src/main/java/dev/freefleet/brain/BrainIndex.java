package dev.freefleet.brain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.KeepOnlyLastCommitDeletionPolicy;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.SnapshotDeletionPolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;

/**
 * The Lucene index of a Brain. Readers see commits alone, never what is between two: what is answered is what a crash
 * leaves and what a snapshot holds. Each commit that changes content carries its own, later {@code last_update}; merges
 * change no content and no answer before the next commit. Thread-safe for reading and snapshots; writing is for one thread
 * at a time. The writer is open as long as the index, and its lock keeps other processes out.
 */
final class BrainIndex implements AutoCloseable {

    private static final String LAST_UPDATE = "last_update";
    private static final double WRITE_BUFFER_MB = 16;

    /** Indexes up to this size are read whole when opened, so that a flipped bit is found then and not in an answer. */
    private static final long CHECKED_BYTES = 256L * 1024 * 1024;

    private final Path directory;
    private final Clock clock;
    private final FSDirectory files;
    private final IndexWriter writer;
    private final SnapshotDeletionPolicy snapshots;
    private final SearcherManager searchers;
    private boolean closed;

    private BrainIndex(
            Path directory,
            Clock clock,
            FSDirectory files,
            IndexWriter writer,
            SnapshotDeletionPolicy snapshots,
            SearcherManager searchers) {
        this.directory = directory;
        this.clock = clock;
        this.files = files;
        this.writer = writer;
        this.snapshots = snapshots;
        this.searchers = searchers;
    }

    static BrainIndex open(Path directory, Clock clock) {
        try {
            Files.createDirectories(directory);
            Path index = directory.resolve("index");
            StateFile.check(directory, index);
            return open(directory, index, clock);
        } catch (LockObtainFailedException e) {
            throw new BrainException(
                    "Another Brain is running on " + directory + ". Stop it first, or name another directory.", e);
        } catch (IndexFormatTooNewException e) {
            throw new BrainException(
                    "The index in " + directory
                            + " is from a newer version of this program. Update the program, or name another directory.",
                    e);
        } catch (CorruptIndexException | java.io.EOFException | java.nio.file.NoSuchFileException e) {
            throw damaged(directory, e);
        } catch (IOException e) {
            throw new BrainException(
                    "The Brain's directory " + directory + " cannot be used: " + e.getMessage()
                            + ". Check that it is a writable folder with free space.",
                    e);
        } catch (IllegalArgumentException e) { // Lucene's word for a commit whose files contradict each other
            throw damaged(directory, e);
        }
    }

    private static BrainException damaged(Path directory, Exception cause) {
        return new BrainException(
                "The index in " + directory
                        + " is damaged. Restore the directory from a snapshot, or delete it and ingest again. ("
                        + cause.getMessage() + ")",
                cause);
    }

    private static BrainIndex open(Path directory, Path index, Clock clock) throws IOException {
        FSDirectory files = FSDirectory.open(index);
        IndexWriter writer = null;
        SearcherManager searchers = null;
        boolean opened = false;
        try {
            SnapshotDeletionPolicy snapshots = new SnapshotDeletionPolicy(new KeepOnlyLastCommitDeletionPolicy());
            IndexWriterConfig config = new IndexWriterConfig(new TextAnalyzer(false))
                    .setOpenMode(OpenMode.CREATE_OR_APPEND)
                    .setRAMBufferSizeMB(WRITE_BUFFER_MB)
                    .setMergeScheduler(new SerialMergeScheduler())
                    .setCommitOnClose(false)
                    .setIndexDeletionPolicy(snapshots);
            boolean fresh = !DirectoryReader.indexExists(files);
            writer = new IndexWriter(files, config);
            if (fresh) {
                commit(writer, clock.millis());
            }
            searchers = new SearcherManager(files, null);
            checkIntegrity(searchers, index);
            opened = true;
            return new BrainIndex(directory, clock, files, writer, snapshots, searchers);
        } finally {
            if (!opened) {
                closeQuietly(searchers);
                if (writer != null) {
                    writer.rollback();
                }
                files.close();
            }
        }
    }

    private static void closeQuietly(@Nullable SearcherManager searchers) throws IOException {
        if (searchers != null) {
            searchers.close();
        }
    }

    private static void checkIntegrity(SearcherManager searchers, Path index) throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            long bytes = 0;
            for (String name : ((DirectoryReader) searcher.getIndexReader())
                    .getIndexCommit()
                    .getFileNames()) {
                bytes += Files.size(index.resolve(name));
            }
            if (bytes <= CHECKED_BYTES) {
                for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                    leaf.reader().checkIntegrity();
                }
            }
        } finally {
            searchers.release(searcher);
        }
    }

    /** What a reading sees: one commit. */
    record View(IndexSearcher searcher, Instant lastUpdate) {}

    /** Something read from one commit. */
    interface Reading<T> {
        T read(View view) throws IOException;
    }

    <T> T read(Reading<T> reading) {
        try {
            IndexSearcher searcher = searchers.acquire();
            try {
                return reading.read(new View(searcher, lastUpdate(searcher)));
            } finally {
                searchers.release(searcher);
            }
        } catch (CorruptIndexException e) {
            throw damaged(directory, e);
        } catch (IOException e) {
            throw new BrainException("The index in " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    Instant lastUpdate() {
        return read(View::lastUpdate);
    }

    private static Instant lastUpdate(IndexSearcher searcher) throws IOException {
        Map<String, String> data =
                ((DirectoryReader) searcher.getIndexReader()).getIndexCommit().getUserData();
        return Instant.ofEpochMilli(Long.parseLong(data.getOrDefault(LAST_UPDATE, "0")));
    }

    /** All documents by id. */
    Map<String, DocumentRow> documents() {
        return read(view -> documents(view.searcher()));
    }

    static Map<String, DocumentRow> documents(IndexSearcher searcher) throws IOException {
        Map<String, DocumentRow> rows = new TreeMap<>();
        TermQuery all = new TermQuery(new Term(Fields.KIND, Fields.KIND_DOCUMENT));
        int most = Math.max(1, searcher.getIndexReader().maxDoc());
        for (ScoreDoc hit : searcher.search(all, most, org.apache.lucene.search.Sort.INDEXORDER).scoreDocs) {
            DocumentRow row = Fields.documentRow(searcher, hit.doc);
            rows.put(row.id(), row);
        }
        return rows;
    }

    /** Puts a document and its passages in the place of what was there under its id; seen after {@link #commit}. */
    void replace(DocumentRow row, List<PassageRow> passages, List<float[]> vectors) throws IOException {
        List<org.apache.lucene.document.Document> block = new ArrayList<>(passages.size() + 1);
        for (int i = 0; i < passages.size(); i++) {
            block.add(Fields.passage(passages.get(i), vectors.get(i)));
        }
        block.add(Fields.document(row));
        writer.updateDocuments(Fields.documentTerm(row.id()), block);
    }

    void delete(String document) throws IOException {
        writer.deleteDocuments(Fields.documentTerm(document));
    }

    /** Makes what was written durable and visible; without anything written it does nothing. */
    void commit() throws IOException {
        if (writer.hasUncommittedChanges()) {
            commit(writer, Math.max(clock.millis(), lastUpdate().toEpochMilli() + 1));
            searchers.maybeRefreshBlocking();
        }
    }

    private static void commit(IndexWriter writer, long lastUpdateMillis) throws IOException {
        writer.setLiveCommitData(
                Map.of(LAST_UPDATE, Long.toString(lastUpdateMillis)).entrySet());
        writer.commit();
    }

    /** Holds the last commit until it is closed, while writing goes on. */
    Snapshot snapshot() {
        try {
            return new Snapshot(directory, files, snapshots, snapshots.snapshot());
        } catch (IOException e) {
            throw new BrainException("No snapshot of " + directory + " can be taken: " + e.getMessage(), e);
        }
    }

    static Instant lastUpdate(org.apache.lucene.index.IndexCommit commit) throws IOException {
        return Instant.ofEpochMilli(Long.parseLong(commit.getUserData().getOrDefault(LAST_UPDATE, "0")));
    }

    /** Closing twice does nothing more. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            searchers.close();
            writer.rollback();
            files.close();
        } catch (IOException e) {
            throw new BrainException("The index in " + directory + " did not close cleanly: " + e.getMessage(), e);
        }
    }
}
