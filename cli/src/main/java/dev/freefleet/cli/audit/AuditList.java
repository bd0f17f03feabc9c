package dev.freefleet.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.KeyId;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "List the last acts, newest first.", mixinStandardHelpOptions = true)
final class AuditList implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--user", paramLabel = "NAME", description = "Only what was done to this user or a key of theirs.")
    private @Nullable String user;

    @Option(
            names = "--key",
            paramLabel = "ID",
            converter = KeyId.class,
            description = "Only what was done to this key.")
    private @Nullable Long key;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "Only this, such as key.revoke; with a dot at its end all that begin so, such as key.")
    private @Nullable String action;

    @Option(names = "--before", paramLabel = "N", description = "Only entries before the one of this number.")
    private @Nullable Long before;

    @Option(names = "--limit", paramLabel = "N", description = "How many, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    private int limit = 100;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    AuditList(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (limit < 1) {
            throw CommandException.wrongUsage("--limit is 1 to 1000, and not " + limit + ".");
        }
        StringBuilder path = new StringBuilder("/api/v1/audit?limit=").append(limit);
        add(path, "user", user);
        add(path, "key", key);
        add(path, "action", action);
        add(path, "before", before);
        JsonNode entries = AdminClient.of(data.directory(surroundings))
                .get(path.toString())
                .path("entries");
        if (json) {
            surroundings.out().println(entries.toPrettyString());
            return;
        }
        Table table = new Table("N", "TIME", "WHO", "ACT", "USER", "KEY", "DETAILS");
        entries.forEach(entry -> table.row(
                entry.path("id").asText(),
                entry.path("time").asText(),
                entry.path("actor").asText(),
                entry.path("action").asText(),
                user(entry),
                entry.path("key_id").asText(""),
                details(entry.path("details"))));
        table.print(surroundings.out());
    }

    /** A name, or the number of one who has none any more. */
    private static String user(JsonNode entry) {
        String id = entry.path("user_id").asText("");
        return entry.path("user").isTextual() ? entry.path("user").asText() : id.isEmpty() ? "" : "#" + id;
    }

    private static String details(JsonNode details) {
        StringBuilder text = new StringBuilder();
        details.properties()
                .forEach(one -> text.append(text.isEmpty() ? "" : "; ")
                        .append(one.getKey())
                        .append(": ")
                        .append(one.getValue().asText()));
        return text.toString();
    }

    private static void add(StringBuilder path, String name, @Nullable Object value) {
        if (value != null) {
            path.append('&')
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
        }
    }
}
