package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.cli.up.Bucket;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.testkit.Await;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code backup run} with a copy in a bucket of a real S3 server, lose the data directory and the local store, {@code backup restore} from
 * the bucket: fleet and Brain answer as before.
 */
@Timeout(600)
class LoseEverythingTest {
    private static final List<String> QUESTIONS =
            List.of("How heavy is a whale?", "What do moles dig?", "Where do storks nest?");

    @TempDir
    Path home;

    private FleetProcess up() throws Exception {
        return FleetProcess.up(home, home.resolve("fleet-data")).awaitReady();
    }

    private Outcome run(String... arguments) {
        return tool().run(arguments);
    }

    private CommandLineTool tool() {
        return new CommandLineTool(home)
                .with("XDG_CACHE_HOME", home.resolve("cache").toString());
    }

    private Outcome good(String... arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }

    private static HttpResponse<String> ask(FleetProcess fleet, String key, String question) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                            .header("X-API-Key", key)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(new ObjectMapper()
                                    .createObjectNode()
                                    .put("query", question)
                                    .toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    /** What a question is answered, without the time that it took. */
    private static Map<String, JsonNode> answers(FleetProcess fleet, String key) throws Exception {
        Map<String, JsonNode> answers = new TreeMap<>();
        for (String question : QUESTIONS) {
            HttpResponse<String> answer = ask(fleet, key, question);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            ObjectNode content = (ObjectNode) new ObjectMapper().readTree(answer.body());
            content.remove("processing_time_ms");
            answers.put(question, content);
        }
        return answers;
    }

    private static long usage(Path data) {
        DataConfig running = DataPlane.running(data.resolve("postgres")).orElseThrow();
        try (DataPlane plane = DataPlane.open(running, Clock.systemUTC())) {
            return plane.usage().count(UsageFilter.between(Instant.EPOCH, Instant.MAX));
        }
    }

    @Test
    void fleetAndBrainAnswerAsBefore() throws Exception {
        try (Bucket bucket = new Bucket()) {
            Files.writeString(home.resolve("fleet.yaml"), """
                    backup:
                      s3:
                        bucket: %s
                        endpoint: %s
                        prefix: brain/
                        access-key: %s
                        secret-key: %s
                    """.formatted(
                            Bucket.NAME, bucket.endpoint(), Bucket.ACCESS, Bucket.SECRET));
            losesAndRestores();
        }
    }

    private void losesAndRestores() throws Exception {
        Files.createDirectories(home.resolve("docs"));
        Files.writeString(home.resolve("docs/whales.md"), "# Whales\n\nA blue whale weighs 150 tons.\n");
        Files.writeString(home.resolve("docs/moles.md"), "# Moles\n\nMoles dig tunnels under the meadow.\n");
        Files.writeString(home.resolve("docs/storks.md"), "# Storks\n\nStorks nest on chimneys.\n");
        Path data = home.resolve("fleet-data");
        Map<String, JsonNode> before;
        String ada;
        String revoked;
        try (FleetProcess fleet = up()) {
            good("users", "create", "ada", "--data", "fleet-data");
            ada = good("keys", "create", "--user", "ada", "--name", "laptop", "--data", "fleet-data")
                    .out()
                    .strip();
            JsonNode gone = new ObjectMapper()
                    .readTree(good("keys", "create", "--user", "ada", "--name", "old", "--json", "--data", "fleet-data")
                            .out());
            revoked = gone.path("key").asText();
            good("keys", "revoke", gone.path("id").asText(), "--data", "fleet-data");
            before = answers(fleet, ada);
            Await.until("the usage is in the database", () -> usage(data) >= QUESTIONS.size());

            Outcome backup = good("backup", "run", "--data", "fleet-data");
            assertThat(backup.out())
                    .contains("brain", "data", "fleet", "spool", "4 snapshots copied off-site")
                    .doesNotContain("FAILED", "left out");
            assertThat(metrics(fleet)).contains("fleet_backup_last_success_timestamp_seconds{");

            Outcome drill = good("backup", "drill", "--data", "fleet-data");
            assertThat(drill.out()).startsWith("passed: ").contains("3 of 3 questions");
            assertThat(good("backup", "show", "brain", "--data", "fleet-data").out())
                    .contains("passed");
            assertThat(history(data)).contains("passed");
            assertThat(fleet.terminate()).isZero();
        }
        // Once more with nothing running: the database and the Brain are started for it, and stopped again.
        assertThat(good("backup", "run", "--data", "fleet-data").out())
                .contains("brain", "data", "fleet")
                .doesNotContain("FAILED", "left out");
        assertThat(DataPlane.running(data.resolve("postgres"))).isEmpty();
        assertThat(new ObjectMapper()
                        .readTree(good("backup", "list", "--store", "off-site", "--json", "--data", "fleet-data")
                                .out())
                        .path("snapshots"))
                .hasSize(8);
        assertThat(good("backup", "verify", "--store", "off-site", "--data", "fleet-data")
                        .out())
                .startsWith("sound: bucket " + Bucket.NAME);
        WorkFolder.delete(data);
        // The index alone must know the answers.
        WorkFolder.delete(home.resolve("docs"));

        Outcome dead = tool().with("FLEET_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/fleet")
                .run("backup", "restore", "--data", "fleet-data", "--to", "while-the-database-is-dead");
        assertThat(dead.code()).as(dead.err()).isZero();
        assertThat(dead.out()).contains("could not be brought into the configured database", "--into-database");
        assertThat(home.resolve("while-the-database-is-dead/restored-data.tar")).exists();

        WorkFolder.delete(home.resolve("fleet-backup"));
        WorkFolder.delete(home.resolve("cache"));
        assertThat(run("backup", "restore", "--data", "fleet-data").err()).contains("There are no backups in ");
        Outcome restore = good("backup", "restore", "--store", "off-site", "--data", "fleet-data");
        assertThat(restore.out()).contains("restored to " + data);

        try (FleetProcess fleet = up()) {
            assertThat(answers(fleet, ada)).isEqualTo(before);
            assertThat(usage(data)).isGreaterThanOrEqualTo(QUESTIONS.size());
            assertThat(ask(fleet, revoked, QUESTIONS.getFirst()).statusCode()).isEqualTo(401);
            assertThat(good("users", "list", "--data", "fleet-data").out()).contains("ada");
        }
    }

    private static String metrics(FleetProcess fleet) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(fleet.admin().resolve("/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static List<String> history(Path data) throws Exception {
        DataConfig running = DataPlane.running(data.resolve("postgres")).orElseThrow();
        DataConfig.External at = (DataConfig.External) running.database();
        try (java.sql.Connection connection = java.sql.DriverManager.getConnection(at.url(), at.user(), at.password());
                java.sql.Statement statement = connection.createStatement();
                java.sql.ResultSet rows = statement.executeQuery("select drill_outcome from backup_history")) {
            List<String> outcomes = new java.util.ArrayList<>();
            while (rows.next()) {
                outcomes.add(String.valueOf(rows.getString(1)));
            }
            return outcomes;
        }
    }
}
