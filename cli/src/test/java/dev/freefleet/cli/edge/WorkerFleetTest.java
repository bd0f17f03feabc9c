package dev.freefleet.cli.edge;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
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
        String edge = "  drain-every: 1s\n  kv-every: 1s\n";
        fleet = new WorkerFleet(
                folder.resolve("home"),
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
        emptyCacheApi(); // as in another place of Cloudflare's
        fleet.startWorker();
        HttpResponse<String> elsewhere = ask("whales", key);
        assertThat(elsewhere.statusCode()).isEqualTo(200);
        assertThat(elsewhere.headers().firstValue("cache-status").orElse("")).contains("hit");
        assertThat(metrics())
                .contains("fleet_edge_subrequests_total{kind=\"kv_get\"} 1\n")
                .contains("fleet_edge_subrequests_total{kind=\"origin\"} 0\n");
    }

    private String metrics() throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create(fleet.worker().url() + "metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private void emptyCacheApi() throws IOException {
        try (Stream<Path> all = Files.walk(storage().resolve("cache"))) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path storage() {
        return folder.resolve("storage").toAbsolutePath();
    }
}
