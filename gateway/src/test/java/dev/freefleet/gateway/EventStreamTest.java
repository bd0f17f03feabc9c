package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Server-sent events through the gateway, over sockets. */
@Timeout(120)
class EventStreamTest {
    private static final int EVENTS = 20;
    private static final String HEAD = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Cache-Control: max-age=60\r
            Transfer-Encoding: chunked\r
            \r
            """;
    private static final String ONE = "9\r\ndata: 1\n\n\r\n";
    private static final String LAST = "0\r\n\r\n";

    private final Semaphore seen = new Semaphore(1);
    private final TestGateway fleet = TestGateway.start(this::oneAfterTheOther);

    @AfterEach
    void close() throws IOException {
        seen.release(EVENTS);
        fleet.close();
    }

    /** Sends an event only once the client has the one before. */
    private void oneAfterTheOther(OriginExchange exchange) throws IOException, InterruptedException {
        exchange.raw(HEAD);
        for (int i = 0; i < EVENTS; i++) {
            seen.acquire();
            exchange.raw(ONE);
        }
        exchange.raw(LAST);
    }

    @Test
    void eachEventArrivesBeforeTheNextIsSentOverHttp1() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> answer =
                    client.send(fleet.request("/site/events").build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.headers().firstValue("content-encoding")).isEmpty();
            BufferedReader in = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
            for (int i = 0; i < EVENTS; i++) {
                assertThat(in.readLine()).isEqualTo("data: 1");
                assertThat(in.readLine()).isEmpty();
                seen.release();
            }
            assertThat(in.readLine()).isNull();
        }
    }

    @Test
    void eachEventArrivesBeforeTheNextIsSentOverHttp2() throws Exception {
        Http2Client.Heard heard = new Http2Client.Heard();
        try (Http2Client client = new Http2Client(fleet.address())) {
            Http2Client.Open open = client.open(client.head("GET", "/site/events"), true, heard);
            for (int i = 0; i < EVENTS; i++) {
                assertThat(heard.parts().poll(20, TimeUnit.SECONDS)).isEqualTo("data: 1\n\n");
                seen.release();
            }
            assertThat(open.get().text()).isEqualTo("data: 1\n\n".repeat(EVENTS));
        }
    }

    @Test
    void aClientThatLeavesIsToldToTheOriginOverBothVersions() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        fleet.origin.script(exchange -> {
            exchange.raw(HEAD + ONE);
            if (exchange.waitForEnd()) {
                ended.incrementAndGet();
            }
        });
        RawClient one = fleet.raw().send("GET /site/events HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(one.head().field("content-type")).isEqualTo("text/event-stream");
        one.close();
        Await.until("the origin is told", () -> ended.get() == 1);
        try (Http2Client client = new Http2Client(fleet.address())) {
            Http2Client.Heard heard = new Http2Client.Heard();
            Http2Client.Open open = client.open(client.head("GET", "/site/events"), true, heard);
            assertThat(heard.parts().poll(20, TimeUnit.SECONDS)).isEqualTo("data: 1\n\n");
            open.reset();
            Await.until("the origin is told", () -> ended.get() == 2);
        }
    }

    @Test
    void listenersOfAStreamThatIsNotStoredDoNotWaitForEachOther() throws Exception {
        fleet.origin.script(exchange -> {
            exchange.raw(HEAD + ONE);
            exchange.waitForEnd();
        });
        try (RawClient one = fleet.raw();
                RawClient other = fleet.raw()) {
            for (RawClient client : new RawClient[] {one, other}) {
                client.send("GET /site/events HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.head().status()).isEqualTo(200);
                assertThat(client.bytes(ONE.length())).asString().isEqualTo(ONE);
            }
        }
    }

    @Test
    void isNotStoredUnlessTheRouteSaysSo() throws Exception {
        fleet.origin.script(exchange -> exchange.raw(HEAD + ONE + LAST));
        fleet.get("/site/events");
        assertThat(fleet.get("/site/events")
                        .headers()
                        .firstValue("cache-status")
                        .orElse(""))
                .doesNotContain("hit");
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void aWholeStreamIsReplayedWhereTheRouteSaysSo() throws Exception {
        fleet.origin.script(exchange -> exchange.raw(HEAD + ONE + ONE + LAST));
        assertThat(fleet.get("/streams/a").body()).isEqualTo("data: 1\n\ndata: 1\n\n");
        HttpResponse<String> second = fleet.get("/streams/a");
        assertThat(second.body()).isEqualTo("data: 1\n\ndata: 1\n\n");
        assertThat(second.headers().firstValue("cache-status").orElse("")).contains("hit");
        assertThat(second.headers().firstValue("content-type")).hasValue("text/event-stream");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void anIncompleteStreamIsNeverStored() throws Exception {
        TestOrigin.Script cut = exchange -> {
            exchange.raw(HEAD + ONE);
            exchange.end();
        };
        fleet.origin.script(cut);
        assertThatThrownBy(() -> fleet.get("/streams/cut")).isInstanceOf(IOException.class);
        fleet.origin.script(
                exchange -> { // its end is the connection's, which proves nothing
                    exchange.raw(HEAD.replace("Transfer-Encoding: chunked\r\n", "") + "data: 1\n\n");
                    exchange.end();
                });
        assertThat(fleet.get("/streams/cut").body()).isEqualTo("data: 1\n\n");
        fleet.origin.script(exchange -> exchange.raw(HEAD + ONE + LAST));
        assertThat(fleet.get("/streams/cut")
                        .headers()
                        .firstValue("cache-status")
                        .orElse(""))
                .doesNotContain("hit");
        assertThat(fleet.origin.requests()).isEqualTo(3);
    }

    @Test
    void aStreamThatItsOnlyListenerLeavesIsNotStored() throws Exception {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        fleet.origin.script(exchange -> {
            exchange.raw(HEAD + ONE);
            ended.complete(exchange.waitForEnd());
        });
        RawClient client = fleet.raw().send("GET /streams/left HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(200);
        client.close();
        assertThat(ended.get(20, TimeUnit.SECONDS)).isTrue();
        fleet.origin.script(exchange -> exchange.raw(HEAD + ONE + LAST));
        assertThat(fleet.get("/streams/left")
                        .headers()
                        .firstValue("cache-status")
                        .orElse(""))
                .doesNotContain("hit");
    }

    /** The rule of the route under test. */
    static CacheRule storing() {
        return new CacheRule.Http(1 << 20, false, CacheRule.Stale.NEVER, false, true);
    }
}
