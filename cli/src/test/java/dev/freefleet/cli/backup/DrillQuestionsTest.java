package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a drill asks is what people asked most through the gateway, as the usage in PostgreSQL tells. */
@Timeout(300)
class DrillQuestionsTest {
    private static final String WHALES = "How heavy is a whale?";
    private static final String MOLES = "What do moles dig?";
    private static final String STORKS = "Where do storks nest?";

    @TempDir
    Path home;

    @BeforeEach
    void documents() throws IOException {
        Path docs = Files.createDirectories(home.resolve("docs"));
        Files.writeString(docs.resolve("whales.md"), "# Whales\n\nA blue whale weighs 150 tons.\n");
        Files.writeString(docs.resolve("moles.md"), "# Moles\n\nMoles dig tunnels under the meadow.\n");
        Files.writeString(docs.resolve("storks.md"), "# Storks\n\nStorks nest on chimneys.\n");
    }

    private Outcome backup(String... arguments) {
        List<String> all = new ArrayList<>(List.of("backup"));
        all.addAll(List.of(arguments));
        return new CommandLineTool(home).run(all.toArray(String[]::new));
    }

    private static void ask(FleetProcess fleet, String question) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                            .header("X-API-Key", fleet.firstKey())
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"" + question + "\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }

    private void awaitUsage(long records) throws Exception {
        DataConfig running =
                DataPlane.running(home.resolve("fleet-data/postgres")).orElseThrow();
        try (DataPlane plane = DataPlane.open(running, Clock.systemUTC())) {
            Await.until(
                    "the usage is in the database",
                    () -> plane.usage().count(UsageFilter.between(Instant.EPOCH, Instant.MAX)) >= records);
        }
    }

    @Test
    void theMostFrequentQuestionsAreAskedHighestFirst() throws Exception {
        Files.writeString(home.resolve("fleet.yaml"), "backup: {sources: [brain], drill: {count: 2}}\n");
        try (FleetProcess fleet =
                FleetProcess.up(home, home.resolve("fleet-data")).awaitReady()) {
            // Neither by time nor by alphabet do they stand as they do by number; most answers are the cache's.
            for (String question : List.of(STORKS, MOLES, STORKS, STORKS, MOLES, STORKS, STORKS, WHALES)) {
                ask(fleet, question);
            }
            awaitUsage(8);
            assertThat(backup("run").code()).isZero();

            Outcome drill = backup("drill", "--json");

            assertThat(drill.code()).as(drill.err()).isZero();
            JsonNode report = new ObjectMapper().readTree(drill.out());
            assertThat(report.path("questions").findValuesAsText("question")).containsExactly(STORKS, MOLES);
            assertThat(report.path("passed").asBoolean()).isTrue();
            assertThat(report.path("summary").asText()).startsWith("2 of 2 questions");
        }
    }

    @Test
    void whereNoTextOfQuestionsIsKeptADrillSaysSoAndWhatToDo() throws Exception {
        Files.writeString(home.resolve("fleet.yaml"), "usage: {query-text: digest}\nbackup: {sources: [brain]}\n");
        try (FleetProcess fleet =
                FleetProcess.up(home, home.resolve("fleet-data")).awaitReady()) {
            ask(fleet, STORKS);
            awaitUsage(1);
            assertThat(backup("run").code()).isZero();

            Outcome drill = backup("drill");

            assertThat(drill.code()).isEqualTo(1);
            assertThat(drill.err())
                    .contains(
                            "no questions to ask",
                            "the usage of the last 30 days holds no question's text",
                            "usage.query-text",
                            "backup.drill.questions");

            Files.writeString(home.resolve("questions.txt"), STORKS + "\n");
            Files.writeString(
                    home.resolve("fleet.yaml"),
                    "usage: {query-text: digest}\nbackup: {sources: [brain], drill: {questions: questions.txt}}\n");
            assertThat(backup("drill").out()).startsWith("passed: ").contains("1 of 1 questions");
        }
    }
}
