package dev.freefleet.cli.config;

import java.util.List;

/** The configuration cannot be used; it holds every problem that was found, in the order of their places. */
public final class ConfigException extends RuntimeException {
    private final List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(String.join("\n", problems.stream().map(Problem::toString).toList()));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a ConfigException needs a problem");
        }
        this.problems = List.copyOf(problems);
    }

    /** What is wrong; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
