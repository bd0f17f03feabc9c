package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Make a user.", mixinStandardHelpOptions = true)
final class UsersCreate implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "NAME", description = "The user's name, 1 to 64 characters.")
    private String name = "";

    @Option(names = "--email", paramLabel = "ADDRESS", description = "Where to reach the user.")
    private @Nullable String email;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    UsersCreate(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode user = AdminClient.of(data.directory(surroundings))
                .post("/api/v1/users", AdminClient.object().put("name", name).put("email", email));
        if (json) {
            surroundings.out().println(user.toPrettyString());
        } else {
            UserTable.print(surroundings, List.of(user));
        }
    }
}
