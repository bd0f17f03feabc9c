package dev.freefleet.cli;

import dev.freefleet.cli.client.Surroundings;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** The one main of the fleet. */
public final class Main {
    private Main() {}

    /** Runs a command and exits with its code: 0 done, 1 failed, 2 wrong usage or configuration. */
    public static void main(String[] arguments) {
        Path here = Path.of("").toAbsolutePath();
        Surroundings surroundings = new Surroundings(
                Path.of(System.getProperty("fleet.home", here.toString())),
                here,
                System.getenv(),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false),
                Clock.systemUTC());
        System.exit(Commands.run(surroundings, arguments));
    }
}
