package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was asked, and what the fleet does on a schedule, by the commands that people type. */
@Timeout(300)
class UsageAndJobsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ASKED = 12;

    @TempDir
    static Path home;

    private static FleetProcess fleet;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(home.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        Files.writeString(home.resolve("fleet.yaml"), """
                jobs:
                  zone: Europe/Berlin
                  cleanup: weekly mon 04:30
                """);
        client = HttpClient.newHttpClient();
        fleet = FleetProcess.up(home, home.resolve("data")).awaitReady();
        String key = Files.readString(home.resolve("data/first-key")).strip();
        for (int i = 0; i < ASKED; i++) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                            .header("X-API-Key", key)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"query\":\"=whales, \\\"blue\\\" ones " + i + "\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
        }
        Await.until("usage is recorded", () -> query().size() == ASKED);
    }

    @AfterAll
    static void stop() {
        fleet.close();
        client.close();
    }

    private static Outcome run(String... arguments) {
        return new CommandLineTool(home)
                .with("FLEET_DATA", fleet.data().toString())
                .run(arguments);
    }

    private static JsonNode json(String... arguments) throws IOException {
        Outcome outcome = run(arguments);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return JSON.readTree(outcome.out());
    }

    private static JsonNode query() {
        try {
            return json("usage", "query", "--route", "query", "--user", "owner", "--format", "json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatWasAskedIsShownAndAddedUp() throws Exception {
        assertThat(query().get(0).path("query_text").asText()).contains("whales");
        JsonNode total = json("usage", "summary", "--by", "route", "--format", "json");
        assertThat(total).anySatisfy(line -> {
            assertThat(line.path("name").asText()).isEqualTo("query");
            assertThat(line.path("requests").asInt()).isEqualTo(ASKED);
            assertThat(line.path("p50_us").asLong()).isPositive();
        });
        assertThat(run("usage", "summary").out()).contains("NAME", "P99 US");
    }

    @Test
    void anExportIsWholeAndHarmless() throws Exception {
        Path file = home.resolve("usage.csv");
        Outcome outcome = run("usage", "export", "--route", "query", "--out", file.toString());
        assertThat(outcome.err()).contains(ASKED + " requests are in ");
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        assertThat(lines).hasSize(ASKED + 1);
        assertThat(lines.get(1)).contains("\"'=whales, \"\"blue\"\" ones ");

        assertThat(run("usage", "export", "--out", file.toString()).code()).isEqualTo(2);
        assertThat(run("usage", "export", "--route", "query", "--format", "json")
                        .out()
                        .lines())
                .hasSize(ASKED)
                .allMatch(line -> line.contains("\"query_text\":\"=whales"));
    }

    @Test
    void wrongSpansAndNamesAreTold() {
        assertThat(run("usage", "query", "--from", "yesterday").errors())
                .containsExactly("fleet: from must be a day, as 2026-11-23, or a moment, as 2026-11-23T12:00:00Z.");
        assertThat(run("usage", "query", "--from", "2026-11-24", "--to", "2026-11-23")
                        .code())
                .isEqualTo(2);
        assertThat(run("usage", "summary", "--by", "planet").code()).isEqualTo(2);
        assertThat(run("usage", "query", "--user", "nobody").errors().getFirst())
                .contains("no user named \"nobody\"");
        assertThat(run("usage", "query", "--limit", "0").code()).isEqualTo(2);
        assertThat(run("usage", "query", "--limit", "-5").err()).contains("1 to 10000");
        assertThat(run("usage", "users", "--limit", "-5").err()).contains("1 to 1000.");
        assertThat(run("jobs", "history", "--limit", "-5").err()).contains("1 to 1000.");
        assertThat(run("audit", "list", "--limit", "-5").err()).contains("1 to 1000,");
        assertThat(run("usage", "summary", "--from", "0000-01-01").err()).contains("from 1970-01-01 to 9999-12-30");
        for (String list :
                List.of("usage query --user", "usage export --user", "keys list --user", "audit list --user")) {
            Outcome empty = run((list + " ").split(" ", -1));
            assertThat(empty.errors())
                    .as(list)
                    .containsExactly("fleet: The parameter user is empty; give it a value, or leave it out.");
            assertThat(empty.out()).isEmpty();
        }
        assertThat(run("users", "show", "").code()).isEqualTo(2);
        assertThat(run("usage", "query", "--key", "0").errors().getFirst()).contains("a whole number from 1");
        Path nowhere = home.resolve("nowhere/usage.csv");
        assertThat(run("usage", "export", "--out", nowhere.toString()).errors())
                .containsExactly("fleet: " + nowhere
                        + " cannot be written, since its folder is not there; make it, or name another.");
        assertThat(run("usage", "query", "--format", "xml").code()).isEqualTo(2);
        assertThat(run("jobs", "run", "nothing").errors().getFirst())
                .isEqualTo("fleet: There is no job \"nothing\"; there are aggregate, partitions, retention, cleanup,"
                        + " backup, backup-sample, backup-verify, backup-prune, backup-drill.");
    }

    @Test
    void jobsAreListedRunPausedAndTold() throws Exception {
        JsonNode jobs = json("jobs", "list", "--json");
        assertThat(jobs)
                .extracting(job -> job.path("name").asText())
                .contains("aggregate", "partitions", "retention", "cleanup");
        assertThat(jobs).allMatch(job -> job.path("zone").asText().equals("Europe/Berlin"));
        assertThat(run("jobs", "list").out()).contains("weekly mon 04:30");

        JsonNode run = json("jobs", "run", "aggregate", "--json");
        assertThat(run.path("outcome").asText()).isEqualTo("done");
        assertThat(run.path("summary").asText()).isEqualTo("Every day is aggregated.");
        assertThat(json("jobs", "history", "aggregate", "--json").get(0)).isEqualTo(run);
        assertThat(run("jobs", "run", "retention").out()).contains("No day is to be archived");
        assertThat(run("jobs", "run", "cleanup").code()).isZero();

        assertThat(run("jobs", "pause", "cleanup").out()).isEqualTo("Paused.\n");
        assertThat(run("jobs", "pause", "cleanup").out()).isEqualTo("It was already.\n");
        assertThat(run("jobs", "list").out()).contains("paused");
        assertThat(run("jobs", "resume", "cleanup").out()).isEqualTo("Resumed.\n");
        assertThat(run("status").out()).contains("jobs", "9 on schedule");
        String metrics = client.send(
                        HttpRequest.newBuilder(fleet.admin().resolve("/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(metrics).contains("fleet_job_overdue{job=\"aggregate\"} 0.0", "fleet_job_missed{job=\"cleanup\"}");
    }
}
