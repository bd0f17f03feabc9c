package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What an installed program says of itself. */
final class Installed {
    private Installed() {}

    /** The first line that a command prints; nothing where there is no such command. */
    static Optional<String> firstLine(String... command) throws IOException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var output = process.getInputStream()) {
                return new String(output.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .findFirst();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
