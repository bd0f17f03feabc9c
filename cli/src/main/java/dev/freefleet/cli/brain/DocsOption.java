package dev.freefleet.cli.brain;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What the Brain is to read. */
final class DocsOption {
    @Option(
            names = "--docs",
            paramLabel = "DIR",
            description = "A folder or file to read; repeatable (default: the project's docs and README).")
    private final List<String> docs = new ArrayList<>();

    List<Path> roots(Surroundings surroundings) {
        if (docs.isEmpty()) {
            return Stream.of("docs", "README.md")
                    .map(surroundings.home()::resolve)
                    .filter(Files::isReadable)
                    .toList();
        }
        List<Path> paths =
                docs.stream().map(surroundings.workingDirectory()::resolve).toList();
        for (Path path : paths) {
            if (!Files.isReadable(path)) {
                throw new CommandException("--docs: " + path + " does not exist or cannot be read.");
            }
        }
        return paths;
    }
}
