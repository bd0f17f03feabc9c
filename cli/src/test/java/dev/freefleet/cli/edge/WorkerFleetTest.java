package dev.freefleet.cli.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Worker in the runtime that Cloudflare runs, in front of a whole fleet, whose gateway is its origin. */
@Timeout(300)
class WorkerFleetTest {
    private static final Duration REVOKED_WITHIN = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private TestOrigin brain;
    private WorkerFleet fleet;

    @BeforeEach
    void start() throws Exception {
        brain = TestOrigin.start(WorkerFleetTest::answer);
        Files.createDirectories(storage());
        fleet = started("home", "");
    }

    private WorkerFleet started(String home, String more) throws Exception {
        String edge = "  drain-every: 1s\n  kv-every: 1s\n" + more;
        return new WorkerFleet(
                folder.resolve(home),
                brain.url(),
                edge,
                options -> options.put("persist", storage().toString()));
    }

    @AfterEach
    void stop() throws Exception {
        fleet.close();
        client.close();
        brain.close();
    }

    private static void answer(OriginExchange exchange) throws IOException {
        if (exchange.target().equals("/health")) {
            exchange.json("{\"status\":\"healthy\",\"last_update\":\"version 1\"}");
        } else {
            exchange.json("{\"answer\":\"about " + exchange.text().length() + "\",\"sources\":[{\"id\":\"a.md\"}]}");
        }
    }

