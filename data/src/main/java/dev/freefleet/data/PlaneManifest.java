package dev.freefleet.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an export of the data plane says of itself: the first member of its tar, {@code manifest}. Lines of words between tabs, in
 * UTF-8:
 *
 * <pre>
 * fleet-data-plane 1
 * schema N                                      the last migration that was applied
 * table NAME COLUMN...
 * partition NAME PARENT BOUND COLUMN...
 * sequence TABLE COLUMN VALUE CALLED            where an identity column goes on
 * </pre>
 *
 * Tables stand in an order in which they can be filled: what others refer to comes first.
 *
 * @param schema the schema's version
 */
record PlaneManifest(int schema, List<PlaneTable> tables, List<Sequence> sequences) {
    private static final String HEAD = "fleet-data-plane\t1";
    private static final int MOST_LINES = 20_000;

    /** Where an identity column goes on. */
    record Sequence(String table, String column, long value, boolean called) {
        Sequence {
            if (!PlaneTable.NAME.matcher(table).matches()
                    || !PlaneTable.NAME.matcher(column).matches()) {
                throw new IllegalArgumentException("no sequence that a fleet has: " + table);
            }
        }
    }

    PlaneManifest {
        tables = List.copyOf(tables);
        sequences = List.copyOf(sequences);
    }

    String text() {
        StringBuilder text =
                new StringBuilder(HEAD).append("\nschema\t").append(schema).append('\n');
        for (PlaneTable t : tables) {
            String kind = t.parent() == null ? "table\t" + t.name() : "partition\t" + t.name() + "\t" + t.parent();
            text.append(kind);
            if (t.bound() != null) {
                text.append('\t').append(t.bound());
            }
            t.columns().forEach(c -> text.append('\t').append(c));
            text.append('\n');
        }
        for (Sequence s : sequences) {
            text.append("sequence\t" + s.table + "\t" + s.column + "\t" + s.value + "\t" + s.called + "\n");
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException if it is none that this version knows */
    static PlaneManifest parse(String text) {
        List<String> lines = text.lines().limit(MOST_LINES + 1L).toList();
        if (lines.size() < 2 || lines.size() > MOST_LINES || !lines.getFirst().equals(HEAD)) {
            throw new IllegalArgumentException("it does not begin with " + HEAD.replace('\t', ' '));
        }
        int schema = 0;
        List<PlaneTable> tables = new ArrayList<>();
        List<Sequence> sequences = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "schema" -> schema = (int) number(word(words, 1));
                case "table" -> tables.add(new PlaneTable(word(words, 1), rest(words, 2), null, null));
                case "partition" ->
                    tables.add(new PlaneTable(word(words, 1), rest(words, 4), word(words, 2), word(words, 3)));
                case "sequence" ->
                    sequences.add(new Sequence(
                            word(words, 1),
                            word(words, 2),
                            number(word(words, 3)),
                            Boolean.parseBoolean(word(words, 4))));
                default -> throw new IllegalArgumentException("it has a line of a kind that is unknown");
            }
        }
        return new PlaneManifest(schema, tables, sequences);
    }

    private static String word(String[] words, int at) {
        if (at >= words.length) {
            throw new IllegalArgumentException("a line of it is too short");
        }
        return words[at];
    }

    private static List<String> rest(String[] words, int from) {
        return from >= words.length ? List.of() : Arrays.asList(words).subList(from, words.length);
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number of it is none", e);
        }
    }
}
