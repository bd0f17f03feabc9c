package dev.freefleet.cli.usage;

import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "top",
        description = "Show what was asked most, of the days that are aggregated.",
        mixinStandardHelpOptions = true)
final class UsageTop implements Runnable {
    private static final List<String> COLUMNS = List.of("requests", "cache_hits", "latency_us", "digest", "text");

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Mixin
    private final SpanOptions span = new SpanOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many at the most, 1 to 1000 (default: 20).")
    private int limit;

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "table",
            description = "table, json or csv (default: table).")
    private Format format = Format.TABLE;

    UsageTop(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Output.print(
                surroundings,
                format,
                AdminClient.of(data.directory(surroundings))
                        .get("/api/v1/usage/queries" + span.query(surroundings) + "&limit=" + limit)
                        .path("queries"),
                COLUMNS);
    }
}
