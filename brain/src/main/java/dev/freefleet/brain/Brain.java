package dev.freefleet.brain;

import static java.util.Objects.requireNonNull;

import dev.freefleet.brain.Answerer.Selection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;

/**
 * The reference Brain: an index of documents that answers questions over HTTP and in this process. Thread-safe; ingests
 * run one after the other, answers go on meanwhile. Closing stops all of it and leaves the last commit.
 */
public final class Brain implements AutoCloseable {

    private final BrainConfig config;
    private final Clock clock;
    private final LongSupplier nanoTime = System::nanoTime;
    private final Instant started;
    private final BrainIndex index;
    private final SentenceModel model;
    private final Answerer answerer;
    private final BrainMetrics metrics = new BrainMetrics();
    private final ReentrantLock ingesting = new ReentrantLock();
    private final List<BrainServer> servers = new ArrayList<>();
    private volatile boolean closed;

    /**
     * What is in the index.
     *
     * @param lastUpdate changes exactly when the content does
     */
    public record Status(int documents, int passages, Instant lastUpdate) {}

    private Brain(BrainConfig config, Clock clock, BrainIndex index, SentenceModel model) {
        this.config = config;
        this.clock = clock;
        this.started = clock.instant();
        this.index = index;
        this.model = model;
        this.answerer = new Answerer(index, model, nanoTime);
        metrics.gauge(
                "brain.documents",
                "Documents in the index",
                this,
                brain -> brain.status().documents());
        metrics.gauge(
                "brain.passages",
                "Passages in the index",
                this,
                brain -> brain.status().passages());
        metrics.gauge(
                "brain.last.update.seconds",
                "When the index content last changed, Unix time",
                index,
                one -> one.lastUpdate().toEpochMilli() / 1000.0);
    }

    /**
     * Opens the Brain in the configured directory, or creates an empty one. The sentence model begins to load; see
     * {@link #awaitReady}.
     *
     * @throws BrainException when another Brain runs there, or the directory is damaged, from a newer version or not
     *     writable
     */
    public static Brain open(BrainConfig config, Clock clock) {
        requireNonNull(config, "config");
        requireNonNull(clock, "clock");
        SentenceModel model = new SentenceModel(config.threads());
        try {
            return new Brain(config, clock, BrainIndex.open(config.directory(), clock), model);
        } catch (BrainException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Waits until questions are answered without waiting.
     *
     * @throws BrainException when the sentence model does not run on this machine
     */
    public void awaitReady() {
        model.awaitLoaded();
    }

    /**
     * Makes the index mirror the roots: each a folder or a single file. Documents that are unchanged by digest are not
     * touched, documents whose files are gone are deleted. What a killed ingest left undone, the next one does.
     *
     * @throws BrainException when a root does not exist (nothing is changed then), the disk is full, or the Brain is
     *     closed meanwhile
     */
    public IngestReport ingest(List<Path> roots, IngestListener listener) {
        requireNonNull(roots, "roots");
        requireNonNull(listener, "listener");
        ingesting.lock();
        try {
            checkOpen();
            IngestReport report = new Ingest(config, index, model, clock, listener, () -> closed).run(roots);
            metrics.ingested(report);
            return report;
        } catch (IOException e) {
            throw new BrainException(
                    "The ingest into " + config.directory() + " failed: " + e.getMessage()
                            + ". What was committed stays; free space or fix the disk, start the Brain anew and ingest again.",
                    e);
        } finally {
            ingesting.unlock();
        }
    }

    /**
     * Answers a question as {@code POST /query} does.
     *
     * @param limit the most sources, 1 to 50
     */
    public Answer ask(String question, int limit) {
        if (question.isBlank() || limit < 1 || limit > Api.MAX_LIMIT) {
            throw new IllegalArgumentException("a question must not be blank and its limit from 1 to " + Api.MAX_LIMIT);
        }
        checkOpen();
        return answerer.answer(new Question(question, "", null, limit), Selection.ALL)
                .answer();
    }

    /** What is in the index now. */
    public Status status() {
        return index.read(view -> new Status(
                view.searcher().count(new TermQuery(new Term(Fields.KIND, Fields.KIND_DOCUMENT))),
                view.searcher().count(new TermQuery(new Term(Fields.KIND, Fields.KIND_PASSAGE))),
                view.lastUpdate()));
    }

    /**
     * Serves the API until the Brain is closed.
     *
     * @param port 0 for a free one
     * @return where it listens
     * @throws BrainException when the address is taken or not ours
     */
    public InetSocketAddress serve(String host, int port) {
        checkOpen();
        Api api = new Api(index, answerer, clock);
        BrainHandler handler = new BrainHandler(config, api, this::health, index::snapshot, metrics, clock, nanoTime);
        BrainServer server = BrainServer.start(host, port, handler);
        synchronized (servers) {
            servers.add(server);
        }
        return new InetSocketAddress(host, server.port());
    }

    private Health health() {
        long start = nanoTime.getAsLong();
        Status status;
        String database = "ok";
        try {
            status = status();
        } catch (BrainException e) {
            status = new Status(0, 0, Instant.EPOCH);
            database = "unreadable";
        }
        String health =
                !database.equals("ok") || model.hasFailed() ? "down" : model.isLoaded() ? "healthy" : "degraded";
        double hours = (clock.millis() - started.toEpochMilli()) / 3_600_000.0;
        return new Health(
                health,
                (nanoTime.getAsLong() - start) / 1_000_000,
                database,
                status.lastUpdate().toString(),
                status.passages(),
                Math.round(hours * 1000) / 1000.0);
    }

    private void checkOpen() {
        if (closed) {
            throw new BrainException("The Brain in " + config.directory() + " is closed.");
        }
    }

    /** Stops serving, waits for a running ingest to stop at its next document, and closes the index. */
    @Override
    public void close() {
        closed = true;
        synchronized (servers) {
            servers.forEach(BrainServer::close);
            servers.clear();
        }
        ingesting.lock();
        try {
            index.close();
            model.close();
        } finally {
            ingesting.unlock();
        }
    }
}
