package dev.freefleet.cli.client;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param home the project's folder
 * @param workingDirectory what relative paths start from
 * @param environment the environment variables
 * @param out for results
 * @param err for messages and progress
 * @param terminal whether a person watches
 * @param clock the time
 */
public record Surroundings(
        Path home,
        Path workingDirectory,
        Map<String, String> environment,
        PrintWriter out,
        PrintWriter err,
        boolean terminal,
        Clock clock) {
    public Surroundings {
        requireNonNull(home, "home");
        requireNonNull(workingDirectory, "workingDirectory");
        environment = Map.copyOf(environment);
        requireNonNull(out, "out");
        requireNonNull(err, "err");
        requireNonNull(clock, "clock");
    }

    /** The same with more environment variables. */
    public Surroundings with(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        return new Surroundings(home, workingDirectory, all, out, err, terminal, clock);
    }
}
