package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "List users.", mixinStandardHelpOptions = true)
final class UsersList implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    UsersList(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode users = AdminClient.of(data.directory(surroundings))
                .get("/api/v1/users")
                .path("users");
        if (json) {
            surroundings.out().println(users.toPrettyString());
        } else {
            UserTable.print(surroundings, users);
        }
    }
}
