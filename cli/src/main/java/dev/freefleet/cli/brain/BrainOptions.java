package dev.freefleet.cli.brain;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.config.LogFormat;
import dev.freefleet.cli.config.LogLevel;
import dev.freefleet.cli.logging.Logging;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the Brain's commands have in common. The index is the one of the fleet's data directory: {@code DIR/brain}. */
final class BrainOptions {
    @Mixin
    private final DataOption data = new DataOption();

    @Option(
            names = "--docs",
            paramLabel = "DIR",
            description = "A folder or file to read; repeatable (default: the project's docs and README).")
    private final List<String> docs = new ArrayList<>();

    ReferenceBrain open(Surroundings surroundings) {
        Logging.configure(new FleetConfig.Log(LogLevel.INFO, LogFormat.TEXT));
        return new ReferenceBrain(data.directory(surroundings).resolve("brain"), surroundings.clock());
    }

    List<Path> docs(Surroundings surroundings) {
        if (docs.isEmpty()) {
            return Stream.of("docs", "README.md")
                    .map(surroundings.home()::resolve)
                    .filter(Files::isReadable)
                    .toList();
        }
        List<Path> paths = docs.stream().map(surroundings.workingDirectory()::resolve).toList();
        for (Path path : paths) {
            if (!Files.isReadable(path)) {
                throw new CommandException("--docs: " + path + " does not exist or cannot be read.");
            }
        }
        return paths;
    }
}
