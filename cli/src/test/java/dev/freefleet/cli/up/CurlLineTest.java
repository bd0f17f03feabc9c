package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurlLineTest {
    @TempDir
    Path folder;

    @Test
    void aShellReadsItAsItIsMeantWhateverTheFolderIsCalled() throws Exception {
        for (String name : new String[] {"plain", "a b", "it's $HOME", "\"quoted\" `date`", "ünï"}) {
            Path key = Files.createDirectory(folder.resolve(name)).resolve("first-key");
            Files.writeString(key, "sff_secret\n");
            String line = CurlLine.of(URI.create("http://127.0.0.1:8080"), key, null);
            Process shell =
                    new ProcessBuilder("sh", "-c", "curl() { for word; do echo \"$word\"; done; }\n" + line).start();
            String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shell.waitFor()).isZero();
            assertThat(words.lines())
                    .as(name)
                    .containsExactly(
                            "-s",
                            "http://127.0.0.1:8080/query",
                            "-H",
                            "X-API-Key: sff_secret",
                            "-H",
                            "Content-Type: application/json",
                            "-d",
                            "{\"query\":\"" + CurlLine.QUESTION + "\"}");
        }
    }
}
