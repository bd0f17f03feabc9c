package dev.freefleet.cli.usage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows as one of the formats. */
final class Output {
    private Output() {}

    static void print(Surroundings surroundings, Format format, JsonNode rows, List<String> columns) {
        switch (format) {
            case JSON -> surroundings.out().println(rows.toPrettyString());
            case CSV -> {
                try (Csv csv = new Csv(surroundings.out(), columns)) {
                    rows.forEach(csv::row);
                }
            }
            case TABLE -> {
                Table table = new Table(columns.stream()
                        .map(column -> column.toUpperCase(Locale.ROOT).replace('_', ' '))
                        .toArray(String[]::new));
                for (JsonNode row : rows) {
                    List<String> cells = new ArrayList<>();
                    columns.forEach(column -> cells.add(cell(row.path(column))));
                    table.row(cells.toArray(String[]::new));
                }
                table.print(surroundings.out());
            }
        }
    }

    private static String cell(JsonNode value) {
        String text = value.isNull() ? "" : value.asText();
        return text.length() > 60 ? text.substring(0, 57) + "..." : text;
    }
}
