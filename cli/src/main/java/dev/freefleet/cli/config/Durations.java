package dev.freefleet.cli.config;

import java.time.Duration;

/** How time spans are written, in settings and on the command line: {@code 500ms 30s 5m 1h 30d}. */
public final class Durations {
    private Durations() {}

    /**
     * The time span that is written so.
     *
     * @throws IllegalArgumentException if it is none; the message goes on after the quoted text
     */
    public static Duration parse(String written) {
        try {
            return ValueTypes.parseDuration(written);
        } catch (BadValue e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** As it is written. */
    public static String show(Duration duration) {
        return ValueTypes.showDuration(duration);
    }
}
