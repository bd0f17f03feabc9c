package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is done to one user, whom the command names. */
abstract class UserAct implements Runnable {
    final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "NAME", description = "The user's name.")
    String name = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    UserAct(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Does it. @return what is to be shown */
    abstract JsonNode act(AdminClient fleet, ObjectNode named);

    /** Shows it to people; a user as a table, where nothing else is said. */
    void show(JsonNode answer) {
        UserTable.print(surroundings, List.of(answer));
    }

    @Override
    public final void run() {
        JsonNode answer = act(
                AdminClient.of(data.directory(surroundings)),
                AdminClient.object().put("name", name));
        if (json) {
            surroundings.out().println(answer.toPrettyString());
        } else {
            show(answer);
        }
    }
}
