package dev.freefleet.cli.brain;

import dev.freefleet.brain.Answer;
import dev.freefleet.brain.Brain;
import dev.freefleet.brain.BrainConfig;
import dev.freefleet.brain.IngestReport;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.datadir.DataDirectory;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reference Brain, run by this process. */
public final class ReferenceBrain implements AutoCloseable {
    private final Brain brain;
    private final @Nullable DataDirectory owned;

    /**
     * Opens the one of a running fleet's directory.
     *
     * @throws dev.freefleet.brain.BrainException if its directory cannot be used
     */
    public ReferenceBrain(DataDirectory directory, Clock clock) {
        this(directory, clock, null, null);
    }

    private ReferenceBrain(
            DataDirectory directory, Clock clock, @Nullable DataDirectory owned, @Nullable String gatewaySecret) {
        this.brain = Brain.open(
                BrainConfig.in(directory.brain())
                        .withAdminKey(directory.secrets().brainAdminKey())
                        .withGatewaySecret(gatewaySecret),
                clock);
        this.owned = owned;
    }

    /** Opens the one of this data directory without the rest of the fleet, which cannot run there meanwhile. */
    static ReferenceBrain of(Path data, Clock clock, @Nullable String gatewaySecret) {
        DataDirectory directory = DataDirectory.open(data);
        try {
            return new ReferenceBrain(directory, clock, directory, gatewaySecret);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
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
        if (brain.status().documents() == 0) {
            throw new CommandException(
                    "The index holds no documents yet; read some first: ./fleet brain ingest --docs DIR");
        }
        brain.awaitReady();
        return brain.ask(question, sources);
    }

    @Override
    public void close() {
        brain.close();
        if (owned != null) {
            owned.close();
        }
    }
}
