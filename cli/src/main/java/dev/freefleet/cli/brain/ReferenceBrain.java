package dev.freefleet.cli.brain;

import dev.freefleet.brain.Answer;
import dev.freefleet.brain.Brain;
import dev.freefleet.brain.BrainConfig;
import dev.freefleet.brain.IngestReport;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** The reference Brain, run by this process. */
public final class ReferenceBrain implements AutoCloseable {
    private final Brain brain;

    /**
     * Opens it.
     *
     * @throws dev.freefleet.brain.BrainException if its directory cannot be used
     */
    public ReferenceBrain(Path directory, Clock clock) {
        brain = Brain.open(BrainConfig.in(directory), clock);
    }

    /** Makes the index mirror these folders and files, and tells how far it is. */
    public IngestReport read(List<Path> docs, PrintWriter err, boolean terminal) {
        try (IngestProgress progress = new IngestProgress(err, terminal)) {
            IngestReport report = brain.ingest(docs, progress);
            progress.finished(report);
            return report;
        }
    }

    /** Serves its API, once it answers without waiting. Port 0 is any free one. */
    public URI serve(String host, int port) {
        brain.awaitReady();
        InetSocketAddress address = brain.serve(host, port);
        String name = address.getHostString();
        return URI.create("http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + address.getPort());
    }

    /** Answers one question with this many sources at the most. */
    Answer ask(String question, int sources) {
        brain.awaitReady();
        return brain.ask(question, sources);
    }

    @Override
    public void close() {
        brain.close();
    }
}
