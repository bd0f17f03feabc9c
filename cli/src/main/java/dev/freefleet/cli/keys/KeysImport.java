package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = {
            "Take keys that were made elsewhere, all of them or none; only their digests are kept.",
            "FILE is CSV with headings, or a JSON object on each line: key or sha256, user, name, and where wanted plan,"
                    + " scopes, rate, quotas, addresses (lists: separated by ; in CSV), max_concurrent, expires_at."
        },
        mixinStandardHelpOptions = true)
final class KeysImport implements Runnable {
    private static final int MOST_SHOWN = 50;

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "FILE", description = "The file of keys, in UTF-8.")
    private String file = "";

    @Option(names = "--dry-run", description = "Only say what would become of it.")
    private boolean dryRun;

    @Option(names = "--make-users", description = "Make the users that are not there.")
    private boolean makeUsers;

    @Option(
            names = "--names-like-keys",
            description = "Take names of users and keys that look like keys, such as UUIDs; they are stored and shown.")
    private boolean namesLikeKeys;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysImport(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        ImportFile read =
                ImportFile.read(surroundings.workingDirectory().resolve(file).normalize(), namesLikeKeys);
        refuse(read.wrong());
        ObjectNode order = AdminClient.object().put("dry_run", dryRun).put("make_users", makeUsers);
        if (namesLikeKeys) {
            order.put("names_like_keys", true);
        }
        ArrayNode keys = order.putArray("keys");
        read.rows().forEach(row -> keys.add(row.key()));
        JsonNode answer = AdminClient.of(data.directory(surroundings))
                .post("/api/v1/keys/import", order, problem -> refuse(wrong(read, problem)));
        if (json) {
            surroundings.out().println(answer.toPrettyString());
            return;
        }
        String made = dryRun ? " would be imported" : " imported";
        surroundings.out().println(answer.path("keys").asInt() + " keys" + made + ".");
        List<String> users = new ArrayList<>();
        answer.path("new_users").forEach(user -> users.add(user.asText()));
        if (!users.isEmpty()) {
            surroundings
                    .out()
                    .println((dryRun ? "Users that would be made: " : "Users made: ") + String.join(", ", users));
        }
    }

    private static List<ImportFile.Wrong> wrong(ImportFile read, JsonNode problem) {
        List<ImportFile.Wrong> wrong = new ArrayList<>();
        problem.path("problems")
                .forEach(one -> wrong.add(new ImportFile.Wrong(
                        read.rows().get(one.path("index").asInt()).line(),
                        one.path("detail").asText())));
        return wrong;
    }

    /** Tells what is wrong with each line, if anything is. */
    private void refuse(List<ImportFile.Wrong> wrong) {
        if (wrong.isEmpty()) {
            return;
        }
        wrong.stream()
                .sorted(Comparator.comparingLong(ImportFile.Wrong::line))
                .limit(MOST_SHOWN)
                .forEach(one -> surroundings.err().println(file + ":" + one.line() + ": " + one.detail()));
        if (wrong.size() > MOST_SHOWN) {
            surroundings.err().println("... and " + (wrong.size() - MOST_SHOWN) + " lines more");
        }
        throw CommandException.wrongUsage("Nothing was imported: " + wrong.size() + " of the lines of " + file
                + " cannot be taken; mend them and import the file again.");
    }
}
