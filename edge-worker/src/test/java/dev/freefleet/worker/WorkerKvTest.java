package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that the fleet has put into KV: which are read, and when. */
class WorkerKvTest {
    private WorkerUnderTest edge;
    private String key;

    @BeforeEach
    void start() throws Exception {
        edge = WorkerUnderTest.start(exchange -> exchange.json("{\"from\":\"the origin\"}"));
        key = edge.key(1, "default");
    }

    @AfterEach
    void stop() throws Exception {
        edge.close();
        edge.origin.close();
    }

    /** As the fleet writes it ({@code docs/edge-protocol.md}). */
    private void put(String cacheKey, String named) {
        String content = "{\"from\":\"KV\"}";
        long now = System.currentTimeMillis();
        String value = "{\"version\":1,\"key\":\"" + named
                + "\",\"status\":200,\"fields\":[[\"content-type\",\"application/json\"]],"
                + "\"request_ms\":" + now + ",\"response_ms\":" + now + ",\"index\":\"\",\"tags\":[],\"length\":"
                + content.length() + "}\n" + content;
        edge.workerd.command(
                "{\"op\":\"put\",\"key\":\"answer/" + cacheKey + "\",\"value\":" + WorkerUnderTest.quoted(value) + "}");
    }

    private HttpResponse<String> ask(String text) {
        return edge.get("/query?q=" + text, "X-API-Key", key);
    }

    @Test
    void aHotAnswerIsReadOnceAndKept() {
        String hot = CacheKeys.of("/query?q=hot");
        put(hot, hot);
        edge.fleet.hot(hot);
        edge.sync();
        int before = edge.origin.requests();

        assertThat(ask("hot").body()).contains("KV");
        assertThat(ask("hot").body()).contains("KV");
        assertThat(edge.subrequests("kv_get")).isEqualTo(1);
        assertThat(edge.origin.requests()).isEqualTo(before);
    }

    @Test
    void whatIsNotHotIsNotReadWhileTheBrainAnswers() {
        String cold = CacheKeys.of("/query?q=cold");
        put(cold, cold);
        assertThat(ask("cold").body()).contains("the origin");
        assertThat(edge.subrequests("kv_get")).isZero();
    }

    @Test
    void theLastGoodAnswerStandsInForABrainThatIsAway() throws Exception {
        String known = CacheKeys.of("/query?q=known");
        put(known, known);
        edge.origin.close();
        assertThat(ask("unknown").statusCode()).isEqualTo(502);
        HttpResponse<String> good = ask("known");
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(good.body()).contains("KV");
    }

    @Test
    void kvIsAskedOnceWhereTheBrainIsKnownToBeAway() throws Exception {
        edge.fleet.brain("down");
        edge.sync();
        edge.origin.close();
        long before = edge.subrequests("kv_get");
        assertThat(ask("unknown").statusCode()).isIn(502, 503);
        assertThat(edge.subrequests("kv_get")).isEqualTo(before + 1);
    }

    @Test
    void aValueOfAnotherKeyIsNoAnswer() {
        String hot = CacheKeys.of("/query?q=mixed");
        put(hot, CacheKeys.of("/query?q=other"));
        edge.fleet.hot(hot);
        edge.sync();
        assertThat(ask("mixed").body()).contains("the origin");
    }
}
