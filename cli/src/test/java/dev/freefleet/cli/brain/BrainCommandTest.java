package dev.freefleet.cli.brain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.brain.IngestReport;
import dev.freefleet.brain.SkippedFile;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.cli.datadir.DataDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BrainCommandTest {
    @TempDir
    Path folder;

    private CommandLineTool fleet;

    @BeforeEach
    void open() throws IOException {
        fleet = new CommandLineTool(folder);
        Path notes = Files.createDirectory(folder.resolve("notes"));
        Files.writeString(notes.resolve("whales.md"), "# Whales\n\nThe blue whale is the largest animal on Earth.\n");
    }

    @Test
    void whatIsReadIsAnswered() {
        Outcome read = fleet.run("brain", "ingest", "--docs", "notes");
        assertThat(read.code()).isZero();
        assertThat(read.errors()).last().asString().startsWith("brain: 1 documents (1 new, 0 changed, 0 gone)");

        Outcome asked = fleet.run("brain", "ask", "Which animal is the largest?");
        assertThat(asked.code()).isZero();
        assertThat(asked.out()).contains("blue whale").contains("whales.md");
    }

    @Test
    void servingAloneAnswersOverHttpUntilItIsTerminated() throws Exception {
        try (FleetProcess brain = FleetProcess.start(
                        folder, folder, List.of("brain", "serve", "--docs", "notes", "--port", "0", "--data", "data"))
                .awaitReady()) {
            URI url = URI.create(brain.out().getLast().substring("ready: brain ".length()));
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(url.resolve("/query?q=largest+animal"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).contains("blue whale");
            }
            assertThat(brain.terminate()).isZero();
        }
    }

    @Test
    void aGatewaysSecretIsAskedForAndItsFileMustBeThere() throws Exception {
        assertThat(fleet.run("brain", "serve", "--docs", "notes", "--gateway-secret", "nowhere")
                        .errors())
                .containsExactly(
                        "fleet: --gateway-secret: " + folder.resolve("nowhere") + " does not exist or cannot be read.");
        Files.writeString(folder.resolve("secret"), "s-1\n");
        List<String> command = List.of(
                "brain", "serve", "--docs", "notes", "--port", "0", "--data", "data", "--gateway-secret", "secret");
        try (FleetProcess brain = FleetProcess.start(folder, folder, command).awaitReady()) {
            URI url = URI.create(brain.out().getLast().substring("ready: brain ".length()));
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve("/query?q=largest+animal"));
                assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(403);
                request.header("X-Fleet-Secret", "s-1");
                assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void aFolderThatIsNotThereIsASentence() {
        Outcome outcome = fleet.run("brain", "ingest", "--docs", "nowhere");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.errors())
                .containsExactly("fleet: --docs: " + folder.resolve("nowhere") + " does not exist or cannot be read.");
    }

    @Test
    void aDirectoryThatAFleetUsesIsASentence() {
        Path data = folder.resolve("fleet-data");
        try (ReferenceBrain running = ReferenceBrain.of(data, Clock.systemUTC(), null)) {
            assertThat(running).isNotNull();
            Outcome outcome = fleet.run("brain", "ask", "What?");
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.errors()).singleElement().asString().contains("runs already on the data directory");
        }
    }

    @Test
    void anEmptyIndexIsNoAnswer() {
        Outcome outcome = fleet.run("brain", "ask", "What?");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.errors()).singleElement().asString().contains("holds no documents yet");
    }

    @Test
    void whatTheBrainLeavesIsAFleetsDirectory() {
        assertThat(fleet.run("brain", "ingest", "--docs", "notes").code()).isZero();
        DataDirectory.open(folder.resolve("fleet-data")).close();
    }

    @Test
    void onATerminalABarShowsHowFarTheReadingIs() {
        StringWriter err = new StringWriter();
        try (IngestProgress progress = new IngestProgress(new PrintWriter(err, true), true)) {
            progress.found(2);
            progress.done("a.md");
            progress.skipped(new SkippedFile("b.bin", "is not UTF-8 text"));
            progress.done("b.bin");
            progress.finished(new IngestReport(1, 0, 0, 0, 1, List.of(), Duration.ofMillis(5)));
        }
        assertThat(err.toString())
                .contains("brain reads")
                .contains("2/2")
                .contains("brain: left out b.bin: is not UTF-8 text")
                .endsWith("brain: 1 documents (1 new, 0 changed, 0 gone) in 5 ms" + System.lineSeparator());
    }
}
