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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportFileTest {
    private static final String KEY = "a-key-of-sixteen-and-more";

    @TempDir
    Path folder;

    private ImportFile read(String content) throws IOException {
        return read(content, false);
    }

    private ImportFile read(String content, boolean namesLikeKeys) throws IOException {
        return ImportFile.read(Files.writeString(folder.resolve("keys"), content), namesLikeKeys);
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

    /** A key that stands where a name is meant would be stored as a name, and shown. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "5f4dcc3b5aa765d61d8327deb882cf99",
                "550e8400-e29b-41d4-a716-446655440000",
                "test_live_4eC39HqLyjWDarjtT1zdp7dc",
                "sff_short",
                "legacy-key-0123456789-abcdef",
                "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                "qzxwvutsrqpbnmkl",
                "4111111111111111"
            })
    void whatLooksLikeAKeyIsNoName(String secret) throws Exception {
        for (String swapped : List.of(
                "user,key,name\n" + secret + ",ada-lovelace-of-london,laptop\n",
                "name,key,user\n" + secret + ",ada-lovelace-of-london,ada\n",
                "plan,key,user,name\n" + secret + ",ada-lovelace-of-london,ada,laptop\n",
                "scopes,key,user,name\nquery;" + secret + ",ada-lovelace-of-london,ada,laptop\n",
                "expires_at,key,user,name\n" + secret + ",ada-lovelace-of-london,ada,laptop\n",
                "{\"user\":\"" + secret + "\",\"key\":\"ada-lovelace-of-london\",\"name\":\"laptop\"}\n")) {
            ImportFile file = read(swapped);
            assertThat(file.rows()).as(swapped).isEmpty();
            String column = swapped.startsWith("{") ? "user" : swapped.substring(0, swapped.indexOf(','));
            assertThat(wrong(file))
                    .singleElement()
                    .asString()
                    .contains("in the column " + column)
                    .doesNotContain(secret);
        }
    }

    @Test
    void whatIsTheKeyOfAnotherLineIsNoName() throws Exception {
        String sha256 = "9f735e0df9a1ddc702bf0a1a7b83033f9f7153a00c29de82cedadc9957289b05";
        for (boolean namesLikeKeys : new boolean[] {false, true}) {
            ImportFile file = read(
                    "key,sha256,user,name\nopen-sesame-and-so-on,,ada,laptop\n,%s,ada,phone\n".formatted(sha256)
                            + "ada-lovelace-of-london,,open-sesame-and-so-on,laptop\n"
                            + "ada-lovelace-of-london,,bob,testpassword\n",
                    namesLikeKeys);
            assertThat(wrong(file))
                    .containsExactly(
                            "4 has a key in the column user, which is not shown here; are columns swapped?",
                            "5 has a key in the column name, which is not shown here; are columns swapped?");
        }
    }

    @Test
    void aMailAddressIsNoKey() throws Exception {
        assertThat(wrong(read("key,user,name\nada.lovelace@example.org,open-sesame-and-so-on,laptop\n")))
                .containsExactly("2 has an e-mail address in the place of the key; are columns swapped?");
    }

    @Test
    void namesAreNotTakenForKeys() throws Exception {
        ImportFile file = read("""
                key,user,name,plan,rate,addresses,expires_at
                %1$s,ada.lovelace@example.org,Ada's laptop in the living room,enterprise-unlimited,60/min burst 10,2001:db8:85a3::8a2e:370:7334/128;192.0.2.128/25,2027-01-31T00:00:00Z
                %1$s-2,department-of-computer-science,laptop-of-2026-11-23,,,,2027-01-31
                %1$s-3,Donaudampfschifffahrtsgesellschaft,MyServiceAccountName,,,,
                """.formatted(KEY));
        assertThat(wrong(file)).isEmpty();
        String uuid = "550e8400-e29b-41d4-a716-446655440000";
        String named = "key,user,name,plan\n" + KEY + "," + uuid + "," + uuid + ",";
        assertThat(wrong(read(named + "\n", true))).isEmpty();
        assertThat(wrong(read(named + "\n", false)))
                .containsExactly("2 has in the column user what looks like a key, and is not shown here; are columns"
                        + " swapped? If it is a name, say --names-like-keys.");
        assertThat(wrong(read(named + uuid + "\n", true)))
                .singleElement()
                .asString()
                .contains("column plan");
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
        assertThatThrownBy(() -> ImportFile.read(folder.resolve("keys"), false)).hasMessageContaining("is not UTF-8");
        assertThatThrownBy(() -> ImportFile.read(folder.resolve("none"), false)).hasMessageContaining("does not exist");
    }
}