    private HttpResponse<String> ask(String question, WorkerFleet.Key key) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(fleet.worker().url() + "query"))
                        .header("X-API-Key", key.text())
                        .header("CF-Connecting-IP", "203.0.113.7")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"" + question + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String served(String question, WorkerFleet.Key key) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(question, key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("x-request-id").orElseThrow();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + 90_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("within 90 s: " + what).isLessThan(end);
            Thread.sleep(100);
        }
    }

    private List<UsageEvent> events(WorkerFleet.Key key) {
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
        return fleet.events(key, hour.minus(Duration.ofHours(1)), hour.plus(Duration.ofHours(1)));
    }

    @Test
    void usageArrivesOnceByTheWorkerAloneAndARevocationIsSeen() throws Exception {
        WorkerFleet.Key key = fleet.created("phone");
        List<String> sent = new ArrayList<>();
        sent.add(served("whales", key));
        assertThat(ask("whales", fleet.created("tablet"))
                        .headers()
                        .firstValue("cache-status")
                        .orElse(""))
                .contains("hit");
        for (int i = 0; i < 40; i++) {
            sent.add(served(i % 2 == 0 ? "whales" : "animal " + i, key));
        }
        until("all usage is in PostgreSQL", () -> fleet.rows(key) >= sent.size());
        List<UsageEvent> events = events(key);
        assertThat(events.stream().map(UsageEvent::id)).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(events.stream().map(UsageEvent::node).distinct())
                .as("the gateway, which misses went through, records nothing of them")
                .containsExactly("cloudflare");
        assertThat(brain.exchanges()).allSatisfy(exchange -> {
            assertThat(exchange.head().field("fleet-edge")).isNull();
            assertThat(exchange.head().field("fleet-client")).isNull();
        });

        assertThat(brain.exchanges().stream()
                        .filter(exchange -> exchange.target().startsWith("/query"))
                        .map(exchange -> exchange.head().field("x-forwarded-for"))
                        .distinct())
                .as("the client's address, by the Worker and the gateway")
                .containsExactly("203.0.113.7");

        long revoked = System.nanoTime();
        assertThat(fleet.tool().run("keys", "revoke", Long.toString(key.id())).code())
                .isZero();
        until("the Worker refuses the key", () -> ask("whales", key).statusCode() == 401);
        assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(REVOKED_WITHIN);
    }

    @Test
    void usageThatWasParkedWhileTheFleetWasAwayComesHomeOnce() throws Exception {
        WorkerFleet.Key key = fleet.created("phone");
        List<String> sent = new ArrayList<>();
        sent.add(served("whales", key));
        until("its usage has arrived", () -> fleet.rows(key) == 1);
        fleet.fleet().kill();
        for (int i = 0; i < 30; i++) {
            sent.add(served("whales", key));
        }
        assertThat(ask("something new", key).statusCode())
                .as("what only the origin knows")
                .isIn(502, 503);
        until("usage is parked", () -> !fleet.inKv("usage/").isEmpty());
        fleet.up();
        until("what was parked has come home", () -> fleet.rows(key) == sent.size() + 1);
        until("and is deleted", () -> fleet.inKv("usage/").isEmpty());
        long listed = fleet.door.lists.get();
        until("the fleet has looked again", () -> fleet.door.lists.get() > listed + 1);
        assertThat(events(key).stream().map(UsageEvent::id))
                .hasSize(sent.size() + 1)
                .doesNotHaveDuplicates()
                .containsAll(sent);
        assertThat(fleet.door.deletes.get()).isPositive();
    }

    @Test
    void theHottestAnswersAreInKvAndServedElsewhereWithoutTheOrigin() throws Exception {
        WorkerFleet.Key key = fleet.created("phone");
        served("whales", key);
        until("the answer is in KV", () -> fleet.inKv("answer/").size() == 1);
        assertThat(fleet.inKv("answer/").getFirst()).startsWith("answer/query:");
        long listed = fleet.door.lists.get();
        until("the fleet says that it is hot", () -> fleet.door.lists.get() > listed + 1);

        fleet.killWorker();
        WorkerFleet.emptyCacheApi(storage()); // as in another place of Cloudflare's
        fleet.startWorker();
        HttpResponse<String> elsewhere = ask("whales", key);
        assertThat(elsewhere.statusCode()).isEqualTo(200);
        assertThat(elsewhere.headers().firstValue("cache-status").orElse("")).contains("hit");
        assertThat(metrics())
                .contains("fleet_edge_subrequests_total{kind=\"kv_get\"} 1\n")
                .contains("fleet_edge_subrequests_total{kind=\"origin\"} 0\n");
    }

    @Test
    void answersOfEdgesAreWantedWhereTheyAskTheBrainItselfAndNowhereElse() throws Exception {
        String key = "query:" + "0123456789abcdef".repeat(4);
        tellAsked(key);
        long listed = fleet.door.lists.get();
        until("the fleet has decided what it wants", () -> fleet.door.lists.get() > listed + 2);
        assertThat(sync().path("wanted")).isEmpty();
        assertThat(offer(key)).isEqualTo(409);
        fleet.close();

        fleet = started("another", "  brain-url: " + brain.url() + "\n");
        assertThat(offer(key)).as("not wanted yet").isEqualTo(409);
        tellAsked(key);
        until("it is wanted", () -> sync().path("wanted").path(0).asText().equals(key));
        assertThat(offer(key)).isEqualTo(204);
        until("it is in KV", () -> fleet.inKv("answer/").equals(List.of("answer/" + key)));
        until("it is hot", () -> sync().path("hot").path(0).asText().equals(key));
        assertThat(sync().path("wanted")).isEmpty();
        assertThat(fleet.tool().run("cache", "purge", "--tag", "a.md").code()).isZero();
        until("it is wanted again", () -> sync().path("wanted").size() == 1);
        assertThat(sync().path("hot")).isEmpty();
    }

    private JsonNode sync() throws Exception {
        return WorkerFleet.JSON.readTree(client.send(fleet.call("sync").build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** As an edge with one request does. */
    private void tellAsked(String key) throws Exception {
        String batch = "{\"edge\":\"e\",\"events\":[{\"id\":\"%s\",\"time_ms\":%d,\"key_id\":0,\"user_id\":0,"
                        .formatted(UUID.randomUUID(), System.currentTimeMillis())
                + "\"route\":\"query\",\"method\":\"GET\",\"status\":200,\"cache\":\"hit\",\"latency_us\":1,"
                + "\"origin_us\":0,\"bytes_in\":0,\"bytes_out\":0}],\"asked\":{\"" + key + "\":3}}";
        HttpRequest.Builder usage =
                fleet.call("usage").header("Fleet-Batch", UUID.randomUUID().toString());
        assertThat(posted(usage, batch)).isEqualTo(204);
    }

    private int offer(String key) throws Exception {
        String index = sync().path("brain").path("index").asText();
        long now = System.currentTimeMillis();
        String content = "{\"sources\":[{\"id\":\"a.md\"}]}";
        return posted(
                fleet.call("answers"),
                "{\"version\":1,\"key\":\"%s\",\"status\":200,\"fields\":[],\"request_ms\":%d,\"response_ms\":%d,"
                                .formatted(key, now, now)
                        + "\"index\":\"" + index + "\",\"tags\":[],\"length\":" + content.length() + "}\n" + content);
    }

    private int posted(HttpRequest.Builder call, String content) throws Exception {
        return client.send(
                        call.POST(HttpRequest.BodyPublishers.ofString(content)).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private String metrics() throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create(fleet.worker().url() + "metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private Path storage() {
        return folder.resolve("storage").toAbsolutePath();
    }
}
