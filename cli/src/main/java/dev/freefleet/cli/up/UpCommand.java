package dev.freefleet.cli.up;

import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Termination;
import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.Flags;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.SelfSigned;
import dev.freefleet.cli.logging.Logging;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fleet up}: runs everything in the foreground until it is told to stop. */
@Command(
        name = "up",
        description = "Run the gateway, the database and the Brain until Ctrl-C or SIGTERM.",
        mixinStandardHelpOptions = true)
public final class UpCommand implements Runnable {
    private final Surroundings surroundings;

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory (default: fleet-data).")
    private @Nullable String data;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration file (default: fleet.yaml).")
    private @Nullable String config;

    @Option(names = "--port", paramLabel = "PORT", description = "The gateway's port (default: 8080).")
    private @Nullable String port;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "The admin port (default: 8090).")
    private @Nullable String adminPort;

    @Option(names = "--brain", paramLabel = "URL", description = "Your Brain (default: the reference Brain).")
    private @Nullable String brain;

    @Option(names = "--brain-docs", paramLabel = "DIR", description = "What the reference Brain reads (default: docs).")
    private @Nullable String brainDocs;

    public UpCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Flags flags = new Flags(config, data, port, adminPort, brain, brainDocs);
        FleetConfig loaded = new ConfigLoader(
                        surroundings.home(), surroundings.workingDirectory(), surroundings.environment())
                .load(flags)
                .config();
        Logging.configure(loaded.log());
        try (DataDirectory directory = DataDirectory.open(loaded.data())) {
            serve(new Fleet(loaded, directory, surroundings.with(flags.variables())), directory, loaded);
        }
    }

    private void serve(Fleet fleet, DataDirectory directory, FleetConfig loaded) {
        Runnable stop = () -> {
            fleet.close();
            directory.close();
        };
        try (Termination termination = new Termination(stop, surroundings.err())) {
            Path own = loaded.selfSigned() ? SelfSigned.certificate(directory.path()) : null;
            announce(fleet.start(), directory.firstKey(), own);
            termination.await();
        } catch (CancellationException stopped) {
            // Told to stop in the middle of the start: the termination exits.
        }
    }

    private void announce(Fleet.Ready ready, Path firstKey, @Nullable Path trusted) {
        if (ready.first()) {
            surroundings.out().println("first key of the user owner: " + firstKey + "; try it:");
            surroundings.out().println("  " + CurlLine.of(ready.gateway(), firstKey, trusted));
        }
        surroundings.out().println("ready: gateway " + ready.gateway() + " admin " + ready.admin());
        surroundings.out().flush();
    }
}
