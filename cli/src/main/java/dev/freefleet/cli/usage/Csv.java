package dev.freefleet.cli.usage;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/**
 * Rows as CSV (RFC 4180) that a spreadsheet may open: what people asked could be a formula there, so a text that begins like one
 * is given an apostrophe before it (OWASP, "CSV Injection"). Numbers stay as they are.
 */
final class Csv implements AutoCloseable {
    private final CsvWriter writer;
    private final List<String> columns;

    /** @param out is not closed with this */
    Csv(Writer out, List<String> columns) {
        writer = CsvWriter.builder().build(out);
        this.columns = List.copyOf(columns);
        writer.writeRecord(columns);
    }

    void row(JsonNode row) {
        writer.writeRecord(
                columns.stream().map(column -> cell(row.path(column))).toList());
    }

    private static String cell(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        return value.isTextual() ? harmless(value.asText()) : value.asText();
    }

    /** Also where spaces or what a spreadsheet skips stand before it. */
    static String harmless(String text) {
        int first = text.codePoints()
                .filter(c -> !Character.isWhitespace(c) && !Character.isISOControl(c) && !Character.isSpaceChar(c))
                .findFirst()
                .orElse(' ');
        boolean formula = "=+-@\uFF1D\uFF0B\uFF0D\uFF20".indexOf(first) >= 0;
        boolean control = !text.isEmpty() && "\t\r\n".indexOf(text.charAt(0)) >= 0;
        return formula || control ? "'" + text : text;
    }

    @Override
    public void close() {
        try {
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
