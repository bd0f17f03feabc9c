package dev.freefleet.cli.keys;

import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "rotate-secret",
        description = "Make a new secret and sign new keys with it; keys that are out stay valid.",
        mixinStandardHelpOptions = true)
final class KeysRotateSecret implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysRotateSecret(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        SecretsTable.print(
                surroundings,
                AdminClient.of(data.directory(surroundings)).post("/api/v1/secrets/rotate", AdminClient.object()),
                json);
    }
}
