package dev.freefleet.cli.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import dev.freefleet.cli.client.UserNumber;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "forget",
        description = "Remove or anonymise all that is kept of a person, and say what that was. It cannot be undone.",
        mixinStandardHelpOptions = true)
final class UsersForget implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @ArgGroup(multiplicity = "1")
    private final Whom whom = new Whom();

    @Option(names = "--dry-run", description = "Only say what would become of what.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** One of both. */
    private static final class Whom {
        @Parameters(paramLabel = "NAME", description = "The user's name.")
        private @Nullable String name;

        @Option(
                names = "--id",
                paramLabel = "N",
                converter = UserNumber.class,
                description = "The number of a user who was deleted, as audit list and usage tell it.")
        private @Nullable Long id;
    }

    UsersForget(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        ObjectNode order = AdminClient.object().put("dry_run", dryRun);
        order = whom.id == null ? order.put("name", whom.name) : order.put("user_id", whom.id);
        JsonNode answer = AdminClient.of(data.directory(surroundings)).post("/api/v1/users/forget", order);
        if (json) {
            surroundings.out().println(answer.toPrettyString());
        } else {
            show(answer);
        }
    }

    private void show(JsonNode answer) {
        Table table = new Table("PLACE", dryRun ? "WOULD BE" : "WAS", "COUNT", "WHAT");
        answer.path("places")
                .forEach(place -> table.row(
                        place.path("name").asText(),
                        place.path("what").asText(),
                        place.path("count").asText(),
                        place.path("detail").asText()));
        table.print(surroundings.out());
        surroundings.out().println("Backups and files that were exported are not reached; see docs/privacy.md.");
    }
}
