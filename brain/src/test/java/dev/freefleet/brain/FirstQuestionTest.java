package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer sees first: the project's own documents, asked what the project is. */
class FirstQuestionTest {

    @Test
    void theFirstQuestionHasARealAnswer(@TempDir Path directory) throws IOException {
        Path project = Path.of("..").toRealPath();
        try (Brain brain = Brain.open(BrainConfig.in(directory), Clock.systemUTC())) {
            brain.ingest(List.of(project.resolve("docs"), project.resolve("README.md")), IngestListener.SILENT);
            Answer answer = brain.ask("What is SOLO Free Fleet?", 5);
            assertThat(answer.answer()).contains("The Brain is an AI knowledge API on one slow, precious machine");
            assertThat(answer.sources().getFirst().id()).startsWith("README.md#");
        }
    }
}
