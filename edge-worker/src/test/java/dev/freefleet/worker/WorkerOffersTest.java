package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.edgesync.FleetWriters;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the Worker tells the fleet of the answers that it has, where it asks the Brain itself. */
class WorkerOffersTest {
    private static final long NOON = 1_790_035_200_000L + 43_200_000;
    private static final String KEY = WorkerUnderTest.keyOf(1, "default");
    private static final String WHALES = CacheKeys.of("/query?q=whales");

    @SuppressWarnings("NullAway.Init")
    private WorkerUnderTest edge;

    @AfterEach
    void stop() throws Exception {
        edge.close();
        edge.origin.close();
    }

    private void start(UnaryOperator<String> change) throws IOException {
        edge = WorkerUnderTest.start(WorkerOffersTest::answer, change, "{}", Path.of("nowhere"));
    }

    private void timed() throws IOException {
        edge = WorkerUnderTest.timed(WorkerOffersTest::answer, NOON);
    }

    private static void answer(OriginExchange exchange) throws IOException {
        exchange.json("{\"from\":\"the origin\",\"sources\":[{\"id\":\"a.md\"}]}");
    }

    private HttpResponse<String> ask(String text) {
        HttpResponse<String> answer = edge.get("/query?q=" + text, "X-API-Key", KEY);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer;
    }

    private HttpResponse<String> ask(String text, long millis) {
        return edge.get("/query?q=" + text, "X-API-Key", KEY, "Fleet-Test-Ms", Long.toString(millis));
    }

    private void want(String cacheKey) {
        edge.fleet.wanted(cacheKey);
        edge.sync();
    }

    private long offers() {
        return edge.subrequests("offer");
    }

    @Test
    void theFleetIsToldWithItsUsageWhatWasAskedFor() throws Exception {
        timed();
        for (int i = 0; i < 4; i++) {
            ask("whales", NOON + i);
        }
        ask("birds", NOON);
        ask("birds", NOON);
        ask("seldom", NOON);
        edge.get("/open/x", "Fleet-Test-Ms", Long.toString(NOON));
        edge.get("/metrics", "Fleet-Test-Ms", Long.toString(NOON + 6_000));
        Await.until("usage has left", () -> edge.fleet.posted.size() == 1);
        assertThat(edge.fleet.posted.getFirst())
                .as("what was found, the most first")
                .endsWith(",\"asked\":{\"" + WHALES + "\":3,\"" + CacheKeys.of("/query?q=birds") + "\":1}}");

        ask("whales", NOON + 10_000);
        edge.get("/metrics", "Fleet-Test-Ms", Long.toString(NOON + 16_000));
        Await.until("usage has left again", () -> edge.fleet.posted.size() == 2);
        assertThat(edge.fleet.posted.getLast()).endsWith(",\"asked\":{\"" + WHALES + "\":1}}");
    }

    @Test
    void onlyTheMostAskedForAreTold() throws Exception {
        timed();
        for (int i = 0; i < 60; i++) {
            ask("q" + i, NOON);
            ask("q" + i, NOON);
        }
        ask("q59", NOON);
        edge.get("/metrics", "Fleet-Test-Ms", Long.toString(NOON + 6_000));
        Await.until("usage has left", () -> edge.fleet.posted.size() == 1);
        String asked = edge.fleet.posted.getFirst().replaceFirst(".*\"asked\":", "");
        assertThat(asked.split("query:", -1)).hasSize(1 + 50);
        assertThat(asked).startsWith("{\"" + CacheKeys.of("/query?q=q59") + "\":2,");
    }

