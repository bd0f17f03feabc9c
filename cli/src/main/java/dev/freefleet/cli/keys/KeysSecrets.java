package dev.freefleet.cli.keys;

import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "secrets",
        description = "List the versions of the secret that keys are signed with.",
        mixinStandardHelpOptions = true)
final class KeysSecrets implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysSecrets(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        SecretsTable.print(
                surroundings, AdminClient.of(data.directory(surroundings)).get("/api/v1/secrets"), json);
    }
}
