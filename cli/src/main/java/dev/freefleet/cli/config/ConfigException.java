package dev.freefleet.cli.config;

import java.util.Comparator;
import java.util.List;

/** The configuration cannot be used; it holds every problem that was found, in the order of their places. */
public final class ConfigException extends RuntimeException {
    private final List<Problem> problems;

    ConfigException(List<Problem> found) {
        List<Problem> problems = found.stream()
                .sorted(Comparator.comparingInt(ConfigException::line))
                .toList();
        super(String.join("\n", problems.stream().map(Problem::toString).toList()));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a ConfigException needs a problem");
        }
        this.problems = List.copyOf(problems);
    }

    /** The file's lines in their order, and then the rest in the order in which it was found. */
    private static int line(Problem problem) {
        return problem.source() instanceof Source.File file ? file.line() : Integer.MAX_VALUE;
    }

    /** What is wrong; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