    @Test
    void aBatchThatIsParkedTellsUsageAlone() throws Exception {
        start(policy -> policy);
        ask("whales");
        edge.fleet.status = 503;
        ask("whales");
        Await.until("it is parked", () -> edge.subrequests("kv_put") == 1);
        String names = edge.workerd.command("{\"op\":\"list\",\"prefix\":\"usage/\"}");
        String name = names.replaceFirst(".*\"(usage/[^\"]*)\".*", "$1");
        String value = edge.workerd.command("{\"op\":\"get\",\"key\":\"" + name + "\"}");
        byte[] batch = Base64.getDecoder().decode(value.substring(11, value.length() - 2));
        assertThat(new String(batch, java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"events\":[{\"id\":")
                .doesNotContain("asked");
    }

    @Test
    void aWantedAnswerIsHandedOverOnceAndServedAtAnotherPlace() throws Exception {
        start(policy -> policy);
        ask("whales");
        assertThat(offers()).isZero();
        want(WHALES);
        ask("whales");
        ask("whales");
        ask("birds");
        ask("birds");
        Await.until("it has come", () -> !edge.fleet.offers.isEmpty());
        assertThat(offers()).isEqualTo(1);
        byte[] offer = edge.fleet.offers.getFirst();
        StoredAnswer stored = FleetWriters.offered(offer, System.currentTimeMillis());
        assertThat(stored).as("as the fleet reads it").isNotNull();

        try (WorkerUnderTest elsewhere = WorkerUnderTest.start(WorkerOffersTest::answer)) {
            elsewhere.workerd.command("{\"op\":\"put\",\"key\":\"answer/" + WHALES + "\",\"base64\":\""
                    + Base64.getEncoder().encodeToString(offer) + "\"}");
            elsewhere.origin.close();
            HttpResponse<String> good = elsewhere.get("/query?q=whales", "X-API-Key", KEY);
            assertThat(good.statusCode()).as("the Brain is away").isEqualTo(200);
            assertThat(good.body()).isEqualTo(ask("whales").body());
        }
    }

    @Test
    void anAnswerIsHandedOverAgainWhereItIsStillWantedLater() throws Exception {
        timed();
        edge.fleet.wanted(WHALES);
        edge.fleet.offerStatus = 500;
        ask("whales", NOON);
        ask("whales", NOON + 1_000);
        assertThat(ask("whales", NOON + 60_000).statusCode())
                .as("a failure is nobody's business")
                .isEqualTo(200);
        assertThat(edge.fleet.offers).hasSize(1);
        ask("whales", NOON + 700_000);
        Await.until("it comes again", () -> edge.fleet.offers.size() == 2);
    }

    @Test
    void oneAnswerASecondIsHandedOver() throws Exception {
        timed();
        edge.fleet.wanted(WHALES);
        edge.fleet.wanted(CacheKeys.of("/query?q=birds"));
        for (int i = 0; i < 3; i++) {
            ask("whales", NOON);
            ask("birds", NOON + 999);
        }
        assertThat(offers()).isEqualTo(1);
        ask("birds", NOON + 1_999);
        assertThat(offers()).isEqualTo(2);
    }

    @Test
    void aStaleAnswerIsNotHandedOver() throws Exception {
        timed();
        edge.fleet.wanted(WHALES);
        ask("whales", NOON);
        ask("whales", NOON + 3_700_000);
        assertThat(edge.origin.requests()).isEqualTo(2);
        assertThat(offers()).isZero();
        ask("whales", NOON + 3_701_000);
        assertThat(offers()).as("the new one is").isEqualTo(1);
    }

    @Test
    void anAnswerOfAnotherIndexIsNotHandedOver() throws Exception {
        start(policy -> policy);
        ask("whales");
        edge.fleet.index("v2");
        want(WHALES);
        ask("whales");
        assertThat(offers()).isZero();
    }

    @Test
    void anAnswerThatIsOneOfSeveralOrTooLongIsNotHandedOver() throws Exception {
        edge = WorkerUnderTest.start(exchange -> {
            if (exchange.target().contains("long")) {
                char[] text = new char[(1 << 20) - 100];
                Arrays.fill(text, 'x');
                exchange.json('"' + new String(text) + '"');
            } else {
                exchange.answer(200, "application/json", "{}", "Vary: Accept");
            }
        });
        edge.fleet.wanted(CacheKeys.of("/query?q=long"));
        want(CacheKeys.of("/query?q=varied"));
        for (String text : List.of("long", "varied")) {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> answer = edge.get("/query?q=" + text, "X-API-Key", KEY, "Accept", "x/y");
                assertThat(answer.headers().firstValue("cache-status").orElse(""))
                        .contains(i == 0 ? "fwd" : "hit");
            }
        }
        assertThat(offers()).isZero();
    }

    @Test
    void nothingIsToldOrHandedOverWhereTheGatewayIsTheOrigin() throws Exception {
        tellsNothing(policy -> policy.replace("\"kind\": \"brain\"", "\"kind\": \"gateway\""));
    }

    @Test
    void nothingIsToldOrHandedOverOfAnswersThatNotEverybodyShares() throws Exception {
        tellsNothing(policy -> policy.replace("\"scope\": \"public\"", "\"scope\": \"user\""));
    }

    private void tellsNothing(UnaryOperator<String> change) throws IOException {
        start(change);
        want(WHALES);
        HttpResponse<String> first = ask("whales");
        assertThat(ask("whales").headers().firstValue("cache-status").orElse(""))
                .contains("hit");
        assertThat(first.body()).contains("the origin");
        Await.until("usage has left", () -> !edge.fleet.posted.isEmpty());
        assertThat(edge.fleet.posted).noneMatch(batch -> batch.contains("asked"));
        assertThat(offers()).isZero();
    }
}
