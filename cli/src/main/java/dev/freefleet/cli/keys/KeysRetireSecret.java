package dev.freefleet.cli.keys;

import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "retire-secret",
        description = "Forget an old secret for ever: every key that it signed is refused from now on.",
        mixinStandardHelpOptions = true)
final class KeysRetireSecret implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "VERSION", description = "The secret's version.")
    private int version;

    @Option(names = "--force", description = "Do it although live keys are signed with it.")
    private boolean force;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysRetireSecret(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        SecretsTable.print(
                surroundings,
                AdminClient.of(data.directory(surroundings))
                        .post(
                                "/api/v1/secrets/" + version + "/retire",
                                AdminClient.object().put("force", force)),
                json);
    }
}
