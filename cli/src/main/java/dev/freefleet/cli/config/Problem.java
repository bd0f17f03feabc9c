package dev.freefleet.cli.config;

import java.util.Objects;

/**
 * One thing that is wrong with the configuration.
 *
 * @param source where it was written
 * @param path the setting's full name, or "" where the whole source is meant
 * @param message what is wrong and what to write instead
 */
public record Problem(Source source, String path, String message) {
    public Problem {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(message, "message");
    }

    /** {@code fleet.yaml:12: limits.address: "60/mn" is not a rate; write e.g. 60/min}. */
    @Override
    public String toString() {
        return source + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
