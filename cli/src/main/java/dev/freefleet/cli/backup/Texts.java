package dev.freefleet.cli.backup;

import dev.freefleet.backup.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** How sizes, times and problems are written for people. */
final class Texts {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int SHORT_ID = 8;
    private static final int SHOWN_PROBLEMS = 20;

    private Texts() {}

    /** {@code 1.4 GiB}. */
    static String size(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " B";
        }
        double value = bytes;
        String unit = "B";
        for (String next : List.of("KiB", "MiB", "GiB", "TiB")) {
            if (value < 1 << 10) {
                break;
            }
            value /= 1 << 10;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }

    /** In UTC. */
    static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** {@code 4.2 s} or {@code 12 min}. */
    static String took(Duration d) {
        return d.toMinutes() >= 2
                ? d.toMinutes() + " min"
                : String.format(Locale.ROOT, "%.1f s", d.toMillis() / 1_000.0);
    }

    static String shortId(String id) {
        return id.substring(0, Math.min(SHORT_ID, id.length()));
    }

    /** The first problems, a line each, and how many more there are. */
    static List<String> lines(List<Problem> problems) {
        List<String> shown = new java.util.ArrayList<>(problems.stream()
                .limit(SHOWN_PROBLEMS)
                .map(p -> "  " + clean(p.where()) + ": " + clean(p.what()))
                .toList());
        if (problems.size() > SHOWN_PROBLEMS) {
            shown.add("  and " + (problems.size() - SHOWN_PROBLEMS) + " more; --json tells all");
        }
        return shown;
    }

    /** What is said of snapshots that could not be sent because they are damaged where they come from; empty if there is none. */
    static String unreadable(StoreName from, List<Problem> problems) {
        return problems.isEmpty()
                ? ""
                : problems.size() + " snapshots or files were not sent, since they are damaged in " + from.label()
                        + ", such as " + clean(problems.getFirst().where()) + " ("
                        + clean(problems.getFirst().what()) + "). All else was. backup verify --store " + from.label()
                        + " tells what is lost; when that is mended, backup copy --all sends the rest.";
    }

    /** A file's name must not move the terminal's cursor. */
    static String clean(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)
                        ? '?'
                        : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
