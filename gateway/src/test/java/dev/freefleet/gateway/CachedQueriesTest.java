package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
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
