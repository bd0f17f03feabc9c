package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Brain's directory: locked, damaged, from the future, and after a kill. */
class BrainDirectoryTest {

    @TempDir
    private Path temporary;

    private Brain open() {
        return Brain.open(BrainConfig.in(temporary.resolve("brain")), Clock.systemUTC());
    }

    private void makeBrain() throws IOException {
        Path file = Files.writeString(temporary.resolve("a.md"), "# Kettles\n\nA kettle boils water. ".repeat(50));
        try (Brain brain = open()) {
            brain.ingest(List.of(file), IngestListener.SILENT);
        }
    }

    private List<Path> indexFiles(String ending) throws IOException {
        try (Stream<Path> files = Files.list(temporary.resolve("brain/index"))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    @Test
    void keepsWhatItKnowsOverARestart() throws IOException {
        makeBrain();
        try (Brain brain = open()) {
            assertThat(brain.status().documents()).isEqualTo(1);
            assertThat(brain.ask("what boils water?", 1).sources()).hasSize(1);
        }
    }

    @Test
    void isForOneBrainAtATime() {
        try (Brain first = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(BrainException.class)
                    .hasMessageStartingWith("Another Brain is running on ")
                    .hasMessageContaining("Stop it first");
            assertThat(first.status().documents()).isZero();
        }
        open().close();
    }

    @Test
    void refusesADirectoryFromANewerVersion() throws IOException {
        makeBrain();
        Files.writeString(temporary.resolve("brain/brain.json"), "{\"format\": 99, \"model\": \"all-minilm-l6-v2-q\"}");
        assertThatThrownBy(this::open)
                .isInstanceOf(BrainException.class)
                .hasMessageContaining("format 99, from a newer version");
    }

    @Test
    void refusesVectorsOfAnotherModel() throws IOException {
        makeBrain();
        Files.writeString(temporary.resolve("brain/brain.json"), "{\"format\": 1, \"model\": \"other\"}");
        assertThatThrownBy(this::open).isInstanceOf(BrainException.class).hasMessageContaining("\"other\"");
    }

    @Test
    void tellsADamagedStateFile() throws IOException {
        makeBrain();
        Files.writeString(temporary.resolve("brain/brain.json"), "{\"form");
        assertThatThrownBy(this::open).isInstanceOf(BrainException.class).hasMessageContaining("brain.json is damaged");
        Files.delete(temporary.resolve("brain/brain.json"));
        assertThatThrownBy(this::open)
                .isInstanceOf(BrainException.class)
                .hasMessageContaining("has an index but no brain.json");
    }

    @Test
    void tellsAFlippedBitAndACutFileAndAMissingOne() throws IOException {
        makeBrain();
        Path data = indexFiles(".cfs").getFirst();
        byte[] good = Files.readAllBytes(data);
        byte[] bad = good.clone();
        bad[good.length / 2] ^= 1;
        Files.write(data, bad);
        assertDamaged();
        Files.write(data, java.util.Arrays.copyOf(good, good.length / 2));
        assertDamaged();
        Files.delete(data);
        assertDamaged();
        Files.write(data, good);
        open().close();
    }

    private void assertDamaged() {
        assertThatThrownBy(this::open)
                .isInstanceOf(BrainException.class)
                .hasMessageContaining("is damaged. Restore the directory from a snapshot");
    }

    @Test
    void tellsADirectoryThatCannotBeUsed() throws IOException {
        Files.writeString(temporary.resolve("brain"), "a file");
        assertThatThrownBy(this::open).isInstanceOf(BrainException.class).hasMessageContaining("cannot be used");
    }

    @Test
    void aTakenPortIsOneSentence() {
        try (Brain brain = open()) {
            int port = brain.serve("127.0.0.1", 0).getPort();
            assertThatThrownBy(() -> brain.serve("127.0.0.1", port))
                    .isInstanceOf(BrainException.class)
                    .hasMessageContaining("Is the port taken?");
        }
    }

    @Test
    void refusesToWorkWhenClosedAndClosesTwice() {
        Brain brain = open();
        brain.close();
        brain.close();
        assertThatThrownBy(() -> brain.ingest(List.of(temporary), IngestListener.SILENT))
                .isInstanceOf(BrainException.class)
                .hasMessageContaining("is closed");
    }

    /** The child that is killed: ingests a folder and tells each document. */
    static final class Child {
        public static void main(String[] args) {
            Brain brain = Brain.open(BrainConfig.in(Path.of(args[0])), Clock.systemUTC());
            brain.ingest(List.of(Path.of(args[1])), new IngestListener() {
                @Override
                public void done(String document) {
                    System.out.println(document);
                }
            });
        }
    }

    @Test
    void aKilledIngestLosesNothingCommittedAndTheNextCompletesIt() throws Exception {
        Path documents = Files.createDirectories(temporary.resolve("documents"));
        for (int i = 0; i < 1_500; i++) {
            Files.writeString(documents.resolve("%04d.md".formatted(i)), "# Page " + i + "\n\nIt is about " + i + ".");
        }
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        temporary.resolve("brain").toString(),
                        documents.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String last = "";
            for (int i = 0; i < 900; i++) {
                last = out.readLine();
            }
            assertThat(last).endsWith(".md");
        } finally {
            child.destroyForcibly().waitFor();
        }
        try (Brain brain = open()) {
            int kept = brain.status().documents();
            assertThat(kept).isBetween(400, 1_499);
            assertThat(brain.ask("page 7", 5).sources()).isNotEmpty();
            IngestReport report = brain.ingest(List.of(documents), IngestListener.SILENT);
            assertThat(report.unchanged()).isEqualTo(kept);
            assertThat(report.added()).isEqualTo(1_500 - kept);
            assertThat(brain.status().documents()).isEqualTo(1_500);
        }
    }
}
