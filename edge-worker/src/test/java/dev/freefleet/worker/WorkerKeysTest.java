package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Keys at the Worker: what a forged one costs, when a revocation is seen, and what holds while the fleet is away. */
class WorkerKeysTest {
    private static final Path NOWHERE = Path.of("nowhere");
    private static final long NOON = 1_790_078_400_000L;

    @Test
    void aForgedKeyCausesNoSubrequest() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            String key = edge.key(7, "default");
            String forged = key.substring(0, key.length() - 12) + "AAAAAAAAAAAA";
            for (int i = 0; i < 50; i++) {
                assertThat(asked(edge, "/query?q=forged", forged, NOON)).isEqualTo(401);
            }
            // Time stands still, so that their events wait to leave together.
            for (String kind :
                    new String[] {"cache_match", "cache_put", "kv_get", "kv_put", "origin", "sync", "usage"}) {
                assertThat(edge.subrequests(kind)).as(kind).isZero();
            }
            assertThat(edge.origin.requests()).isZero();
        }
    }

    @Test
    void aRevocationIsSeenWithinFifteenSeconds() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            String key = edge.key(7, "default");
            assertThat(asked(edge, "/query?q=mine", key, NOON)).isEqualTo(200);
            edge.fleet.revoke(7);
            long now = NOON;
            int status = 200;
            while (status == 200 && now < NOON + 15_000) {
                now += 500;
                status = asked(edge, "/query?q=mine", key, now);
            }
            assertThat(status).isEqualTo(401);
        }
    }

    /** A request that began before the fleet's word and waited for something else meanwhile goes by that word too. */
    @Test
    void aRevocationIsSeenByRequestsThatWereUnderWay() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            String key = edge.key(7, "default");
            assertThat(asked(edge, "/query?q=before", key, NOON)).isEqualTo(200);
            edge.fleet.revoke(7);
            String later = Long.toString(NOON + 60_000);
            CompletableFuture<HttpResponse<String>> held =
                    edge.sendAsync("/query?q=held", "X-API-Key", key, "Fleet-Test-Ms", later, "Fleet-Test-Held", "yes");
            Await.until("it is under way", () -> edge.get("/test/held").body().equals("1"));
            assertThat(asked(edge, "/query?q=news", edge.key(8, "default"), NOON + 60_000))
                    .isEqualTo(200);
            edge.get("/test/held", "Fleet-Test-Release", "yes");
            assertThat(held.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void anImportedKeyHoldsAsLongAsWhatTheFleetSaid() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            edge.fleet.holdMillis = 60_000;
            edge.fleet.imported("from-elsewhere", 9);
            assertThat(asked(edge, "/query?q=mine", "from-elsewhere", NOON)).isEqualTo(200);
            assertThat(asked(edge, "/query?q=mine", "unknown-there", NOON)).isEqualTo(401);
            edge.fleet.status = 503;
            assertThat(asked(edge, "/query?q=mine", "from-elsewhere", NOON + 30_000))
                    .isEqualTo(200);
            for (int i = 0; i < 5; i++) {
                assertThat(asked(edge, "/query?q=mine", "from-elsewhere", NOON + 120_000 + i))
                        .isEqualTo(503);
            }
            edge.fleet.status = 0;
            assertThat(asked(edge, "/query?q=mine", "from-elsewhere", NOON + 240_000))
                    .isEqualTo(200);
        }
    }

    @Test
    void withoutAnyWordOfTheFleetImportedKeysAreAnswered503() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            edge.fleet.status = 503;
            for (int i = 0; i < 5; i++) {
                assertThat(asked(edge, "/query?q=mine", "from-elsewhere", NOON + i))
                        .isEqualTo(503);
            }
        }
    }

    /** Then a key of which nothing is said may be one of those that were left out: nobody is told that it is none. */
    @Test
    void whereTheFleetsWordHasNoRoomForAllKeysAnUnknownOneIsAnswered503() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            edge.fleet.complete = false;
            edge.fleet.imported("from-elsewhere", 9);
            edge.fleet.key(8, "\"scopes\":[]");
            edge.fleet.revoke(7);
            assertThat(asked(edge, "/query?q=mine", "from-elsewhere", NOON)).isEqualTo(200);
            assertThat(asked(edge, "/query?q=mine", "unknown-there", NOON)).isEqualTo(503);
            assertThat(asked(edge, "/query?q=mine", edge.key(8, "default"), NOON))
                    .isEqualTo(200);
            assertThat(asked(edge, "/query?q=mine", edge.key(6, "default"), NOON))
                    .isEqualTo(503);
            assertThat(asked(edge, "/query?q=mine", edge.key(7, "default"), NOON))
                    .isEqualTo(401);
            String forged = edge.key(8, "default").replaceFirst(".{12}$", "AAAAAAAAAAAA");
            assertThat(asked(edge, "/query?q=mine", forged, NOON)).isEqualTo(401);
        }
    }

    /** It is not the fault of who shows such a key that its word had no room; and it locks nobody out who shares their address. */
    @Test
    void keysThatWereLeftOutCountAgainstNobody() throws Exception {
        UnaryOperator<String> few = policy -> policy.replaceFirst(
                "(\"refused_key_rate\": )\\{[^}]*\\}", "$1{\"requests\": 3, \"period_ms\": 3600000, \"burst\": 3}");
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"), few, "{}", NOWHERE)) {
            edge.fleet.complete = false;
            edge.fleet.imported("from-elsewhere", 9);
            for (int i = 0; i < 5; i++) {
                assertThat(edge.get("/query?q=a", "X-API-Key", "left-out").statusCode())
                        .isEqualTo(503);
            }
            assertThat(edge.get("/query?q=a", "X-API-Key", "from-elsewhere").statusCode())
                    .isEqualTo(200);
        }
    }

    /** A quota comes to be known while the content is under way, and one step more is to be taken before it. */
    @Test
    void whatComesToBeKnownMeanwhileLosesNoContent() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            String key = edge.key(7, "default");
            assertThat(asked(edge, "/query?q=a", key, NOON)).isEqualTo(200);
            String json = "{\"query\":\"slowly\"}";
            try (RawClient client = RawClient.connect(
                            new InetSocketAddress(
                                    edge.url().getHost(), edge.url().getPort()),
                            0,
                            60_000)
                    .send("POST /query HTTP/1.1\r\nHost: worker\r\nX-API-Key: " + key
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n"
                            + json.substring(0, 5))) {
                Await.until("it is under way", () -> edge.metric("fleet_edge_requests_under_way") == 1);
                edge.fleet.key(7, "\"quotas\":[{\"requests\":1000,\"period\":\"day\"}]");
                assertThat(asked(edge, "/query?q=news", edge.key(8, "default"), NOON + 60_000))
                        .isEqualTo(200);
                assertThat(client.send(json.substring(5)).answer().status()).isEqualTo(200);
            }
        }
    }

    /** What it has said holds; only who comes when it falls silent waits, and it is asked behind the backs of the others. */
    @Test
    void aFleetThatHangsMakesOneMomentWaitAtMost() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            String key = edge.key(7, "default");
            assertThat(edge.get("/query?q=a", "X-API-Key", key).statusCode()).isEqualTo(200);
            edge.fleet.hangs = true;
            int waited = 0;
            long end = System.nanoTime() + 25_000_000_000L;
            while (System.nanoTime() < end) {
                long began = System.nanoTime();
                assertThat(edge.get("/query?q=a", "X-API-Key", key).statusCode())
                        .isEqualTo(200);
                waited += System.nanoTime() - began > 2_500_000_000L ? 1 : 0;
                Thread.sleep(200);
            }
            assertThat(waited).isLessThanOrEqualTo(1);
            assertThat(edge.fleet.syncs.get()).as("it is asked again").isGreaterThan(2);
        }
    }

    /** An isolate that was idle does not know that the fleet is back, and asks before it lets a key pass. */
    @Test
    void whoComesAfterAPauseWaitsForAFleetThatWasAwayBefore() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            String key = edge.key(7, "default");
            assertThat(asked(edge, "/query?q=a", key, NOON)).isEqualTo(200);
            edge.fleet.status = 503;
            assertThat(asked(edge, "/query?q=a", key, NOON + 20_000)).isEqualTo(200);
            edge.fleet.status = 0;
            edge.fleet.revoke(7);
            assertThat(asked(edge, "/query?q=a", key, NOON + 60_000)).isEqualTo(401);
        }
    }

    @Test
    void aKeyWhoseQuotaIsUsedUpElsewhereIsAnswered429UntilItsDayIsOver() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            long midnight = NOON + 12 * 3_600_000;
            edge.fleet.key(7, "\"exhausted_until\":" + midnight);
            HttpResponse<String> refused = edge.get(
                    "/query?q=mine", "X-API-Key", edge.key(7, "default"), "Fleet-Test-Ms", Long.toString(NOON));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).contains(Integer.toString(12 * 3_600));
            assertThat(asked(edge, "/query?q=mine", edge.key(8, "default"), NOON))
                    .isEqualTo(200);
            assertThat(edge.origin.requests()).isEqualTo(1);
            assertThat(asked(edge, "/query?q=mine", edge.key(7, "default"), midnight + 1))
                    .isEqualTo(200);
        }
    }

    /** The fleet says how often it likes to be asked; half of that is too early even with the jitter of a tenth. */
    @Test
    void theFleetIsAskedNoMoreOftenThanItSays() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.timed(exchange -> exchange.json("{}"), NOON)) {
            edge.fleet.pollAfterMillis = 60_000;
            String key = edge.key(7, "default");
            for (long now = NOON; now < NOON + 600_000; now += 5_000) {
                assertThat(asked(edge, "/query?q=often", key, now)).isEqualTo(200);
            }
            assertThat(edge.fleet.syncs.get()).isBetween(9, 12);
        }
    }

    @Test
    void whereNoKeyIsNeededNoneIsLookedAt() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            edge.fleet.status = 503;
            assertThat(edge.get("/health/live", "X-API-Key", "junk").statusCode())
                    .isEqualTo(200);
            assertThat(edge.fleet.syncs).hasValue(0);
            assertThat(edge.get("/open/for-all", "X-API-Key", "junk").statusCode())
                    .isEqualTo(200);
            assertThat(edge.get("/open/for-all", "Authorization", "Basic anVuazpqdW5r")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aTextThatIsNoKeyCausesNoSubrequestOnceItsAddressAsksTooOften() throws Exception {
        UnaryOperator<String> once = policy -> policy.replaceFirst(
                "(\"address_rate\": )\\{[^}]*\\}", "$1{\"requests\": 1, \"period_ms\": 3600000, \"burst\": 1}");
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"), once, "{}", NOWHERE)) {
            String key = edge.key(7, "default");
            String forged = key.substring(0, key.length() - 12) + "AAAAAAAAAAAA";
            assertThat(edge.get("/query?q=first", "X-API-Key", forged).statusCode())
                    .isEqualTo(401);
            assertThat(edge.get("/query?q=second", "X-API-Key", "from-elsewhere")
                            .statusCode())
                    .isEqualTo(429);
            assertThat(edge.fleet.syncs).hasValue(0);
            assertThat(edge.subrequests("cache_match")).isZero();
        }
    }

    private static int asked(WorkerUnderTest edge, String target, String key, long nowMillis) {
        return edge.get(target, "X-API-Key", key, "Fleet-Test-Ms", Long.toString(nowMillis))
                .statusCode();
    }

    @Test
    void anIsolateThatIsNewKnowsRevokedKeysBeforeItAnswers() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            edge.fleet.revoke(7);
            assertThat(edge.get("/query?q=mine", "X-API-Key", edge.key(7, "default"))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void withoutAnyWordOfTheFleetKeysAreAnswered503() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            edge.fleet.status = 503;
            HttpResponse<String> response = edge.get("/query?q=mine", "X-API-Key", edge.key(7, "default"));
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).isPresent();
            assertThat(edge.get("/open/for-all").statusCode()).isEqualTo(200);
            assertThat(edge.origin.requests()).isEqualTo(1);
        }
    }

    @Test
    void whatTheFleetSaidLastHoldsForAsLongAsItSaid() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            edge.fleet.holdMillis = 4_000;
            String key = edge.key(7, "default");
            assertThat(edge.get("/query?q=held", "X-API-Key", key).statusCode()).isEqualTo(200);
            edge.fleet.status = 500;
            assertThat(edge.get("/query?q=held", "X-API-Key", key).statusCode()).isEqualTo(200);
            long start = System.nanoTime();
            while (edge.get("/query?q=held", "X-API-Key", key).statusCode() != 503) {
                Thread.sleep(100);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
            }
            edge.fleet.status = 0;
            start = System.nanoTime();
            while (edge.get("/query?q=held", "X-API-Key", key).statusCode() != 200) {
                Thread.sleep(100);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(90));
            }
        }
    }

    @Test
    void anotherProcessGoesByWhatWasSaidLast() throws Exception {
        Path persist = java.nio.file.Files.createTempDirectory(Path.of("target").toAbsolutePath(), "persist");
        try (WorkerUnderTest edge =
                WorkerUnderTest.start(exchange -> exchange.json("{}"), policy -> policy, "{}", persist)) {
            edge.fleet.revoke(8);
            String key = edge.key(7, "default");
            assertThat(edge.get("/query?q=again", "X-API-Key", key).statusCode())
                    .isEqualTo(200);
            dev.freefleet.testkit.Await.until(
                    "its usage is told", () -> !edge.usage().isEmpty());

            edge.fleet.status = 503;
            edge.workerd.kill();
            edge.startAgain();

            HttpResponse<String> hit = edge.get("/query?q=again", "X-API-Key", key);
            assertThat(hit.statusCode()).isEqualTo(200);
            assertThat(hit.headers().firstValue("cache-status").orElse("")).contains("hit");
            assertThat(edge.get("/query?q=again", "X-API-Key", edge.key(8, "default"))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void limitsOfTheBindingsHoldToo() throws Exception {
        String limits = "{\"KEY_LIMIT\":{\"namespace_id\":\"1\",\"simple\":{\"limit\":5,\"period\":60}}}";
        try (WorkerUnderTest edge =
                WorkerUnderTest.start(exchange -> exchange.json("{}"), policy -> policy, limits, NOWHERE)) {
            String key = edge.key(7, "default");
            int refused = 0;
            for (int i = 0; i < 20; i++) {
                int status = edge.get("/query?q=limited", "X-API-Key", key).statusCode();
                assertThat(status).isIn(200, 429);
                refused += status == 429 ? 1 : 0;
            }
            assertThat(refused).isGreaterThanOrEqualTo(10);
            assertThat(edge.get("/query?q=limited", "X-API-Key", edge.key(8, "default"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    /** The binding has one limit for all keys. */
    @Test
    void aKeyThatMayAskForMoreThanTheBindingCountsIsNotCountedByIt() throws Exception {
        String limits = "{\"KEY_LIMIT\":{\"namespace_id\":\"1\",\"simple\":{\"limit\":5,\"period\":60}}}";
        UnaryOperator<String> five = policy -> policy.replaceFirst("\"key_limit\": \\d+", "\"key_limit\": 5");
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"), five, limits, NOWHERE)) {
            String key = edge.key(7, "default");
            for (int i = 0; i < 20; i++) {
                assertThat(edge.get("/query?q=much", "X-API-Key", key).statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void theBindingByAddressHoldsForAllKeysOfAnAddressAndForNoOther() throws Exception {
        String limits = "{\"ADDRESS_LIMIT\":{\"namespace_id\":\"2\",\"simple\":{\"limit\":5,\"period\":60}}}";
        try (WorkerUnderTest edge =
                WorkerUnderTest.start(exchange -> exchange.json("{}"), policy -> policy, limits, NOWHERE)) {
            int refused = 0;
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> answer = edge.get(
                        "/query?q=limited",
                        "X-API-Key",
                        edge.key(7 + i % 2, "default"),
                        "CF-Connecting-IP",
                        "203.0.113.9");
                assertThat(answer.statusCode()).isIn(200, 429);
                refused += answer.statusCode() == 429 ? 1 : 0;
            }
            assertThat(refused).isGreaterThanOrEqualTo(10);
            assertThat(edge.get(
                                    "/query?q=limited",
                                    "X-API-Key",
                                    edge.key(7, "default"),
                                    "CF-Connecting-IP",
                                    "203.0.113.10")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void theClientsAddressIsTheOneThatCloudflareTells() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(
                exchange -> exchange.json("{\"for\":\"" + exchange.head().field("x-forwarded-for") + "\",\"key\":\""
                        + exchange.head().field("x-api-key") + "\"}"))) {
            HttpResponse<String> response =
                    edge.get("/open/who", "CF-Connecting-IP", "203.0.113.9", "X-Forwarded-For", "6.6.6.6");
            assertThat(response.body()).isEqualTo("{\"for\":\"203.0.113.9\",\"key\":\"brain's own\"}");
        }
    }

    @Test
    void noSecretIsTold() throws IOException {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            String key = edge.key(7, "default");
            edge.get("/query?q=secret-question", "X-API-Key", key);
            String told = edge.get("/metrics").body() + edge.get("/health").body() + edge.workerd.log();
            assertThat(told)
                    .contains("fleet_edge_requests_total{route=\"query\",status=\"2xx\",cache=\"miss\"} 1")
                    .doesNotContain(key, TestFleet.TOKEN, "secret-question", "brain's own");
            assertThat(URI.create(edge.url() + "/metrics")).isNotNull();
        }
    }
}
