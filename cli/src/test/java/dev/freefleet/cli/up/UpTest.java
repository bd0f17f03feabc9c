package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole fleet as a process, from its first start on: what the README promises. */
@Timeout(300)
class UpTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path home;

    private static FleetProcess fleet;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        Path docs = Files.createDirectory(home.resolve("docs"));
        Files.writeString(
                home.resolve("README.md"), "# SOLO Free Fleet\n\nSOLO Free Fleet is everything around a Brain.\n");
        Files.writeString(docs.resolve("whales.md"), "# Whales\n\nThe blue whale is the largest animal on Earth.\n");
        client = HttpClient.newHttpClient();
        fleet = FleetProcess.up(home, home.resolve("data")).awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        fleet.close();
        client.close();
    }

    private static HttpResponse<String> query(String key, String question) throws Exception {
        return client.send(
                HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                        .header("X-API-Key", key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"" + question + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String get(URI url) throws Exception {
        return client.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
                .body();
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

    private static long usageRows(long keyId) {
        try (DataPlane data = DataPlane.open(
                DataPlane.running(fleet.data().resolve("postgres")).orElseThrow(), Clock.systemUTC())) {
            return data.usage()
                    .count(UsageFilter.between(Instant.EPOCH, Instant.MAX).ofKey(keyId));
        }
    }

    /** The Brain's own count of questions. */
    private static double questionsAtTheBrain() throws Exception {
        String detail =
                json("status", "--json").path("parts").get(1).path("detail").asText();
        URI brain = URI.create(detail.substring(detail.indexOf("http")));
        return get(brain.resolve("/metrics"))
                .lines()
                .filter(line -> line.startsWith("brain_requests_total{") && line.contains("call=\"query\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void theFirstStartMakesAKeyAndPrintsALineThatWorksWhenPasted() throws Exception {
        assertThat(fleet.out())
                .filteredOn(line -> line.startsWith("ready: "))
                .containsExactly("ready: gateway " + fleet.gateway() + " admin " + fleet.admin());
        String curl = fleet.out().stream()
                .filter(line -> line.strip().startsWith("curl "))
                .findFirst()
                .orElseThrow();
        Process pasted = new ProcessBuilder("sh", "-c", curl).start();
        JsonNode answer = JSON.readTree(pasted.getInputStream());
        assertThat(pasted.waitFor()).isZero();
        assertThat(answer.path("answer").asText()).contains("everything around a Brain");
        assertThat(answer.path("sources").get(0).path("id").asText()).startsWith("README.md");
    }

    @Test
    void theSecondAnswerIsAHitThatTheBrainDoesNotSeeAndBothAreRecorded() throws Exception {
        JsonNode key = json("keys", "create", "--user", "owner", "--name", "twice", "--json");
        double asked = questionsAtTheBrain();
        String question = "What is the largest animal on Earth?";

        HttpResponse<String> first = query(key.path("key").asText(), question);
        HttpResponse<String> second = query(key.path("key").asText(), question);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).contains("blue whale");
        assertThat(first.headers().firstValue("Cache-Status").orElse(""))
                .contains("fwd=")
                .doesNotContain("hit");
        assertThat(second.headers().firstValue("Cache-Status").orElse("")).contains("; hit");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(questionsAtTheBrain()).isEqualTo(asked + 1);
        Await.until("two rows", () -> usageRows(key.path("id").asLong()) == 2);
    }

    @Test
    void keysAreMadeAndRevokedAndTheGatewayKnowsAtOnce() throws Exception {
        json("users", "create", "ada", "--json");
        JsonNode made = json(
                "keys",
                "create",
                "--user",
                "ada",
                "--name",
                "laptop",
                "--rate",
                "60/min",
                "--quota",
                "1000/day",
                "--expires",
                "30d",
                "--scope",
                "query",
                "--scope",
                "wisdom",
                "--json");
        assertThat(made.propertyStream().map(Map.Entry::getKey)).containsExactly("id", "key");
        String key = made.path("key").asText();
        String id = made.path("id").asText();
        assertThat(query(key, "Which animal is the largest?").statusCode()).isEqualTo(200);

        JsonNode shown = json("keys", "show", id, "--json");
        assertThat(shown.path("rate").asText()).isEqualTo("60/min");
        assertThat(shown.path("quotas").toString()).isEqualTo("[\"1000/day\"]");
        assertThat(shown.path("scopes").toString()).isEqualTo("[\"query\",\"wisdom\"]");
        assertThat(Duration.between(
                        Instant.now(), Instant.parse(shown.path("expires_at").asText())))
                .isBetween(
                        Duration.ofDays(30).minusHours(1), Duration.ofDays(30).plusMinutes(1));
        assertThat(run("keys", "list", "--user", "ada").out())
                .contains("laptop")
                .contains("active");

        assertThat(run("keys", "revoke", id).code()).isZero();
        HttpResponse<String> refused = query(key, "Which animal is the largest?");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(run("keys", "list", "--user", "ada").out()).contains("revoked");
        assertThat(fleet.err()).noneMatch(line -> line.contains(key));
    }

    @Test
    void aScopedKeyOpensItsRouteAlone() throws Exception {
        String key = json("keys", "create", "--user", "owner", "--name", "scoped", "--scope", "wisdom", "--json")
                .path("key")
                .asText();
        assertThat(query(key, "Which animal is the largest?").statusCode()).isEqualTo(403);
    }

    @Test
    void aRateOfItsOwnHoldsFromTheFirstRequestOn() throws Exception {
        String key = json("keys", "create", "--user", "owner", "--name", "slow", "--rate", "2/h", "--json")
                .path("key")
                .asText();
        assertThat(query(key, "Which animal is the largest?").statusCode()).isEqualTo(200);
        assertThat(query(key, "Which animal is the largest?").statusCode()).isEqualTo(200);
        HttpResponse<String> third = query(key, "Which animal is the largest?");
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void whatIsWrongWithAKeyIsASentence() {
        assertSentence(
                1, run("keys", "create", "--user", "nobody", "--name", "n"), "There is no user named \"nobody\"");
        assertSentence(2, run("keys", "create", "--user", "owner", "--name", "n", "--rate", "60/mn"), "is not a rate");
        assertSentence(2, run("keys", "create", "--user", "owner", "--name", "n", "--scope", "querry"), "there are");
        assertSentence(
                2, run("keys", "create", "--user", "owner", "--name", "n", "--expires", "1y"), "--expires: \"1y\"");
        assertSentence(1, run("keys", "create", "--user", "owner", "--name", "first key"), "already");
        assertSentence(1, run("keys", "show", "4711"), "4711");
        assertSentence(1, run("keys", "revoke", "4711"), "4711");
    }

    private static void assertSentence(int code, Outcome outcome, String part) {
        assertThat(outcome.errors())
                .singleElement()
                .asString()
                .startsWith("fleet: ")
                .contains(part);
        assertThat(outcome.code()).isEqualTo(code);
    }

    @Test
    void aSecondUpOnTheSameDataDirectorySaysSo() {
        Outcome second = new CommandLineTool(home)
                .run("up", "--data", fleet.data().toString(), "--port", "0", "--admin-port", "0");
        assertSentence(
                1,
                second,
                "A fleet runs already on the data directory " + fleet.data() + " (process " + fleet.pid() + ")");
        assertThat(second.out()).isEmpty();
    }

    @Test
    void statusTellsHowThePartsAre() throws Exception {
        JsonNode status = json("status", "--json");
        assertThat(status.path("status").asText()).isEqualTo("up");
        assertThat(status.path("pid").asLong()).isEqualTo(fleet.pid());
        assertThat(status.path("parts").findValuesAsText("name"))
                .containsExactly("gateway", "brain", "database", "usage", "jobs");
        assertThat(status.path("figures").has("usage.written")).isTrue();
        assertThat(run("status").out())
                .startsWith("up: gateway " + fleet.gateway())
                .contains("embedded PostgreSQL");
    }

    @Test
    void metricsOfAllPartsAreOnThePrivatePort() throws Exception {
        query(fleet.firstKey(), "Which animal is the largest?");
        String metrics = get(fleet.admin().resolve("/metrics"));
        List<String> names = metrics.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .toList();
        assertThat(names)
                .contains("fleet_usage_accepted_total", "fleet_usage_waiting", "jvm_memory_used_bytes")
                .anyMatch(name -> name.startsWith("gateway_"));
        assertThat(client.send(
                                HttpRequest.newBuilder(fleet.gateway().resolve("/metrics"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(404);
    }
}
