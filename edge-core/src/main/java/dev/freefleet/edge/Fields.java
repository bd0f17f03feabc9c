package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An ordered, immutable list of HTTP field lines (RFC 9110 section 5): names in lower case, values as they were sent.
 * A name may stand in several lines. Look-ups scan: a message has a few dozen lines at the most.
 */
public final class Fields {
    private static final Fields EMPTY = new Fields(new String[0]);

    /** name, value, name, value ... */
    private final String[] lines;
    /** Computed at the first need; whoever races computes the same. */
    private @Nullable AnswerFacts facts;

    private @Nullable RequestFacts asked;

    private Fields(String[] lines) {
        this.lines = lines;
    }

    /** No lines. */
    public static Fields empty() {
        return EMPTY;
    }

    /** Lines from names and values in turn; the names must be in lower case. */
    public static Fields of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("names and values must come in pairs");
        }
        return new Fields(namesAndValues.clone());
    }

    /** A builder without lines. */
    public static Builder builder() {
        return new Builder(new String[16], 0);
    }

    /** How many lines there are. */
    public int size() {
        return lines.length / 2;
    }

    /** The name of line {@code i}, in lower case. */
    public String name(int i) {
        return lines[2 * i];
    }

    /** The value of line {@code i}. */
    public String value(int i) {
        return lines[2 * i + 1];
    }

    /** Whether a line has this lower-case name. */
    public boolean has(String name) {
        return first(name) != null;
    }

    /** The value of the first line of this lower-case name, or null. */
    public @Nullable String first(String name) {
        for (int i = 0; i < lines.length; i += 2) {
            if (lines[i].equals(name)) {
                return lines[i + 1];
            }
        }
        return null;
    }

    /** How many lines have this lower-case name. */
    int count(String name) {
        int count = 0;
        for (int i = 0; i < lines.length; i += 2) {
            if (lines[i].equals(name)) {
                count++;
            }
        }
        return count;
    }

    /** The values of all lines of this lower-case name, in order. */
    public List<String> all(String name) {
        List<String> values = null;
        for (int i = 0; i < lines.length; i += 2) {
            if (lines[i].equals(name)) {
                if (values == null) {
                    values = new ArrayList<>(2);
                }
                values.add(lines[i + 1]);
            }
        }
        return values == null ? List.of() : Collections.unmodifiableList(values);
    }

    /** What these lines say to a cache, where they are an answer's. */
    AnswerFacts facts() {
        AnswerFacts known = facts;
        if (known == null) {
            known = AnswerFacts.of(this);
            facts = known;
        }
        return known;
    }

    /** What these lines say, where they are a request's. */
    RequestFacts asked() {
        RequestFacts known = asked;
        if (known == null) {
            known = new RequestFacts(this);
            asked = known;
        }
        return known;
    }

    /** The lines of this name joined by ", " (RFC 9110 section 5.3), or null where there is none. */
    public @Nullable String combined(String name) {
        List<String> values = all(name);
        return switch (values.size()) {
            case 0 -> null;
            case 1 -> values.getFirst();
            default -> String.join(", ", values);
        };
    }

    /** Calls {@code line} with the name and the value of each line, in order. */
    public void forEach(BiConsumer<String, String> line) {
        for (int i = 0; i < lines.length; i += 2) {
            line.accept(lines[i], lines[i + 1]);
        }
    }

    /** A builder that begins with these lines. */
    public Builder toBuilder() {
        return new Builder(Arrays.copyOf(lines, lines.length + 16), lines.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fields that && Arrays.equals(lines, that.lines);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lines);
    }

    /** The names alone: a value may be a secret. */
    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("Fields[");
        for (int i = 0; i < lines.length; i += 2) {
            names.append(i == 0 ? "" : ", ").append(lines[i]);
        }
        return names.append(']').toString();
    }

    /** Collects lines; not thread-safe. */
    public static final class Builder {
        private String[] lines;
        private int used;

        private Builder(String[] lines, int used) {
            this.lines = lines;
            this.used = used;
        }

        /** Adds a line; the name must be in lower case. */
        public Builder add(String name, String value) {
            if (used == lines.length) {
                lines = Arrays.copyOf(lines, lines.length * 2);
            }
            lines[used++] = Objects.requireNonNull(name, "name");
            lines[used++] = Objects.requireNonNull(value, "value");
            return this;
        }

        /** Adds all lines of another list. */
        public Builder addAll(Fields fields) {
            fields.forEach(this::add);
            return this;
        }

        /** Removes every line of this name. */
        public Builder remove(String name) {
            int kept = 0;
            for (int i = 0; i < used; i += 2) {
                if (!lines[i].equals(name)) {
                    lines[kept] = lines[i];
                    lines[kept + 1] = lines[i + 1];
                    kept += 2;
                }
            }
            used = kept;
            return this;
        }

        /** Removes every line of this name and adds one. */
        public Builder set(String name, String value) {
            return remove(name).add(name, value);
        }

        /** The lines collected so far. */
        public Fields build() {
            return used == 0 ? EMPTY : new Fields(Arrays.copyOf(lines, used));
        }
    }
}
