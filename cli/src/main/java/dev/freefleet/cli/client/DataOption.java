package dev.freefleet.cli.client;

import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.Flags;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which fleet a command is for. */
public final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data directory of the fleet (default: FLEET_DATA, else the configuration's).")
    private @Nullable String data;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration file (default: fleet.yaml).")
    private @Nullable String config;

    /** The data directory. The configuration is only read where neither the option nor FLEET_DATA names one. */
    public Path directory(Surroundings surroundings) {
        String named = data != null ? data : surroundings.environment().getOrDefault("FLEET_DATA", "");
        if (!named.isEmpty()) {
            return surroundings.workingDirectory().resolve(named).normalize();
        }
        return new ConfigLoader(surroundings.home(), surroundings.workingDirectory(), surroundings.environment())
                .load(Flags.of(config, null))
                .config()
                .data();
    }

    /** What was given, for the configuration. */
    public Flags flags() {
        return Flags.of(config, data);
    }
}
