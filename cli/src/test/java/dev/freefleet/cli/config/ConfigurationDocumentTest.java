package dev.freefleet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation is what the table says. {@code mvn -pl cli -am test -Ddocs.write=true} writes it anew. */
class ConfigurationDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

    @Test
    void theDocumentIsUpToDate() throws IOException {
        String made = Documentation.markdown(example());
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(DOCUMENT, made);
        }
        assertThat(DOCUMENT).hasContent(made);
    }

    @Test
    void theExampleLoads(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "hidden");
        String yaml = example().replace("file:/run/secrets/database-password", "file:" + secret);
        assertThat(new Loading(folder).yaml(yaml).config().policy().routes())
                .extracting(route -> route.name())
                .isEqualTo(List.of("query", "files"));
    }

    @Test
    void everySettingSaysWhatItMeans() {
        assertThat(Settings.all()).allSatisfy(setting -> {
            assertThat(setting.doc()).endsWith(".").hasSizeGreaterThan(15);
        });
        assertThat(Settings.all()).extracting(Setting::path).doesNotHaveDuplicates();
        assertThat(Settings.all()).extracting(Setting::variable).doesNotHaveDuplicates();
    }

    private static String example() throws IOException {
        try (InputStream in = ConfigurationDocumentTest.class.getResourceAsStream("example.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
