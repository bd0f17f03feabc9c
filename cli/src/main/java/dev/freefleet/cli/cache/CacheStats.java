package dev.freefleet.cli.cache;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "stats",
        description = "Say what the cache holds, and what it did since the start.",
        mixinStandardHelpOptions = true)
final class CacheStats implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CacheStats(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        JsonNode stats = AdminClient.of(data.directory(surroundings)).get("/api/v1/cache");
        if (json) {
            surroundings.out().println(stats.toPrettyString());
            return;
        }
        Table table = new Table("WHERE", "FIGURE", "VALUE");
        stats.properties()
                .forEach(part -> part.getValue()
                        .properties()
                        .forEach(figure -> table.row(
                                part.getKey(),
                                figure.getKey(),
                                figure.getValue().asText())));
        table.print(surroundings.out());
        surroundings.out().println(rate(stats.path("requests")));
    }

    /** The share of the requests for answers that the Brain did not have to work for. */
    private static String rate(JsonNode requests) {
        long spared = count(requests, "hit") + count(requests, "stale") + count(requests, "coalesced");
        long asked = spared + count(requests, "miss") + count(requests, "revalidated");
        return asked == 0
                ? "No answer was asked for yet."
                : "%d of %d requests (%d %%) were answered without the Brain."
                        .formatted(spared, asked, spared * 100 / asked);
    }

    private static long count(JsonNode requests, String outcome) {
        return requests.path(outcome).asLong();
    }
}
