package dev.freefleet.cli.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CsvTest {
    private static List<CsvRecord> written(String text, long number) {
        StringWriter out = new StringWriter();
        ObjectNode row = JsonNodeFactory.instance.objectNode().put("text", text).put("number", number);
        row.putNull("nothing");
        try (Csv csv = new Csv(out, List.of("text", "number", "nothing"))) {
            csv.row(row);
        }
        try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(out.toString())) {
            return reader.stream().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Example
    void spreadsheetFormulasBecomeText() {
        for (String formula : List.of(
                "=1+1",
                "+1",
                "-1",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "  =cmd|'/C calc'!A0",
                "\u00a0=1",
                "\uFF1D1",
                "=\"a\"\n=b")) {
            assertThat(written(formula, -5).get(1).getFields()).containsExactly("'" + formula, "-5", "");
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("=+-@\t\r\n\",;' ")
                .ascii()
                .withCharRange('\u00a0', '\u2fff')
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    @Property(tries = 500)
    void everyTextIsReadBackAndNoneBeginsLikeAFormula(@ForAll("texts") String text) {
        List<CsvRecord> records = written(text, 7);

        assertThat(records).hasSize(2);
        String cell = records.get(1).getField(0);
        assertThat(cell).isIn(text, "'" + text);
        assertThat("=+-@\t\r\n").doesNotContain(cell.substring(0, 1));
        assertThat(records.get(1).getField(1)).isEqualTo("7");
    }
}
