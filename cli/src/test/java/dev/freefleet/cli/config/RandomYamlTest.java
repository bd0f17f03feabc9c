package dev.freefleet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a file holds, loading it gives a configuration or a {@link ConfigException} whose problems tell a place. */
class RandomYamlTest {
    @Property(tries = 2_000)
    void anyTextIsUnderstoodOrRefused(@ForAll("texts") String text) throws IOException {
        Path folder = Files.createTempDirectory("config");
        Path file = folder.resolve("fleet.yaml");
        try {
            Files.writeString(file, text);
            ConfigLoader.Loaded loaded = new ConfigLoader(folder, folder, Map.of()).load(Flags.none());
            assertThat(loaded.settings()).isNotEmpty();
        } catch (ConfigException e) {
            assertThat(e.problems())
                    .allSatisfy(problem ->
                            assertThat(problem.source()).isInstanceOfAny(Source.File.class, Source.Standard.class));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    /** Half noise, half lines that nearly are a configuration. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> noise = Arbitraries.strings().ascii().ofMaxLength(200);
        List<String> words = new ArrayList<>(List.of(
                "{",
                "}",
                "[",
                "]",
                ":",
                ": ",
                "- ",
                "\n",
                "\n  ",
                "\n    ",
                "&a ",
                "*a",
                "!!int ",
                "~",
                "'",
                "\"",
                ",",
                "8080",
                "-1",
                "1e9",
                "60/min",
                "64MiB",
                "30s",
                "/query",
                "GET",
                "?",
                "|",
                "<<: ",
                "routes:\n- ",
                "plans:\n  default:\n    ",
                "http://127.0.0.1",
                "10.0.0.0/8",
                "999999999999999999999",
                "\u0000",
                "é"));
        Settings.all().forEach(setting -> {
            words.add(setting.name() + ": ");
            words.add(setting.path() + ": ");
            words.add(setting.path().replace(".", ":\n  ") + ": ");
        });
        Arbitrary<String> nearly = Arbitraries.of(words).list().ofMaxSize(30).map(list -> String.join("", list));
        return Arbitraries.oneOf(noise, nearly);
    }
}
