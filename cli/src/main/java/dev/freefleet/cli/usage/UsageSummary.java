package dev.freefleet.cli.usage;

import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "summary",
        description = "Show figures of a span of days; percentiles are right over any span.",
        mixinStandardHelpOptions = true)
final class UsageSummary implements Runnable {
    private static final List<String> COLUMNS = List.of(
            "name",
            "requests",
            "origin_requests",
            "bytes_in",
            "bytes_out",
            "p50_us",
            "p90_us",
            "p99_us",
            "latency_max_us");

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Mixin
    private final SpanOptions span = new SpanOptions();

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "day",
            description = "What each line stands for: day, route, cache, status, node or total (default: day).")
    private String by = "day";

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "table",
            description = "table, json or csv (default: table).")
    private Format format = Format.TABLE;

    UsageSummary(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Output.print(
                surroundings,
                format,
                AdminClient.of(data.directory(surroundings))
                        .get("/api/v1/usage" + span.query(surroundings) + "&by=" + SpanOptions.encoded(by))
                        .path("lines"),
                COLUMNS);
    }
}
