package dev.freefleet.cli.backup;

import dev.freefleet.backup.Environment;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.BackupConfig;
import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.config.LogFormat;
import dev.freefleet.cli.config.LogLevel;
import dev.freefleet.cli.logging.Logging;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that all backup commands have, and what they make of them. */
final class Setup {
    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private @Nullable FleetConfig loaded;

    boolean json() {
        return json;
    }

    FleetConfig config(Surroundings surroundings) {
        if (loaded == null) {
            loaded = new ConfigLoader(surroundings.home(), surroundings.workingDirectory(), surroundings.environment())
                    .load(data.flags())
                    .config();
            Logging.configure(new FleetConfig.Log(LogLevel.WARN, LogFormat.TEXT));
        }
        return loaded;
    }

    BackupConfig backup(Surroundings surroundings) {
        return config(surroundings).backup();
    }

    Stores stores(Surroundings surroundings) {
        return new Stores(backup(surroundings), environment(surroundings), caches(surroundings), surroundings.err());
    }

    /** Where copies of a bucket's small objects are kept; they may be deleted at any time. */
    private static Path caches(Surroundings surroundings) {
        String named = surroundings.environment().getOrDefault("XDG_CACHE_HOME", "");
        Path base = named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return base.resolve("solo-free-fleet").resolve("backup");
    }

    static Environment environment(Surroundings surroundings) {
        Environment system = Environment.system();
        return new Environment(surroundings.clock(), system.nanoTime(), system.random(), system.host());
    }

    History history(Surroundings surroundings) {
        FleetConfig config = config(surroundings);
        Ledger ledger = new Ledger(config.data());
        return new History(ledger, () -> HistorySync.run(ledger, config, surroundings.err()), surroundings.err());
    }

    /** The configuration's file; null where there is none. */
    @Nullable
    Path configFile(Surroundings surroundings) {
        return new ConfigLoader(surroundings.home(), surroundings.workingDirectory(), surroundings.environment())
                .file(data.flags());
    }

    Bars bars(Surroundings surroundings, String task) {
        return new Bars(surroundings.err(), surroundings.terminal() && !json, task);
    }
}
