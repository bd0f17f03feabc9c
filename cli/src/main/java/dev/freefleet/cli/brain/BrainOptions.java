package dev.freefleet.cli.brain;

import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.config.LogFormat;
import dev.freefleet.cli.config.LogLevel;
import dev.freefleet.cli.logging.Logging;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** What the Brain's commands have in common. The index is the one of the fleet's data directory: {@code DIR/brain}. */
final class BrainOptions {
    @Mixin
    private final DataOption data = new DataOption();

    ReferenceBrain open(Surroundings surroundings) {
        return open(surroundings, null);
    }

    /** {@code gatewaySecret}: what calls must bring, or null. */
    ReferenceBrain open(Surroundings surroundings, @Nullable String gatewaySecret) {
        Logging.configure(new FleetConfig.Log(LogLevel.INFO, LogFormat.TEXT));
        return ReferenceBrain.of(data.directory(surroundings), surroundings.clock(), gatewaySecret);
    }
}
