package dev.freefleet.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.client.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Files of keys that something damaged: each is read or refused with a sentence, and no sentence holds a key. */
class ImportFileGarbageTest {
    private static final String KEY = "a-key-of-sixteen-and-more";
    private static final List<String> WHOLE = List.of(
            "key,user,name,scopes,expires_at\n" + KEY + ",ada,x,query;wisdom,2030-01-31\n" + KEY + "1,bob,y,,\n",
            "{\"key\":\"" + KEY + "\",\"user\":\"ada\",\"name\":\"x\",\"quotas\":[\"1/day\"],\"max_concurrent\":3}\n"
                    + "{\"key\":\"" + KEY + "2\",\"user\":\"bob\",\"name\":\"y\"}\n");

    @Provide
    Arbitrary<byte[]> damaged() {
        Arbitrary<String> pieces = Arbitraries.oneOf(
                Arbitraries.of(
                        "\"", ",", "\n", "\r", "{", "}", "[", "\\", "\0", "\ufeff", ";", "null", "\"\"", "1e999"),
                Arbitraries.strings().all().ofMaxLength(5));
        return Combinators.combine(
                        Arbitraries.of(WHOLE),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(0, 40),
                        pieces)
                .as((whole, at, gone, piece) -> {
                    int from = Math.min(at, whole.length());
                    int to = Math.min(from + gone, whole.length());
                    return (whole.substring(0, from) + piece + whole.substring(to)).getBytes(StandardCharsets.UTF_8);
                });
    }

    @Property(tries = 300)
    void aDamagedFileIsReadOrRefusedAndNoKeyIsQuoted(@ForAll("damaged") byte[] content) throws IOException {
        Path file = Files.createTempFile("keys", ".txt");
        try {
            Files.write(file, content);
            ImportFile read = ImportFile.read(file, false);
            assertThat(read.rows()).allSatisfy(row -> {
                assertThat(row.key().has("key")).isFalse();
                assertThat(row.key().toString()).doesNotContain(KEY);
            });
            assertThat(read.wrong()).allSatisfy(wrong -> {
                assertThat(wrong.detail()).doesNotContain(KEY).isNotBlank();
                assertThat(wrong.line()).isPositive();
            });
        } catch (CommandException e) {
            assertThat(e).hasMessageNotContaining(KEY);
        } finally {
            Files.delete(file);
        }
    }
}
