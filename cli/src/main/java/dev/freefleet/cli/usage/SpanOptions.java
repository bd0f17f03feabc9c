package dev.freefleet.cli.usage;

import dev.freefleet.cli.client.Surroundings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which days are meant. */
final class SpanOptions {
    /** How far back it goes where nothing is said. */
    private static final int DAYS = 7;

    @Option(
            names = "--from",
            paramLabel = "DAY",
            description =
                    "The first day of UTC, as 2026-11-23, or for single requests a moment, as 2026-11-23T12:00:00Z"
                            + " (default: a week ago).")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "DAY",
            description = "The last day, wholly within, or the first moment after (default: today).")
    private @Nullable String to;

    /** As the query of a call. */
    String query(Surroundings surroundings) {
        LocalDate today = LocalDate.ofInstant(surroundings.clock().instant(), ZoneOffset.UTC);
        return "?from=" + encoded(from == null ? today.minusDays(DAYS).toString() : from) + "&to="
                + encoded(to == null ? today.toString() : to);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
