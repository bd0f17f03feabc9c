package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The way of usage events from the Worker to the fleet. */
class WorkerUsageTest {
    private static final long MIDNIGHT = 1_790_035_200_000L;
    private static final Pattern ID =
            Pattern.compile("\"id\":\"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\"");
    private static final Pattern PARKED = Pattern.compile("\"(usage/[0-9a-f-]{36})\"");

    @Test
    void requestsOfAMomentLeaveInOneBatch() throws Exception {
        long noon = MIDNIGHT + 43_200_000;
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), noon)) {
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                sent.add(asked(edge, noon + i));
            }
            edge.get("/metrics", "Fleet-Test-Ms", Long.toString(noon + 6_000));
            Await.until("all are told", () -> ids(edge.fleet.posted).size() == 40);
            assertThat(ids(edge.fleet.posted)).containsExactlyInAnyOrderElementsOf(sent);
            assertThat(edge.fleet.posted).hasSize(1);
            assertThat(edge.fleet.posted.getFirst()).startsWith("{\"edge\":\"worker\",\"events\":[{\"id\":\"");
        }
    }

    @Test
    void whileTheFleetIsAwayBatchesAreParkedInKv() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            edge.fleet.status = 503;
            String id = edge.get("/open/parked")
                    .headers()
                    .firstValue("x-request-id")
                    .orElseThrow();
            Await.until(
                    "the batch is parked", () -> edge.metric("fleet_edge_usage_events_total{outcome=\"parked\"}") > 0);

            List<String> keys = parked(edge);
            assertThat(keys).hasSize(1);
            assertThat(content(edge, keys.getFirst())).contains("\"id\":\"" + id + "\"");
            assertThat(edge.subrequests("kv_put")).isEqualTo(1);

            edge.fleet.status = 0;
            edge.get("/open/delivered");
            Await.until(
                    "later ones are delivered or parked",
                    () -> edge.metric("fleet_edge_usage_waiting") == 0
                            || ids(edge.fleet.posted).size() == 1);
        }
    }

    private static List<String> parked(WorkerUnderTest edge) {
        Matcher key = PARKED.matcher(edge.workerd.command("{\"op\":\"list\",\"prefix\":\"usage/\"}"));
        List<String> keys = new ArrayList<>();
        while (key.find()) {
            keys.add(key.group(1));
        }
        return keys;
    }

    /** More often than a request looks after a batch, and more often than an isolate may write to KV. */
    @Test
    void aQuietDayWithoutTheFleetIsParkedWithinTheShareOfAnIsolate() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), MIDNIGHT)) {
            edge.fleet.status = 503;
            List<String> sent = new ArrayList<>();
            for (long at = 0; at < 86_400_000; at += 60_000) {
                sent.add(asked(edge, MIDNIGHT + at));
                // Half of the time nobody comes while the batch is looked after.
                edge.get("/metrics", "Fleet-Test-Ms", Long.toString(MIDNIGHT + at + 40_000));
            }
            assertThat(edge.metric("fleet_edge_usage_events_total{outcome=\"dropped\"}"))
                    .isZero();
            assertThat(edge.subrequests("kv_put")).isBetween(200L, 300L);

            edge.fleet.status = 0;
            long later = MIDNIGHT + 86_400_000 + 600_000;
            sent.add(asked(edge, later));
            Await.until("all of it has left", () -> {
                edge.get("/metrics", "Fleet-Test-Ms", Long.toString(later + 600_000));
                return edge.metric("fleet_edge_usage_waiting") == 0;
            });
            List<String> batches = new ArrayList<>(edge.fleet.batches.values());
            parked(edge).forEach(name -> batches.add(content(edge, name)));
            assertThat(ids(batches)).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    private static String asked(WorkerUnderTest edge, long millis) {
        return edge.get("/open/quiet", "Fleet-Test-Ms", Long.toString(millis))
                .headers()
                .firstValue("x-request-id")
                .orElseThrow();
    }

    @Test
    void textOfQuestionsThatIsToBeRedactedDoesNotWaitInKv() throws Exception {
        String batch = parkedBatch("\"park_text\": false");
        assertThat(batch).doesNotContain("hunter2").contains("\"query_digest\":\"");
    }

    @Test
    void textWaitsInKvWhereNothingIsTakenOutOfIt() throws Exception {
        assertThat(parkedBatch("\"park_text\": true")).contains("\"query_text\":\"password hunter2\"");
    }

    @Test
    void aRouteThatKeepsDigestsSendsAndParksNoText() throws Exception {
        String batch = parkedBatch("\"park_text\": true", "digest");
        assertThat(batch).doesNotContain("hunter2").contains("\"query_digest\":\"");
    }

    @Test
    void aRouteThatKeepsNothingSendsAndParksNoDigestEither() throws Exception {
        String batch = parkedBatch("\"park_text\": true", "off");
        assertThat(batch).doesNotContain("hunter2").contains("\"query_digest\":null");
    }

    /** What waits in KV of a question on the first route. */
    private static String parkedBatch(String member, String... routeKeeps) throws Exception {
        UnaryOperator<String> change = policy -> {
            String with = policy.replaceFirst("\\{", "{" + member + ",");
            return routeKeeps.length == 0
                    ? with
                    : with.replace(
                            "\"name\": \"query\",", "\"name\": \"query\", \"query_text\": \"" + routeKeeps[0] + "\",");
        };
        try (WorkerUnderTest edge =
                WorkerUnderTest.start(exchange -> exchange.json("{}"), change, "{}", Path.of("nowhere"))) {
            String key = edge.key(7, "default");
            assertThat(edge.get("/query?q=password%20hunter2", "X-API-Key", key).statusCode())
                    .isEqualTo(200);
            edge.fleet.status = 503;
            Await.until("it is parked", () -> !parked(edge).isEmpty());
            return content(edge, parked(edge).getFirst());
        }
    }

    private static String content(WorkerUnderTest edge, String name) {
        String answer = edge.workerd.command("{\"op\":\"get\",\"key\":\"" + name + "\"}");
        String base64 = answer.substring("{\"base64\":\"".length(), answer.length() - 2);
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    @Test
    void anEventThatTheFleetRefusesForGoodIsCounted() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            edge.fleet.status = 400;
            edge.get("/open/refused");
            Await.until("it is counted", () -> edge.metric("fleet_edge_usage_events_total{outcome=\"refused\"}") == 1);
            assertThat(parked(edge)).isEmpty();
        }
    }

    static List<String> ids(List<String> batches) {
        List<String> ids = new ArrayList<>();
        for (String batch : batches) {
            Matcher id = ID.matcher(batch);
            while (id.find()) {
                ids.add(id.group(1));
            }
        }
        return ids;
    }
}
