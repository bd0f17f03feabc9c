package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of docs/brain.md run as they stand. */
class DocumentationTest {

    private static List<String> samples() throws IOException {
        List<String> samples = new ArrayList<>();
        String[] parts = Files.readString(Path.of("..", "docs", "brain.md")).split("```", -1);
        for (int i = 1; i < parts.length; i += 2) {
            if (parts[i].startsWith("sh\n")) {
                samples.add(parts[i].substring(3).strip());
            }
        }
        return samples;
    }

    private static boolean hasCurl() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));
    }

    @Test
    void everyCurlInTheManualWorks(@TempDir Path temporary) throws Exception {
        assertThat(hasCurl())
                .as("the manual is tried with curl, which ./fleet test installs or names")
                .isTrue();
        List<String> samples = samples();
        assertThat(samples).hasSizeGreaterThanOrEqualTo(10);
        try (BrainFixture fixture = BrainFixture.in(temporary).withManual()) {
            for (String sample : samples) {
                ProcessBuilder shell = new ProcessBuilder("sh", "-c", sample)
                        .directory(temporary.toFile())
                        .redirectErrorStream(true);
                shell.environment().put("BRAIN", fixture.base.toString());
                shell.environment().put("ADMIN_KEY", BrainFixture.ADMIN_KEY);
                Process process = shell.start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).as(sample + "\n" + output).isZero();
            }
            assertThat(temporary.resolve("brain.tar")).isNotEmptyFile();
        }
    }
}
