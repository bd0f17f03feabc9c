package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.gateway.RemoteEdges;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What edges are told and what becomes of what they tell. */
class FleetEdgesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 1 << 16;

    @TempDir
    Path folder;

    private final AtomicLong millis = new AtomicLong(1_764_000_000_000L);
    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EdgeMeters meters = new EdgeMeters(registry);
    private final Batches batches = new Batches();
    private final List<KnownKeys.Known> gateway = new ArrayList<>();
    private final KnownKeys keys = new KnownKeys(gateway::add);
    private PurgeLog purges;
    private FleetEdges edges;

    @BeforeEach
    void open() {
        purges = PurgeLog.open(folder.resolve("purges"), millis::get);
        edges = new FleetEdges(
                new FleetEdges.Config(5_000, 86_400_000, MAX_BYTES, 20), keys, purges, batches, meters, nanos::get);
        edges.watch(() -> new FleetEdges.Brain("healthy", "v1"));
    }

    private static KeyState revoked(long id) {
        return new KeyState(id, true, null, List.of(), Set.of());
    }

    private JsonNode sync() throws IOException {
        return JSON.readTree(edges.sync(null).content());
    }

    private double count(String name, String... tags) {
        return registry.find(name).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void theTokenIsTheOnlyOne() {
        assertThat(edges.knows("")).isFalse();
        edges.token("secret");
        assertThat(edges.knows("secret")).isTrue();
        for (String wrong : List.of("", "secre", "secrets", "Secret", "secret ")) {
            assertThat(edges.knows(wrong)).as(wrong).isFalse();
        }
        edges.token("");
        assertThat(edges.knows("secret")).isFalse();
        assertThat(edges.knows("")).isFalse();
    }

    @Test
    void everythingThatAnEdgeHasToKnowIsThere() throws IOException {
        keys.book(
                List.of(
                        revoked(7),
                        new KeyState(
                                42,
                                false,
                                new RateLimit(60, 60_000, 10),
                                List.of(new Quota(1_000, Quota.Period.DAY)),
                                Set.of("query"),
                                List.of("192.0.2.0/24"),
                                5,
                                0,
                                3,
                                "gold")),
                Map.of("ab".repeat(32), new KeyToken(1, 9, 2, 0, "default")));
        purges.add("query", "notes/a.md", null);
        edges.hot(List.of("query:0123"));
        edges.wanted(List.of("query:4567"));
        assertThat(sync())
                .isEqualTo(JSON.readTree("{\"version\":1,\"hold_ms\":86400000,\"complete\":true,"
                        + "\"brain\":{\"status\":\"healthy\",\"index\":\"v1\"},\"revoked\":[7],"
                        + "\"keys\":[{\"id\":42,\"rate\":{\"requests\":60,\"period_ms\":60000,\"burst\":10},"
                        + "\"quotas\":[{\"requests\":1000,\"period\":\"day\"}],\"scopes\":[\"query\"],"
                        + "\"addresses\":[\"192.0.2.0/24\"],\"valid_until\":5,\"max_concurrent\":3,\"plan\":\"gold\"}],"
                        + "\"imported\":{\"" + "ab".repeat(32) + "\":{\"secret_version\":1,\"key_id\":9,\"user_id\":2,"
                        + "\"expires\":0,\"plan\":\"default\"}},\"purges\":{\"floor\":0,\"last\":[{\"seq\":1,"
                        + "\"at\":1764000005000,\"route\":\"query\",\"tag\":\"notes/a.md\",\"key\":null}]},"
                        + "\"hot\":[\"query:0123\"],\"wanted\":[\"query:4567\"]}"));
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() {
        String tag = Objects.requireNonNull(edges.sync(null).fields().first("etag"));
        RemoteEdges.Answer same = edges.sync(tag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.content()).isEmpty();
        assertThat(same.fields().first("fleet-poll-after")).isEqualTo("5000");
        assertThat(edges.sync("W/" + tag).status()).as("weakened by a tunnel").isEqualTo(304);
        assertThat(edges.sync("\"other\", " + tag).status()).isEqualTo(304);
        keys.book(List.of(revoked(7)), Map.of());
        assertThat(edges.sync(tag).status()).isEqualTo(200);
        assertThat(count("fleet.edge.syncs", "outcome", "unchanged")).isEqualTo(3);
        assertThat(count("fleet.edge.syncs", "outcome", "changed")).isEqualTo(2);
    }

    @Test
    void whatIsWantedIsLeftOutFirst() throws IOException {
        List<String> hot = java.util.stream.IntStream.range(0, 900)
                .mapToObj("query:%064x"::formatted)
                .toList();
        edges.hot(hot);
        edges.wanted(List.of("query:4567"));
        assertThat(sync().path("hot")).hasSizeBetween(800, 899);
        assertThat(sync().path("wanted")).isEmpty();
        assertThat(sync().path("complete").asBoolean()).isTrue();
        edges.hot(hot.subList(0, 800));
        assertThat(sync().path("hot")).hasSize(800);
        assertThat(sync().path("wanted")).hasSize(1);
    }

    @Test
    void revokedKeysAreTheLastThatAreLeftOut() throws IOException {
        List<KeyState> states = new ArrayList<>();
        for (long id = 1; id <= 3_000; id++) {
            states.add(revoked(id));
            states.add(new KeyState(10_000 + id, false, null, List.of(), Set.of("query"), List.of(), 0, 0, 0));
        }
        keys.book(states, Map.of());
        edges.hot(List.of("query:0123"));
        RemoteEdges.Answer answer = edges.sync(null);
        assertThat(answer.content()).hasSizeLessThanOrEqualTo(MAX_BYTES);
        JsonNode json = JSON.readTree(answer.content());
        assertThat(json.path("complete").asBoolean()).isFalse();
        assertThat(json.path("revoked")).hasSize(3_000);
        assertThat(json.path("keys")).isNotEmpty().hasSizeLessThan(3_000);
        assertThat(json.path("hot")).isEmpty();
        assertThat(registry.get("fleet.edge.sync.incomplete").gauge().value()).isEqualTo(1);
        keys.book(List.of(), Map.of());
        assertThat(sync().path("complete").asBoolean()).isTrue();
        assertThat(registry.get("fleet.edge.sync.incomplete").gauge().value()).isZero();
    }

    @Test
    void edgesThatAskTooOftenAreToldToWaitAndLaterAreNot() {
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < 100; i++) {
                edges.sync(null);
            }
            nanos.addAndGet(1_000_000_000L);
        }
        long wait =
                Long.parseLong(Objects.requireNonNull(edges.sync(null).fields().first("fleet-poll-after")));
        assertThat(wait).isGreaterThanOrEqualTo(25_000).isLessThanOrEqualTo(600_000);
        for (int round = 0; round < 12; round++) {
            nanos.addAndGet(11_000_000_000L);
            edges.sync(null);
        }
        assertThat(edges.sync(null).fields().first("fleet-poll-after")).isEqualTo("5000");
    }

    @Test
    void aBatchIsTakenOnceHoweverOftenItComes() {
        String id = UUID.randomUUID().toString();
        byte[] content = Batches.content(10).getBytes(StandardCharsets.UTF_8);
        assertThat(edges.usage(id, content).status()).isEqualTo(204);
        assertThat(edges.usage(id, content).status()).isEqualTo(204);
        assertThat(batches.events()).isEqualTo(10);
        assertThat(count("fleet.edge.batches", "outcome", "written", "way", "call"))
                .isEqualTo(1);
        assertThat(count("fleet.edge.batches", "outcome", "seen", "way", "call"))
                .isEqualTo(1);
        assertThat(count("fleet.edge.events")).isEqualTo(10);
    }

    private static final String KEY = "query:" + "0123456789abcdef".repeat(4);

    private OfferedAnswers offered() {
        OfferedAnswers offered = new OfferedAnswers(new ScriptedAnswers(), purges, meters, millis::get);
        edges.offered(offered);
        return offered;
    }

    private static byte[] asking(int times) {
        return Batches.content(1)
                .replaceFirst("}$", ",\"asked\":{\"" + KEY + "\":" + times + "}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatABatchSaysOfKeysCountsOnceHoweverOftenItComes() {
        OfferedAnswers offered = offered();
        String id = UUID.randomUUID().toString();
        byte[] content = asking(3);
        for (int i = 0; i < 5; i++) {
            assertThat(edges.usage(id, content).status()).isEqualTo(204);
        }
        assertThat(offered.hottest(9)).containsExactly(KEY);
        millis.addAndGet(2 * 3_600_000);
        assertThat(offered.hottest(9))
                .as("three are forgotten after two hours, six are not")
                .isEmpty();
        batches.away = true;
        edges.usage(UUID.randomUUID().toString(), asking(1_000_000));
        assertThat(offered.hottest(9)).as("not taken").isEmpty();
    }

    @Test
    void anAnswerThatIsHandedOverIsTakenWhereItIsWanted() {
        byte[] answer = ScriptedAnswers.envelope(KEY, millis.get(), "v1");
        assertThat(edges.offer(answer).status()).as("nothing is kept in KV").isEqualTo(409);
        OfferedAnswers offered = offered();
        assertThat(edges.usage(UUID.randomUUID().toString(), asking(3)).status())
                .isEqualTo(204);
        offered.want(List.of(KEY));
        assertThat(registry.get("fleet.edge.wanted").gauge().value()).isEqualTo(1);
        assertThat(edges.offer(new byte[] {'{'}).status()).isEqualTo(400);
        assertThat(edges.offer(answer).status()).isEqualTo(204);
        assertThat(edges.offer(answer).status()).isEqualTo(409);
        assertThat(count("fleet.edge.offers", "outcome", "taken")).isEqualTo(1);
        assertThat(count("fleet.edge.offers", "outcome", "bad")).isEqualTo(1);
    }

    @Test
    void aBadBatchIsRefusedWithItsPlaceAndLeavesNothing() throws IOException {
        byte[] good = Batches.content(2).getBytes(StandardCharsets.UTF_8);
        for (String id : new String[] {null, "", "1", "not-a-uuid", UUID.randomUUID() + ", " + UUID.randomUUID()}) {
            assertThat(edges.usage(id, good).status()).as(id).isEqualTo(400);
        }
        byte[] bad =
                Batches.content(2).replace("\"status\":200", "\"status\":0").getBytes(StandardCharsets.UTF_8);
        RemoteEdges.Answer answer = edges.usage(UUID.randomUUID().toString(), bad);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(JSON.readTree(answer.content()).path("detail").asText()).startsWith("events[0].status:");
        assertThat(batches.taken).isEmpty();
        assertThat(count("fleet.edge.batches", "outcome", "bad")).isEqualTo(6);
    }

    @Test
    void aDatabaseThatIsAwayIs503AndTellsNothingOfItself() {
        batches.away = true;
        byte[] content = Batches.content(1).getBytes(StandardCharsets.UTF_8);
        RemoteEdges.Answer answer = edges.usage(UUID.randomUUID().toString(), content);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.fields().first("retry-after")).isEqualTo("5");
        assertThat(new String(answer.content(), StandardCharsets.UTF_8)).doesNotContain("PostgreSQL");
        assertThat(count("fleet.edge.batches", "outcome", "away")).isEqualTo(1);
    }

    @Test
    void anExhaustedKeyIsToldToOthersAndToTheGatewayOnlyWhereItDoesNotKnow() throws IOException {
        keys.book(List.of(revoked(7)), Map.of());
        keys.exhausted(new KnownKeys.Exhausted(Map.of(1L, 100L, 2L, 200L, 7L, 300L), Map.of(2L, 200L)));
        JsonNode json = sync();
        assertThat(json.path("keys").findValuesAsText("id")).containsExactly("1", "2");
        assertThat(json.path("keys").path(1).path("exhausted_until").asLong()).isEqualTo(200);
        assertThat(json.path("revoked")).hasSize(1);
        assertThat(gateway.getLast().states()).containsOnlyKeys(2L, 7L);
        keys.exhausted(new KnownKeys.Exhausted(Map.of(), Map.of()));
        assertThat(sync().path("keys")).isEmpty();
        assertThat(gateway.getLast().states()).containsOnlyKeys(7L);
    }
}
