package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table as an export names it. Names come from the catalogue, or from an export that may be damaged: they are checked, so that
 * they can stand in SQL.
 *
 * @param name its name
 * @param columns the columns that are not generated, in order
 * @param parent the partitioned table that it is a partition of; null for any other
 * @param bound {@code FOR VALUES FROM ('...') TO ('...')} of a partition, or {@code DEFAULT}; null for any other
 */
record PlaneTable(
        String name,
        List<String> columns,
        @Nullable String parent,
        @Nullable String bound) {
    static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private static final String INSTANT = "'[0-9]{4,6}-[0-9]{2}-[0-9]{2} [0-9:.]{8,15}\\+00'";
    private static final Pattern BOUND =
            Pattern.compile("DEFAULT|FOR VALUES FROM \\(" + INSTANT + "\\) TO \\(" + INSTANT + "\\)");

    PlaneTable {
        columns = List.copyOf(columns);
        requireNonNull(name, "name");
        boolean whole = (parent == null) == (bound == null);
        if (!whole
                || columns.isEmpty()
                || !NAME.matcher(name).matches()
                || !columns.stream().allMatch(c -> NAME.matcher(c).matches())
                || (parent != null && !NAME.matcher(parent).matches())
                || (bound != null && !BOUND.matcher(bound).matches())) {
            throw new IllegalArgumentException("no table that a fleet has: " + name);
        }
    }

    /** {@code "name" ("column", ...)}, as COPY has it. */
    String target() {
        return quoted(name) + columns.stream().map(PlaneTable::quoted).collect(Collectors.joining(", ", " (", ")"));
    }

    static String quoted(String name) {
        return '"' + name + '"';
    }
}
