package dev.freefleet.cli;

import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Version;
import picocli.CommandLine.Command;

/** {@code fleet version}. */
@Command(name = "version", description = "Say which version this is.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    private final Surroundings surroundings;

    VersionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        surroundings.out().println("SOLO Free Fleet " + Version.CURRENT + " on Java " + Runtime.version());
    }
}
