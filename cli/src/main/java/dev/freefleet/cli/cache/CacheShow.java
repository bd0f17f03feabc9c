package dev.freefleet.cli.cache;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        description = "List stored answers, those asked for most first; or show what is under one key.",
        mixinStandardHelpOptions = true)
final class CacheShow implements Runnable {
    private static final int MAX_TAGS = 60;

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(arity = "0..1", paramLabel = "KEY", description = "A cache key, as a list shows it.")
    private @Nullable String key;

    @Option(names = "--route", paramLabel = "R", description = "Only answers of this route.")
    private @Nullable String route;

    @Option(names = "--tag", paramLabel = "T", description = "Only answers that a purge of this tag would take.")
    private @Nullable String tag;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many at the most, 1 to 1000 (default: 20).")
    private int limit;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CacheShow(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (key != null && (route != null || tag != null)) {
            throw CommandException.wrongUsage("KEY stands for itself; leave --route and --tag out.");
        }
        JsonNode answers =
                AdminClient.of(data.directory(surroundings)).get(path()).path("answers");
        if (json) {
            surroundings.out().println(answers.toPrettyString());
        } else if (key != null) {
            details(answers);
        } else {
            list(answers);
        }
    }

    private String path() {
        if (key != null) {
            return "/api/v1/cache/answers/" + encoded(key);
        }
        return "/api/v1/cache/answers?limit=" + limit
                + (route == null ? "" : "&route=" + encoded(route))
                + (tag == null ? "" : "&tag=" + encoded(tag));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void list(JsonNode answers) {
        Table table = new Table("KEY", "STATUS", "AGE", "FRESH FOR", "BYTES", "TIER", "TAGS");
        for (JsonNode answer : answers) {
            String tags = tags(answer);
            table.row(
                    answer.path("key").asText(),
                    answer.path("status").asText(),
                    answer.path("age").asText() + "s",
                    freshness(answer),
                    answer.path("bytes").asText(),
                    answer.path("tier").asText(),
                    tags.length() > MAX_TAGS ? tags.substring(0, MAX_TAGS) + "..." : tags);
        }
        table.print(surroundings.out());
    }

    private void details(JsonNode answers) {
        Table table = new Table("FIELD", "VALUE");
        for (JsonNode answer : answers) {
            answer.properties()
                    .forEach(member -> table.row(
                            member.getKey(),
                            member.getValue().isArray()
                                    ? tags(answer)
                                    : member.getValue().asText()));
        }
        table.print(surroundings.out());
    }

    private static String freshness(JsonNode answer) {
        return answer.path("fresh").asBoolean() ? answer.path("ttl").asText() + "s" : "stale";
    }

    private static String tags(JsonNode answer) {
        List<String> tags = new ArrayList<>();
        answer.path("tags").forEach(tag -> tags.add(tag.asText()));
        return String.join(" ", tags);
    }
}
