package dev.freefleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.client.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The lines of {@code docs/cli.md} are commands that there are, with options that they have. */
class CommandDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "cli.md");

    private static List<String> examples() throws IOException {
        return Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("./fleet ") && !line.contains("["))
                .map(line -> line.substring("./fleet ".length()))
                .toList();
    }

    private static CommandLine commands(Path folder) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return Commands.all(new Surroundings(folder, folder, Map.of(), nowhere, nowhere, false, Clock.systemUTC()));
    }

    @Test
    void everyExampleIsUnderstood(@TempDir Path folder) throws IOException {
        assertThat(examples()).hasSizeGreaterThan(10).allSatisfy(example -> {
            String[] arguments = example.replace("ID", "4711").split(" ", -1);
            assertThat(commands(folder).parseArgs(arguments).subcommand())
                    .as(example)
                    .isNotNull();
        });
    }

    @Test
    void everyCommandStandsInTheTable(@TempDir Path folder) throws IOException {
        String document = Files.readString(DOCUMENT);
        commands(folder).getSubcommands().forEach((name, command) -> {
            assertThat(document).contains("| `" + name);
            command.getSubcommands()
                    .keySet()
                    .forEach(below -> assertThat(document).containsPattern("`(" + name + " )?" + below + "`"));
        });
    }
}
