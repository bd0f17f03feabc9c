package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 by prior knowledge: the same exchanges on streams. */
class Http2Test {
    private final CountDownLatch go = new CountDownLatch(1);
    private final TestGateway fleet = TestGateway.start(exchange -> {
        if (exchange.target().startsWith("/open/slow")) {
            go.await();
        }
        exchange.answer(200, "application/json", "{\"target\":\"" + exchange.target() + "\"}");
    });
    private final Http2Client client = new Http2Client(fleet.address());

    @AfterEach
    void close() throws IOException {
        go.countDown();
        client.close();
        fleet.close();
    }

    @Test
    void missAndHit() throws Exception {
        Http2Client.Answer miss = client.post("/query", "{\"query\":\"h2\"}", "x-api-key", fleet.key);
        Http2Client.Answer hit = client.post("/query", "{\"query\":\"h2\"}", "x-api-key", fleet.key);
        assertThat(miss.status()).isEqualTo(200);
        assertThat(hit.text()).isEqualTo(miss.text()).isEqualTo("{\"target\":\"/query\"}");
        assertThat(hit.field("cache-status")).contains("hit");
        assertThat(hit.field("content-length")).isEqualTo("" + hit.content().length);
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void bothVersionsShareTheStore() throws Exception {
        fleet.query("{\"query\":\"both\"}");
        assertThat(client.post("/query", "{\"query\":\"both\"}", "x-api-key", fleet.key)
                        .field("cache-status"))
                .contains("hit");
    }

    /** RFC 9113 section 8.2.3: browsers send one field for each cookie. */
    @Test
    void aCookieInPiecesIsOneFieldToTheOrigin() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(
                200,
                "text/plain",
                exchange.head().count("cookie") + " " + exchange.head().field("cookie")));
        Http2Headers head = client.head("GET", "/open/x").add("cookie", "a=1").add("cookie", "b=2; c=3");
        assertThat(client.open(head.add("cookie", "d=4"), true).get().text()).isEqualTo("1 a=1; b=2; c=3; d=4");
    }

    @Test
    void manyStreamsAtOnce() throws Exception {
        List<Http2Client.Open> open = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            open.add(client.open(client.head("GET", i % 2 == 0 ? "/open/" + i : "/health/live"), true));
        }
        for (int i = 0; i < 90; i++) {
            String expected = i % 2 == 0 ? "{\"target\":\"/open/" + i + "\"}" : "{\"status\":\"live\"}";
            assertThat(open.get(i).get().text()).isEqualTo(expected);
        }
    }

    @Test
    void aSlowStreamHoldsNoOtherBack() throws Exception {
        Http2Client.Open slow = client.open(client.head("GET", "/open/slow"), true);
        assertThat(client.get("/open/quick").status()).isEqualTo(200);
        go.countDown();
        assertThat(slow.get().status()).isEqualTo(200);
    }

    @Test
    void longContentPassesBothWays() throws Exception {
        fleet.origin.script(exchange -> {
            byte[] content = exchange.content();
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n");
            exchange.out().write(content);
        });
        byte[] content = new byte[5_000_000];
        new java.util.Random(7).nextBytes(content);
        Http2Client.Open open = client.open(client.head("PUT", "/big/x"), false);
        for (int from = 0; from < content.length; from += 50_000) {
            open.data(java.util.Arrays.copyOfRange(content, from, from + 50_000), from + 50_000 == content.length);
        }
        assertThat(open.get().content()).isEqualTo(content);
    }

    @Test
    void aResetStreamEndsTheOriginsWork() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        fleet.origin.script(exchange -> {
            if (exchange.waitForEnd()) {
                ended.countDown();
            }
        });
        Http2Client.Open open = client.open(client.head("GET", "/open/x"), true);
        Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
        open.reset();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(fleet.usage.poll(5, TimeUnit.SECONDS).status()).isEqualTo(499);
        assertThat(client.get("/health/live").status()).isEqualTo(200);
    }

    @Test
    void anOriginThatBreaksOffResetsTheStream() {
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            exchange.end();
        });
        assertThatThrownBy(() -> client.get("/open/x")).hasMessageContaining("reset 2");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void refusalsNeedNoContent() throws Exception {
        assertThat(client.get("/nothing").status()).isEqualTo(404);
        assertThat(client.get("/query?q=x").status()).isEqualTo(401);
        Http2Client.Open tooLong = client.open(
                client.head("POST", "/query")
                        .add("content-type", "application/json")
                        .add("x-api-key", fleet.key)
                        .add("content-length", "2000000"),
                false);
        assertThat(tooLong.get().status()).isEqualTo(413);
        assertThat(client.get("/health/live").status()).isEqualTo(200);
        assertThat(fleet.origin.requests()).isZero();
    }

    @Test
    void downgradeAttacksAreRefused() throws Exception {
        List<Http2Headers> attacks = List.of(
                client.head("POST", "/open/x").add("transfer-encoding", "chunked"),
                client.head("GET", "/open/x").add("connection", "x-api-key"),
                client.head("GET", "/open/x").add("x", "a\r\nhost: b"),
                client.head("GET", "/open/x").add("x\r\ny", "a"),
                client.head("GET", "/open/x").add("Upper", "a"),
                client.head("GET", "/open/x").add("host", "elsewhere"),
                client.head("GET", "/open/x").authority("me@h"),
                client.head("GET", "/open/x y"),
                client.head("GE T", "/open/x"),
                client.head("POST", "/open/x").add("content-length", "+1"),
                client.head("POST", "/open/x").add("content-length", "5").add("content-length", "6"));
        for (Http2Headers attack : attacks) {
            try (Http2Client attacker = new Http2Client(fleet.address())) {
                try {
                    assertThat(attacker.open(attack, true).get().status())
                            .as("%s", attack)
                            .isEqualTo(400);
                } catch (java.util.concurrent.ExecutionException refused) {
                    assertThat(refused).as("%s", attack).hasMessageMatching("(?s).*(reset|closed).*");
                }
            }
            fleet.assertServes();
        }
        assertThat(fleet.origin.requests()).isZero();
    }

    @Test
    void contentThatContradictsItsLengthReachesNobodyAsWhole() throws Exception {
        Http2Client.Open open = client.open(
                client.head("POST", "/query")
                        .add("content-type", "application/json")
                        .add("x-api-key", fleet.key)
                        .add("content-length", "5"),
                false);
        open.data("{\"query\":\"longer\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII), true);
        assertThatThrownBy(open::get).hasMessageMatching("(?s).*(reset|closed).*");
        assertThat(fleet.origin.requests()).isZero();
    }

    @Test
    void aFloodOfResetsClosesTheConnection() {
        Await.until("the connection is closed", () -> {
            if (client.isOpen()) {
                try {
                    client.open(client.head("GET", "/open/slow"), true).reset();
                } catch (RuntimeException closed) {
                    return !client.isOpen();
                }
            }
            return !client.isOpen();
        });
        Await.until("nothing is left of it", () -> fleet.gauge("gateway.in.flight") == 0);
    }

    @Test
    void draining() throws Exception {
        Http2Client.Open slow = client.open(client.head("GET", "/open/slow"), true);
        Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
        Thread closing = Thread.ofVirtual().start(() -> fleet.gateway.drain(Duration.ofSeconds(5)));
        go.countDown();
        assertThat(slow.get().status()).isEqualTo(200);
        closing.join();
        Await.until("the connection is closed", () -> !client.isOpen());
    }

    @Test
    void aPrefaceInPiecesIsHttp2() throws Exception {
        try (RawClient raw = fleet.raw()) {
            for (char c : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".toCharArray()) {
                raw.send("" + c);
            }
            raw.send(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}); // SETTINGS
            byte[] settings = raw.bytes(9);
            assertThat(settings[3]).as("a SETTINGS frame").isEqualTo((byte) 4);
        }
    }
}
