package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "delete",
        description =
                "Delete a user and all keys of theirs, which stay refused. What is recorded of their requests stays,"
                        + " under a number; forget NAME instead of this, or forget --id NUMBER after it, removes that too.",
        mixinStandardHelpOptions = true)
final class UsersDelete extends UserAct {
    @Option(names = "--force", description = "Also while the user has keys that are accepted.")
    private boolean force;

    UsersDelete(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    JsonNode act(AdminClient fleet, ObjectNode named) {
        return fleet.post("/api/v1/users/delete", named.put("force", force));
    }

    @Override
    void show(JsonNode user) {
        String id = user.path("id").asText();
        surroundings.out().println("The user " + name + " (" + id + ") and all keys are deleted.");
        surroundings
                .out()
                .println("What is recorded of their requests stays under the number " + id
                        + "; ./fleet users forget --id " + id + " removes that too.");
    }
}
