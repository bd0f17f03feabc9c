package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.cli.datadir.EdgeFiles;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageFilter;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An edge elsewhere and the fleet: its token, what it is told, what it tells, and what the database has of that. */
@Timeout(300)
class EdgeUpTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private CommandLineTool tool;
    private FleetProcess fleet;
    private String token;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(home.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        tool = new CommandLineTool(home).with("FLEET_DATA", home.resolve("data").toString());
        fleet = FleetProcess.up(home, home.resolve("data")).awaitReady();
        EdgeFiles files = new EdgeFiles(fleet.data());
        assertThat(sync("").statusCode()).as("no edge has a token yet").isEqualTo(404);
        files.makeToken();
        token = files.token();
        until("the running fleet knows the token", () -> sync(token).statusCode() == 200);
    }

    @AfterEach
    void stop() {
        fleet.close();
        client.close();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("within a minute: " + what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private HttpResponse<String> sync(String shown) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(fleet.gateway().resolve("/.fleet/edge/sync"))
                        .header("Authorization", "Bearer " + shown)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private boolean isTold(Predicate<JsonNode> what) throws IOException, InterruptedException {
        return what.test(JSON.readTree(sync(token).body()));
    }

    private HttpResponse<String> usage(UUID batch, String content) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(fleet.gateway().resolve("/.fleet/edge/usage"))
                        .header("Authorization", "Bearer " + token)
                        .header("Fleet-Batch", batch.toString())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(content))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String events(long key, int count) {
        List<String> events = Stream.generate(() ->
                        ("{\"id\":\"%s\",\"time_ms\":%d,\"key_id\":%d,\"user_id\":1,\"route\":\"query\",\"method\":\"POST\","
                                        + "\"status\":200,\"cache\":\"hit\",\"latency_us\":900,\"origin_us\":0,\"bytes_in\":40,\"bytes_out\":512}")
                                .formatted(UUID.randomUUID(), System.currentTimeMillis(), key))
                .limit(count)
                .toList();
        return "{\"edge\":\"cloudflare\",\"events\":[" + String.join(",", events) + "]}";
    }

    private JsonNode created(String name, String... more) throws IOException {
        List<String> arguments = Stream.concat(
                        Stream.of("keys", "create", "--user", "owner", "--name", name, "--json"), Stream.of(more))
                .toList();
        return JSON.readTree(tool.run(arguments.toArray(String[]::new)).out());
    }

    private int ask(String key) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=whales"))
                                .header("X-API-Key", key)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private long rows(long key) {
        try (DataPlane data = DataPlane.open(
                DataPlane.running(fleet.data().resolve("postgres")).orElseThrow(), Clock.systemUTC())) {
            return data.usage()
                    .count(UsageFilter.between(Instant.MIN, Instant.MAX).ofKey(key));
        }
    }

    private static boolean has(JsonNode list, long id) {
        for (JsonNode one : list) {
            if (one.asLong() == id || one.path("id").asLong() == id) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aRevocationReachesEdgesAndAUsedUpQuotaReachesAll() throws Exception {
        JsonNode key = created("phone", "--quota", "5/day");
        long id = key.path("id").asLong();
        assertThat(ask(key.path("key").asText())).isEqualTo(200);
        assertThat(usage(UUID.randomUUID(), events(id, 3)).statusCode()).isEqualTo(204);
        assertThat(isTold(
                        json -> json.path("keys").findValues("exhausted_until").isEmpty()))
                .as("four of five")
                .isTrue();
        UUID last = UUID.randomUUID();
        String content = events(id, 1);
        assertThat(usage(last, content).statusCode()).isEqualTo(204);
        assertThat(usage(last, content).statusCode()).isEqualTo(204);
        until(
                "edges know that the quota is used up",
                () -> isTold(json -> json.path("keys").findValues("exhausted_until").stream()
                        .anyMatch(until -> until.asLong() > System.currentTimeMillis())));
        assertThat(ask(key.path("key").asText())).as("at the gateway").isEqualTo(429);
        assertThat(rows(id))
                .as("what was sent twice is there once; the gateway's own two")
                .isBetween(4L, 6L);
        tool.run("keys", "revoke", Long.toString(id));
        until("edges know that the key is revoked", () -> isTold(json -> has(json.path("revoked"), id)));
        assertThat(ask(key.path("key").asText())).isEqualTo(401);
    }

    @Test
    void purgesAndBatchesOutlastAKill() throws Exception {
        UUID batch = UUID.randomUUID();
        String content = events(4_711, 20);
        assertThat(usage(batch, content).statusCode()).isEqualTo(204);
        assertThat(tool.run("cache", "purge", "--tag", "README.md").code()).isZero();
        assertThat(isTold(json -> json.path("purges")
                        .path("last")
                        .path(0)
                        .path("tag")
                        .asText()
                        .equals("README.md")))
                .isTrue();
        fleet.kill();
        fleet = FleetProcess.up(home, home.resolve("data")).awaitReady();
        assertThat(isTold(json -> json.path("purges")
                        .path("last")
                        .path(0)
                        .path("tag")
                        .asText()
                        .equals("README.md")))
                .isTrue();
        assertThat(usage(batch, content).statusCode())
                .as("a batch that is replayed")
                .isEqualTo(204);
        assertThat(rows(4_711)).isEqualTo(20);
    }

    @Test
    void whilePostgreSqlHangsABatchIs503AndLaterItCountsOnce() throws Exception {
        long server = Long.parseLong(Files.readAllLines(fleet.data().resolve("postgres/cluster/postmaster.pid"))
                .getFirst());
        long[] all = Stream.concat(
                        Stream.of(ProcessHandle.of(server).orElseThrow()),
                        ProcessHandle.of(server).orElseThrow().children())
                .mapToLong(ProcessHandle::pid)
                .toArray();
        UUID batch = UUID.randomUUID();
        String content = events(4_712, 10);
        signal(all, "STOP");
        try {
            HttpResponse<String> away = usage(batch, content);
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.headers().firstValue("retry-after")).isPresent();
            assertThat(sync(token).statusCode())
                    .as("what is known is told all the same")
                    .isEqualTo(200);
        } finally {
            signal(all, "CONT");
        }
        until("the batch is taken", () -> usage(batch, content).statusCode() == 204);
        assertThat(usage(batch, content).statusCode()).isEqualTo(204);
        assertThat(rows(4_712)).isEqualTo(10);
    }

    private static void signal(long[] processes, String name) throws Exception {
        for (long pid : processes) {
            if (ProcessHandle.of(pid).isPresent()) {
                new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor();
            }
        }
    }
}
