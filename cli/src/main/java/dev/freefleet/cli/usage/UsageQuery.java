package dev.freefleet.cli.usage;

import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "query",
        description = "Show requests one by one, the newest first, from the database and the archive.",
        mixinStandardHelpOptions = true)
final class UsageQuery implements Runnable {
    private static final List<String> COLUMNS = List.of(
            "time",
            "user_id",
            "key_id",
            "route",
            "method",
            "status",
            "cache",
            "latency_us",
            "bytes_out",
            "node",
            "query_text");

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Mixin
    private final SpanOptions span = new SpanOptions();

    @Mixin
    private final FilterOptions filter = new FilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many at the most, 1 to 10000 (default: 100).")
    private int limit;

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "table",
            description = "table, json or csv (default: table).")
    private Format format = Format.TABLE;

    UsageQuery(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Output.print(
                surroundings,
                format,
                AdminClient.of(data.directory(surroundings))
                        .get("/api/v1/usage/events" + span.query(surroundings) + filter.query() + "&limit=" + limit)
                        .path("events"),
                COLUMNS);
    }
}
