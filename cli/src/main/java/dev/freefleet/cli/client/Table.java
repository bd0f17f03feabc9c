package dev.freefleet.cli.client;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, each column as wide as its widest cell. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row; it has as many cells as there are headings. */
    public Table row(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row needs " + rows.getFirst().size() + " cells");
        }
        List<String> clean = new ArrayList<>();
        for (String cell : cells) {
            clean.add(cell.isEmpty() ? "-" : visible(cell));
        }
        rows.add(clean);
        return this;
    }

    public void print(PrintWriter out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i))
                        .append(" ".repeat(widths[i] - row.get(i).length()))
                        .append(GAP);
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }

    /** A name must not move the terminal's cursor. */
    private static String visible(String cell) {
        StringBuilder text = new StringBuilder();
        cell.codePoints().forEach(c -> text.appendCodePoint(Character.isISOControl(c) || isDirectional(c) ? '?' : c));
        return text.toString();
    }

    /** Marks that make a terminal write from right to left (Unicode annex 9). */
    private static boolean isDirectional(int c) {
        return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    }
}
