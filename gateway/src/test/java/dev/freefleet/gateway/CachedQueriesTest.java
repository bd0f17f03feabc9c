package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queries and their answers, over HTTP/1.1. */
class CachedQueriesTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final TestGateway fleet =
            TestGateway.start(exchange -> exchange.json("{\"answer\":\"number " + asked.incrementAndGet() + "\"}"));

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    @Test
    void aRepeatedQuestionIsAnsweredFromTheStore() throws Exception {
        HttpResponse<String> first = fleet.query("{\"query\":\"what is a brain?\"}");
        HttpResponse<String> second = fleet.query("{\"query\":\"what is a brain?\"}");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body()).isEqualTo("{\"answer\":\"number 1\"}");
        assertThat(first.headers().firstValue("cache-status").orElseThrow()).contains("fwd=uri-miss");
        assertThat(second.headers().firstValue("cache-status").orElseThrow()).contains("hit");
        assertThat(second.headers().firstValue("age")).isPresent();
        assertThat(second.headers().firstValue("content-type")).contains("application/json");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void getPostAndQueryOfOneQuestionShareAnEntry() throws Exception {
        fleet.query("{\"query\":\"shared\"}");
        HttpResponse<String> get = fleet.get("/query?q=shared");
        HttpResponse<String> query = fleet.send(fleet.request("/query")
                .header("Content-Type", "application/json")
                .method("QUERY", BodyPublishers.ofString("{ \"query\" : \"shared\" }")));

        assertThat(get.body()).isEqualTo(query.body()).isEqualTo("{\"answer\":\"number 1\"}");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void anotherQuestionIsAnotherAnswer() throws Exception {
        assertThat(fleet.query("{\"query\":\"a\"}").body())
                .isNotEqualTo(fleet.query("{\"query\":\"b\"}").body());
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void malformedJsonReachesTheBrainEachTime() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(400, "application/json", "{\"success\":false}"));
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> answer = fleet.query("{\"query\": ");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).isEqualTo("{\"success\":false}");
        }
        assertThat(fleet.origin.requests()).isEqualTo(2);
        assertThat(fleet.origin.exchanges().getFirst().text()).isEqualTo("{\"query\": ");
    }

    @Test
    void theAnswerBearsTheRequestsIdAndLimits() throws Exception {
        HttpResponse<String> answer = fleet.query("{\"query\":\"id\"}");
        assertThat(answer.headers().firstValue("x-request-id").orElseThrow())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(answer.headers().firstValue("ratelimit")).isPresent();
        assertThat(answer.headers().firstValue("ratelimit-policy")).isPresent();
        assertThat(answer.headers().allValues("date")).hasSize(1);
    }

    @Test
    void eachRequestLeavesOneUsageEvent() throws Exception {
        fleet.query("{\"query\":\"counted\"}");
        fleet.query("{\"query\":\"counted\"}");
        UsageEvent miss = fleet.usage.poll(5, TimeUnit.SECONDS);
        UsageEvent hit = fleet.usage.poll(5, TimeUnit.SECONDS);

        assertThat(miss.cache()).isEqualTo(CacheOutcome.MISS);
        assertThat(miss.originMicros()).isPositive();
        assertThat(miss.bytesIn()).isEqualTo("{\"query\":\"counted\"}".length());
        assertThat(miss.bytesOut()).isEqualTo("{\"answer\":\"number 1\"}".length());
        assertThat(miss.keyId()).isEqualTo(1);
        assertThat(miss.userId()).isEqualTo(7);
        assertThat(miss.route()).isEqualTo("query");
        assertThat(hit.cache()).isEqualTo(CacheOutcome.HIT);
        assertThat(hit.originMicros()).isZero();
        assertThat(hit.bytesOut()).isEqualTo(miss.bytesOut());
        assertThat(fleet.usage).isEmpty();
    }

    @Test
    void metricsCountByRouteStatusAndOutcome() throws Exception {
        fleet.query("{\"query\":\"measured\"}");
        fleet.query("{\"query\":\"measured\"}");
        assertThat(fleet.count("gateway.requests", "route", "query", "status", "2xx", "cache", "hit"))
                .isEqualTo(1);
        assertThat(fleet.count("gateway.requests", "route", "query", "status", "2xx", "cache", "miss"))
                .isEqualTo(1);
        assertThat(fleet.registry
                        .get("gateway.request.latency")
                        .tag("cache", "hit")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(fleet.registry.get("gateway.origin.latency").timer().count()).isEqualTo(1);
        assertThat(fleet.gauge("gateway.store.keys")).isEqualTo(1);
        assertThat(fleet.gauge("gateway.in.flight")).isZero();
    }

    @Test
    void aNewIndexMakesOldAnswersStale() throws Exception {
        fleet.edge.indexVersion("one");
        fleet.query("{\"query\":\"versioned\"}");
        fleet.edge.indexVersion("two");
        assertThat(fleet.query("{\"query\":\"versioned\"}").body()).isEqualTo("{\"answer\":\"number 2\"}");
    }

    @Test
    void headOfAStoredAnswerTellsItsLength() throws Exception {
        fleet.get("/query?q=head");
        try (RawClient client = fleet.raw()) {
            client.send("HEAD /query?q=head HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key + "\r\n\r\n");
            RawClient.Answer head = client.answer(true);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.field("content-length")).isEqualTo("" + "{\"answer\":\"number 1\"}".length());
            client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void aRangeOfAStoredAnswerIsSentAlone() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 400_000; i++) {
            text.append(i).append(' ');
        }
        fleet.origin.script(exchange ->
                exchange.answer(200, "text/plain", text.toString(), "Cache-Control: max-age=60", "ETag: \"1\""));
        fleet.get("/site/long");
        for (int length : new int[] {10, 300_000}) {
            HttpResponse<String> part =
                    fleet.send(fleet.request("/site/long").header("Range", "bytes=1000-" + (999 + length)));
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(text.substring(1000, 1000 + length));
        }
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void aConfirmedAnswerIsKept() throws Exception {
        fleet.origin.script(exchange -> {
            if (exchange.head().field("if-none-match") != null) {
                exchange.raw(
                        "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\nX-New: yes\r\n\r\n");
            } else {
                exchange.answer(
                        200, "text/plain", "confirmed", "Cache-Control: max-age=0", "ETag: \"1\"", "X-Old: yes");
            }
        });
        fleet.get("/site/c");
        HttpResponse<String> confirmed = fleet.get("/site/c");
        HttpResponse<String> hit = fleet.get("/site/c");
        assertThat(hit.body()).isEqualTo(confirmed.body()).isEqualTo("confirmed");
        assertThat(hit.headers().firstValue("x-new")).contains("yes");
        assertThat(hit.headers().firstValue("x-old")).contains("yes");
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void aStaleAnswerIsRenewedBehindTheClientsBack() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(
                200,
                "text/plain",
                "number " + asked.incrementAndGet(),
                "Cache-Control: max-age=0, stale-while-revalidate=60"));
        assertThat(fleet.get("/site/s").body()).isEqualTo("number 1");
        assertThat(fleet.get("/site/s").body()).isEqualTo("number 1");
        Await.until("it is asked again", () -> fleet.origin.requests() == 2);
        Await.until("nothing is under way", () -> fleet.gauge("gateway.in.flight") == 0);
        assertThat(fleet.get("/site/s").body()).isEqualTo("number 2");
        assertThat(fleet.usage).as("what nobody asked for is no usage").hasSize(3);
    }

    @Test
    void aDeadBrainsAnswersLiveOn() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(
                200, "application/json", "{\"answer\":1}", "Cache-Control: max-age=0, stale-if-error=60"));
        fleet.query("{\"query\":\"stale\"}");
        fleet.origin.close();
        HttpResponse<String> stale = fleet.query("{\"query\":\"stale\"}");
        assertThat(stale.statusCode()).isEqualTo(200);
        assertThat(stale.body()).isEqualTo("{\"answer\":1}");
        assertThat(stale.headers().firstValue("cache-status").orElseThrow()).contains("stale-if-error");
    }

    @Test
    void aLongStoredAnswerIsSentWhole() throws Exception {
        String text = "x".repeat(3_000_000);
        fleet.origin.script(exchange -> exchange.answer(200, "text/plain", text, "Cache-Control: max-age=60"));
        assertThat(fleet.get("/site/long").body()).isEqualTo(text);
        HttpResponse<String> hit = fleet.get("/site/long");
        assertThat(hit.body()).isEqualTo(text);
        assertThat(hit.headers().firstValue("cache-status").orElseThrow()).contains("hit");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void anAnswerOfUnprovenLengthIsPassedOnAndNotStored() throws Exception {
        TestOrigin.Script untilEnd = exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"answer\":1}");
            exchange.end();
        };
        fleet.origin.script(untilEnd);
        assertThat(fleet.query("{\"query\":\"unproven\"}").body()).isEqualTo("{\"answer\":1}");
        assertThat(fleet.query("{\"query\":\"unproven\"}").body()).isEqualTo("{\"answer\":1}");
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }
}
