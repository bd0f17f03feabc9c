package dev.freefleet.cli.keys;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.config.Durations;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How ends and spans are written on the command line. */
final class Ends {
    private Ends() {}

    /** The time that is meant: {@code 30d} from now, or a time as in RFC 3339. @throws CommandException if it is none */
    static String time(String option, String written, Clock clock) {
        try {
            if (written.contains("T")) {
                return Instant.parse(written).toString();
            }
            return clock.instant()
                    .plus(Durations.parse(written))
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
        } catch (DateTimeException | IllegalArgumentException e) {
            throw CommandException.wrongUsage(option + ": \"" + written
                    + "\" is neither a time nor a span; write e.g. 2027-01-31T00:00:00Z, or 30d.");
        }
    }

    /** The span that is meant. @throws CommandException if it is none */
    static Duration span(String option, String written) {
        try {
            return Durations.parse(written);
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUsage(option + ": \"" + written + "\" " + e.getMessage() + ".");
        }
    }
}
