package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.UsageEvent;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** WebSocket through the gateway, over sockets. */
@Timeout(120)
class WebSocketTest {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private TestGateway gateway = TestGateway.start(WebSocketTest::echo);

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    private void start(TestOrigin.Script script) {
        gateway.origin.script(script);
    }

    private void start(TestOrigin.Script script, UnaryOperator<GatewayConfig> change) throws IOException {
        gateway.close();
        gateway = TestGateway.start(script, change);
    }

    private static String request(String target, String... more) {
        StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n");
        for (String line : more) {
            head.append(line).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static String switching(String... lines) {
        StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static void accept(OriginExchange exchange, String after) throws IOException {
        exchange.end();
        String key = String.valueOf(exchange.head().field("sec-websocket-key"));
        String accept = "Sec-WebSocket-Accept: " + WebSocketHandshake.accept(key);
        exchange.raw(switching("Upgrade: websocket", "Connection: Upgrade", accept) + after);
    }

    /** Accepts, and sends back what comes until the other end leaves. */
    private static void echo(OriginExchange exchange) throws IOException {
        accept(exchange, "");
        for (int b = exchange.in().read(); b >= 0; b = exchange.in().read()) {
            exchange.out().write(b);
        }
    }

    private static UnaryOperator<GatewayConfig> idle(Duration tunnel) {
        return config -> {
            GatewayConfig.TimeLimits usual = config.times();
            return config.with(new GatewayConfig.TimeLimits(
                    usual.head(), usual.body(), usual.idle(), usual.write(), usual.drain(), tunnel));
        };
    }

    private RawClient open(String target, String... more) throws IOException {
        RawClient client = gateway.raw().send(request(target, more));
        assertThat(client.answer().status()).isEqualTo(101);
        return client;
    }

    @Test
    void aRealClientTalksToARealServer() throws Exception {
        start(exchange -> {
            accept(exchange, "");
            int first = exchange.in().read();
            int length = exchange.in().read() & 0x7f;
            byte[] mask = exchange.in().readNBytes(4);
            byte[] text = exchange.in().readNBytes(length);
            for (int i = 0; i < length; i++) {
                text[i] ^= mask[i % 4];
            }
            exchange.out().write(first);
            exchange.out().write(length);
            exchange.out().write(text);
            exchange.waitForEnd();
        });
        LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(
                            URI.create("ws://127.0.0.1:" + gateway.address().getPort() + "/live/a"),
                            new WebSocket.Listener() {
                                @Override
                                public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                                    heard.add(data.toString());
                                    return WebSocket.Listener.super.onText(from, data, last);
                                }
                            })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
            socket.abort();
        }
    }

    @Test
    void bytesPassBothWaysAndOneUsageEventTellsHowManyAtTheEnd() throws Exception {
        start(WebSocketTest::echo);
        try (RawClient client = open("/mine/a", "X-API-Key: " + gateway.key)) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.send("ping" + i % 10).bytes(5)).asString().isEqualTo("ping" + i % 10);
            }
            assertThat(gateway.usage).isEmpty();
            assertThat(gateway.gauge("gateway.tunnels")).isEqualTo(1);
        }
        UsageEvent event = gateway.usage.poll(20, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        assertThat(event.status()).isEqualTo(101);
        assertThat(event.keyId()).isEqualTo(1);
        assertThat(event.route()).isEqualTo("live.mine");
        assertThat(event.bytesIn()).isEqualTo(500);
        assertThat(event.bytesOut()).isEqualTo(500);
        Await.until("its end", () -> gateway.gauge("gateway.tunnels") == 0);
        Await.until("the origin is told", () -> gateway.origin.openConnections() == 0);
        assertThat(gateway.usage).isEmpty();
    }

    @Test
    void bytesThatComeWithThe101ArriveToo() throws Exception {
        start(exchange -> {
            accept(exchange, "early");
            exchange.waitForEnd();
        });
        try (RawClient client = open("/live/a")) {
            assertThat(client.bytes(5)).asString().isEqualTo("early");
        }
    }

    @Test
    void anOriginThatLeavesEndsTheClientsConnectionAfterItsLastByte() throws Exception {
        start(exchange -> {
            accept(exchange, "");
            exchange.raw("x".repeat(300_000));
        });
        try (RawClient client = open("/live/a")) {
            assertThat(client.rest()).hasSize(300_000);
        }
        assertThat(gateway.usage.poll(20, TimeUnit.SECONDS).bytesOut()).isEqualTo(300_000);
    }

    @Test
    void aClientThatTakesNothingDoesNotStayWhenItsOriginHasLeft() throws Exception {
        start(
                exchange -> {
                    accept(exchange, "");
                    exchange.out().write(new byte[4 << 20]);
                },
                idle(Duration.ofMillis(800)));
        try (RawClient client = RawClient.connect(gateway.address(), 4 * 1024)) {
            client.send(request("/live/a"));
            assertThat(client.answer().status()).isEqualTo(101);
            Await.until("its end", () -> gateway.gauge("gateway.tunnels") == 0);
            Await.until("its connection is gone", () -> gateway.gauge("gateway.connections") == 0);
        }
    }

    @Test
    void aSlowClientSlowsTheOriginDownInATunnelToo() throws Exception {
        AtomicLong written = new AtomicLong();
        start(exchange -> {
            accept(exchange, "");
            byte[] part = new byte[64 * 1024];
            for (int i = 0; i < 1_000; i++) {
                exchange.out().write(part);
                written.addAndGet(part.length);
            }
        });
        try (RawClient client = RawClient.connect(gateway.address(), 16 * 1024)) {
            client.send(request("/live/a"));
            assertThat(client.answer().status()).isEqualTo(101);
            Await.until("some bytes", () -> written.get() > 0);
            AtomicLong last = new AtomicLong(-1);
            Await.until("a standstill", () -> {
                try {
                    Thread.sleep(300);
                } catch (InterruptedException stopped) {
                    throw new AssertionError(stopped);
                }
                return last.getAndSet(written.get()) == written.get();
            });
            assertThat(written.get()).isLessThan(32L << 20);
            assertThat(client.rest()).hasSize(64_000 * 1024);
        }
    }

    @Test
    void anIdleTunnelIsClosed() throws Exception {
        start(WebSocketTest::echo, idle(Duration.ofMillis(500)));
        try (RawClient client = open("/live/a")) {
            assertThat(client.rest()).isEmpty();
        }
        Await.until("the origin is told", () -> gateway.origin.openConnections() == 0);
    }

    @Test
    void aQuietTunnelEndsWhenTheGatewayCloses() throws Exception {
        start(WebSocketTest::echo);
        try (RawClient client = open("/live/a")) {
            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(() -> gateway.gateway.drain(Duration.ofSeconds(60)));
            assertThat(client.rest()).isEmpty();
            closing.get(30, TimeUnit.SECONDS);
        }
        assertThat(gateway.usage.poll(20, TimeUnit.SECONDS).status()).isEqualTo(101);
    }

    /** Tunnelling requests past a proxy that believes any 101, or that its client's upgrade was accepted. */
    @Test
    void webSocketSmuggling() throws Exception {
        String right = "Sec-WebSocket-Accept: " + WebSocketHandshake.accept(KEY);
        List<String> wrong = List.of(
                switching(),
                switching("Upgrade: websocket", "Connection: Upgrade"),
                switching("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: " + KEY),
                switching("Upgrade: h2c", "Connection: Upgrade", right),
                switching("Upgrade: websocket", right),
                switching("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Protocol: unasked", right));
        AtomicLong at = new AtomicLong();
        start(exchange -> exchange.raw(wrong.get((int) at.get())));
        for (int i = 0; i < wrong.size(); i++) {
            at.set(i);
            int before = gateway.origin.requests();
            try (RawClient client = gateway.raw()) {
                RawClient.Answer answer = client.send(request("/live/a")).answer();
                assertThat(answer.status()).as(wrong.get(i)).isEqualTo(502);
                client.send("GET /admin HTTP/1.1\r\nHost: here\r\n\r\n");
                assertThat(client.answer().status()).isEqualTo(404);
            }
            assertThat(gateway.origin.requests()).isEqualTo(before + 1);
        }
    }

    @Test
    void aRefusedUpgradeGoesOnAsHttp() throws Exception {
        start(exchange -> exchange.answer(426, "text/plain", "no", "Upgrade: websocket", "Connection: Upgrade"));
        try (RawClient client = gateway.raw()) {
            RawClient.Answer answer = client.send(request("/live/a")).answer();
            assertThat(answer.status()).isEqualTo(426);
            assertThat(answer.field("upgrade")).isNull();
            assertThat(client.send("GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void whoSendsBytesBeforeThe101GetsNoTunnel() throws Exception {
        CompletableFuture<Void> go = new CompletableFuture<>();
        start(exchange -> {
            go.join();
            echo(exchange);
        });
        try (RawClient client = gateway.raw()) {
            client.send(request("/live/a") + "GET /open/secret HTTP/1.1\r\nHost: here\r\n\r\n");
            Await.until("asked", () -> gateway.origin.requests() == 1);
            go.complete(null);
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(gateway.usage.poll(20, TimeUnit.SECONDS).status()).isEqualTo(400);
        Await.until("the origin is told", () -> gateway.origin.openConnections() == 0);
        assertThat(gateway.origin.requests()).isEqualTo(1);
        assertThat(gateway.gauge("gateway.tunnels")).isZero();
    }

    @Test
    void routesWithoutItAndOldClientsStayWithHttp() throws Exception {
        start(exchange -> exchange.json("{\"upgrade\":\"" + exchange.head().field("upgrade") + "\"}"));
        try (RawClient client = gateway.raw()) {
            assertThat(client.send(request("/open/a")).answer().text()).isEqualTo("{\"upgrade\":\"null\"}");
        }
        try (RawClient client = gateway.raw()) {
            assertThat(client.send(request("/live/a").replace("HTTP/1.1", "HTTP/1.0"))
                            .answer()
                            .text())
                    .isEqualTo("{\"upgrade\":\"null\"}");
        }
        try (Http2Client client = new Http2Client(gateway.address())) {
            assertThat(client.get("/live/a", "sec-websocket-key", KEY, "sec-websocket-version", "13")
                            .text())
                    .isEqualTo("{\"upgrade\":\"null\"}");
        }
    }

    @Test
    void identityIsCheckedFirst() throws Exception {
        start(WebSocketTest::echo);
        try (RawClient client = gateway.raw()) {
            assertThat(client.send(request("/mine/a")).answer().status()).isEqualTo(401);
        }
        assertThat(gateway.origin.requests()).isZero();
    }

    @Test
    void aTunnelHoldsOneOfItsKeysPlaces() throws Exception {
        start(WebSocketTest::echo);
        String few = gateway.key(5, "few");
        RawClient first = open("/mine/a", "X-API-Key: " + few);
        try (first;
                RawClient second = gateway.raw()) {
            RawClient.Answer answer =
                    second.send(request("/mine/b", "X-API-Key: " + few)).answer();
            assertThat(answer.status()).isEqualTo(429);
        }
        Await.until("the place is free", () -> {
            try (RawClient third = gateway.raw()) {
                return third.send(request("/mine/c", "X-API-Key: " + few))
                                .answer()
                                .status()
                        == 101;
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    @Test
    void oneTunnelTooManyIs503() throws Exception {
        start(WebSocketTest::echo, config -> config.with(new GatewayConfig.RequestLimits(8_192, 32_768, 100, 1)));
        try (RawClient first = open("/live/a");
                RawClient second = gateway.raw()) {
            RawClient.Answer answer = second.send(request("/live/b")).answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(first.send("still").bytes(5))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("still");
        }
    }

    @Test
    void aClientThatLeavesBeforeThe101EndsTheOriginsWork() throws Exception {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        start(exchange -> ended.complete(exchange.waitForEnd()));
        try (RawClient client = gateway.raw()) {
            client.send(request("/live/a"));
            Await.until("asked", () -> gateway.origin.requests() == 1);
        }
        assertThat(ended.get(20, TimeUnit.SECONDS)).isTrue();
    }
}
