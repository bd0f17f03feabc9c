package dev.freefleet.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The medians as a Markdown table: a line for each figure, a column for each peer, each with its ratio to the first. */
final class Table {
    private final Results results;
    private final List<String> peers;

    /** @param peers in columns; the ratios are the others' against the first */
    Table(Results results, List<String> peers) {
        this.results = results;
        this.peers = List.copyOf(peers);
    }

    void print(PrintStream out) {
        out.println("| figure | " + String.join(" | ", peers) + " |");
        out.println("|---|" + "---|".repeat(peers.size()));
        for (Line line : LINES) {
            var row = new StringBuilder("| ").append(line.title()).append(" |");
            OptionalDouble first = results.median(peers.getFirst(), line.scenario(), line.figure());
            for (String peer : peers) {
                OptionalDouble value = results.median(peer, line.scenario(), line.figure());
                row.append(' ').append(cell(line, value, first)).append(" |");
            }
            out.println(row);
        }
    }

    private static String cell(Line line, OptionalDouble value, OptionalDouble first) {
        if (value.isEmpty()) {
            return "-";
        }
        String text = String.format(Locale.ROOT, line.format(), value.getAsDouble() * line.scale());
        if (first.isEmpty() || first.getAsDouble() == 0) {
            return text;
        }
        return text + String.format(Locale.ROOT, " (%.2f)", value.getAsDouble() / first.getAsDouble());
    }

    private record Line(String title, String scenario, String figure, double scale, String format) {}

    private static final List<Line> LINES = List.of(
            new Line("GET hits/s", Scenario.GET_HITS.title(), "rps", 1, "%,.0f"),
            new Line("GET hit, CPU us", Scenario.GET_HITS.title(), "cpuMicros", 1, "%.2f"),
            new Line("GET hits, p99 us", Scenario.GET_HITS.title(), "p99", 1, "%,.0f"),
            new Line("GET hits, core busy %", Scenario.GET_HITS.title(), "coreBusy", 100, "%.0f"),
            new Line("POST hits/s", Scenario.POST_HITS.title(), "rps", 1, "%,.0f"),
            new Line("POST hit, CPU us", Scenario.POST_HITS.title(), "cpuMicros", 1, "%.2f"),
            new Line("misses/s, stored", Scenario.MISSES_STORED.title(), "rps", 1, "%,.0f"),
            new Line("miss stored, CPU us", Scenario.MISSES_STORED.title(), "cpuMicros", 1, "%.2f"),
            new Line("misses stored, p99 us", Scenario.MISSES_STORED.title(), "p99", 1, "%,.0f"),
            new Line("misses/s, not stored", Scenario.MISSES_UNSTORED.title(), "rps", 1, "%,.0f"),
            new Line("miss not stored, CPU us", Scenario.MISSES_UNSTORED.title(), "cpuMicros", 1, "%.2f"),
            new Line("misses not stored, p99 us", Scenario.MISSES_UNSTORED.title(), "p99", 1, "%,.0f"),
            new Line("fixed rate, p50 us", Scenario.FIXED_RATE.title(), "p50", 1, "%,.0f"),
            new Line("fixed rate, p90 us", Scenario.FIXED_RATE.title(), "p90", 1, "%,.0f"),
            new Line("fixed rate, p99 us", Scenario.FIXED_RATE.title(), "p99", 1, "%,.0f"),
            new Line("fixed rate, p99.9 us", Scenario.FIXED_RATE.title(), "p999", 1, "%,.0f"),
            new Line("fixed rate, CPU us", Scenario.FIXED_RATE.title(), "cpuMicros", 1, "%.2f"),
            new Line("50,000 answers, resident MB", Memory.TITLE, "residentBytes", 1e-6, "%.0f"),
            new Line("50,000 answers, files in memory MB", Memory.TITLE, "fileBytes", 1e-6, "%.0f"),
            new Line("scan, near set hit rate %", Scan.TITLE, "nearHits", 100, "%.1f"),
            new Line("scan, far set hit rate %", Scan.TITLE, "farHits", 100, "%.1f"),
            new Line("after the scan, resident MB", Scan.TITLE, "residentBytes", 1e-6, "%.0f"),
            new Line("after the scan, files in memory MB", Scan.TITLE, "fileBytes", 1e-6, "%.0f"));
}
