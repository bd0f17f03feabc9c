package dev.freefleet.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.cli.client.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportFileTest {
    private static final String KEY = "a-key-of-sixteen-and-more";

    @TempDir
    Path folder;

    private ImportFile read(String content) throws IOException {
        return ImportFile.read(Files.writeString(folder.resolve("keys"), content));
    }

    private static List<String> wrong(ImportFile file) {
        return file.wrong().stream()
                .map(wrong -> wrong.line() + " " + wrong.detail())
                .toList();
    }

    @Test
    void aTableAndLinesOfJsonSayTheSame() throws Exception {
        ImportFile table = read("""
                \ufeffkey,user,name,scopes,quotas,max_concurrent,expires_at
                %s,ada,"a ""b""\",query; wisdom,10/day,7,2030-01-31
                """.formatted(KEY));
        ImportFile lines = read("""

                {"key":"%s","user":"ada","name":"a \\"b\\"","scopes":["query","wisdom"],"quotas":["10/day"],\
                "max_concurrent":7,"expires_at":"2030-01-31"}
                """.formatted(KEY));
        assertThat(table.wrong()).isEmpty();
        assertThat(lines.wrong()).isEmpty();
        assertThat(table.rows()).singleElement().satisfies(row -> {
            assertThat(row.line()).isEqualTo(2);
            assertThat(row.key().has("key")).isFalse();
            assertThat(row.key().path("sha256").asText()).hasSize(64);
            assertThat(row.key().path("expires_at").asText()).isEqualTo("2030-01-31T00:00:00Z");
        });
        assertThat(lines.rows()).singleElement().satisfies(row -> {
            assertThat(row.line()).isEqualTo(2);
            assertThat(row.key()).isEqualTo(table.rows().getFirst().key());
        });
    }

    @Test
    void linesAreCountedOverFieldsThatSpanSeveral() throws Exception {
        ImportFile file = read("key,user,name\n" + KEY + ",ada,\"two\nlines\"\nshort,ada,x\n");
        assertThat(file.rows()).extracting(ImportFile.Row::line).containsExactly(2L);
        assertThat(wrong(file)).singleElement().asString().startsWith("4 has a key that is not 16 to 512 visible");
    }

    @Test
    void everyWrongLineIsToldAndNoKeyIsQuoted() throws Exception {
        ImportFile file = read("""
                {"key":"%1$s","user":"ada","name":"fine"}
                {"key":"%1$s","user":"ada"}
                {"key":"%1$s","sha256":"00","user":"ada","name":"x"}
                {"user":"ada","name":"x"}
                {"key":"sff_%1$s","user":"ada","name":"x"}
                {"key":"%1$s with spaces","user":"ada","name":"x"}
                {"key":"%1$s","key":"%1$s","user":"ada","name":"x"}
                {"%1$s":1,"user":"ada","name":"x"}
                ["%1$s"]
                {"key":"%1$s
                """.formatted(KEY));
        assertThat(file.rows()).hasSize(1);
        assertThat(file.wrong())
                .extracting(ImportFile.Wrong::line)
                .containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(wrong(file)).noneMatch(line -> line.contains(KEY));
    }

    @Test
    void aTableIsRead() throws Exception {
        assertThat(wrong(read("key,user,name\n" + KEY + ",ada\n" + KEY + ",ada,x,y\n")))
                .containsExactly(
                        "2 has 2 fields, but there are 3 headings", "3 has 4 fields, but there are 3 headings");
        assertThat(wrong(read("key,user,name\n" + KEY + ",ada,\"open\n"))).hasSize(1);
        assertThat(wrong(read("")))
                .containsExactly("1 nothing is there; write a line of headings and a line for each key");
        assertThat(wrong(read("key,user,name\n")))
                .containsExactly("1 no key is there; write a line for each below the headings");
        for (String headings : List.of("key,colour\n", "key,key,user\n", KEY + ",ada,x\n")) {
            assertThatThrownBy(() -> read(headings))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("The first line must be headings")
                    .hasMessageNotContaining(KEY);
        }
    }

    @Test
    void whatIsNoTextIsRefused() throws Exception {
        Files.write(folder.resolve("keys"), new byte[] {'k', (byte) 0xff});
        assertThatThrownBy(() -> ImportFile.read(folder.resolve("keys"))).hasMessageContaining("is not UTF-8");
        assertThatThrownBy(() -> ImportFile.read(folder.resolve("none"))).hasMessageContaining("does not exist");
    }
}
