package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Client connections: pipelines, persistence, time limits, the bound on their number, and the gateway's end. */
class ConnectionsTest {
    private final CountDownLatch go = new CountDownLatch(1);
    private TestGateway fleet = start(config -> config);

    private TestGateway start(UnaryOperator<GatewayConfig> change) {
        return TestGateway.start(
                exchange -> {
                    if (exchange.target().startsWith("/open/slow")) {
                        go.await();
                    }
                    exchange.answer(200, "text/plain", exchange.target());
                },
                change);
    }

    @AfterEach
    void close() throws IOException {
        go.countDown();
        fleet.close();
    }

    private void restart(UnaryOperator<GatewayConfig> change) throws IOException {
        fleet.close();
        fleet = start(change);
    }

    private static UnaryOperator<GatewayConfig> quick() {
        Duration limit = Duration.ofMillis(400);
        return config -> config.with(new GatewayConfig.TimeLimits(limit, limit, limit, limit, Duration.ofSeconds(2)));
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        StringBuilder pipeline = new StringBuilder();
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String target = i % 3 == 0 ? "/open/" + i : i % 3 == 1 ? "/site/" + i : "/health/live";
            targets.add(target);
            pipeline.append(get(target));
        }
        try (RawClient client = fleet.raw()) {
            client.send(pipeline.toString());
            for (String target : targets) {
                assertThat(client.answer().text())
                        .isEqualTo(target.startsWith("/h") ? "{\"status\":\"live\"}" : target);
            }
        }
    }

    @Test
    void aSlowAnswerHoldsLaterOnesOfItsPipelineBack() throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send(get("/open/slow") + get("/health/live"));
            Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
            fleet.assertServes();
            go.countDown();
            assertThat(client.answer().text()).isEqualTo("/open/slow");
            assertThat(client.answer().text()).isEqualTo("{\"status\":\"live\"}");
        }
    }

    @Test
    void pipelinedContentStaysWithItsRequest() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(200, "text/plain", exchange.text()));
        try (RawClient client = fleet.raw()) {
            client.send(
                    "POST /open/a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nonePOST /open/b HTTP/1.1\r\nHost: h\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n" + get("/health/live"));
            assertThat(client.answer().text()).isEqualTo("one");
            assertThat(client.answer().text()).isEqualTo("two");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void originConnectionsAreUsedAgain() throws Exception {
        try (RawClient client = fleet.raw()) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.send(get("/open/" + i)).answer().status()).isEqualTo(200);
            }
        }
        assertThat(fleet.origin.requests()).isEqualTo(50);
        assertThat(fleet.origin.connections()).isEqualTo(1);
    }

    @Test
    void anIdleOriginConnectionIsClosedInTime() throws Exception {
        restart(config -> config.with(new GatewayConfig.Origin(
                config.origin().url(),
                8,
                8,
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                8192,
                1 << 20)));
        fleet.get("/open/x");
        assertThat(fleet.origin.openConnections()).isEqualTo(1);
        Await.until("it is closed", () -> fleet.origin.openConnections() == 0);
    }

    @Test
    void oldClientsGetWhatTheyUnderstand() throws Exception {
        fleet.origin.script(
                exchange -> exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/x HTTP/1.0\r\n\r\n");
            RawClient.Answer answer = client.answer();
            assertThat(answer.field("transfer-encoding")).isNull();
            assertThat(answer.field("connection")).isEqualTo("close");
            assertThat(answer.text()).isEqualTo("ok");
        }
        try (RawClient client = fleet.raw()) {
            client.send("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.answer().field("connection")).isEqualTo("keep-alive");
            client.send("GET /health/live HTTP/1.0\r\n\r\n");
            assertThat(client.answer().field("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void closeIsHonoured() throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send("GET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(client.answer().field("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void contentThatNobodyWantsIsReadSoThatTheConnectionStays() throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send("POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n" + "x".repeat(5000));
            assertThat(client.answer().status()).isEqualTo(404);
            client.send(get("/health/live"));
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void slowHeadsAre408() throws Exception {
        restart(quick());
        try (RawClient client = fleet.raw()) {
            client.send("GET /health/live HTTP/1.1\r\nHost: h\r\nX-Slow: ");
            fleet.assertServes();
            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void aHeadThatTricklesInIs408AllTheSame() throws Exception {
        restart(quick());
        try (RawClient client = fleet.raw()) {
            client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n");
            Thread trickle = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        client.send("X-" + i + ": y\r\n");
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(client.answer().status()).isEqualTo(408);
            trickle.interrupt();
            trickle.join();
        }
    }

    @Test
    void slowContentIs408() throws Exception {
        restart(quick());
        try (RawClient client = fleet.raw()) {
            client.send("POST /query HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-API-Key: " + fleet.key
                    + "\r\nContent-Length: 100\r\n\r\n{");
            fleet.assertServes();
            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(fleet.origin.requests()).isZero();
        assertThat(fleet.usage.poll(5, TimeUnit.SECONDS).status()).isIn(408, 200);
    }

    @Test
    void idleConnectionsEnd() throws Exception {
        restart(quick());
        try (RawClient silent = fleet.raw();
                RawClient served = fleet.raw()) {
            assertThat(served.send(get("/health/live")).answer().status()).isEqualTo(200);
            assertThat(silent.isEnded()).isTrue();
            assertThat(served.isEnded()).isTrue();
        }
    }

    @Test
    void aClientThatTakesNothingIsClosed() throws Exception {
        restart(quick());
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n");
            byte[] block = new byte[65_536];
            for (int i = 0; i < 1024; i++) {
                exchange.out().write(block);
            }
        });
        try (RawClient client = RawClient.connect(fleet.address(), 4096)) {
            client.send(get("/big/x"));
            client.head();
            Await.until("it is closed", () -> fleet.gauge("gateway.connections") == 0);
        }
        Await.until("nothing is left", () -> fleet.gauge("gateway.in.flight") == 0);
    }

    @Test
    void oneConnectionTooManyIs503() throws Exception {
        restart(config -> config.with(new GatewayConfig.Listener("127.0.0.1", 0, 3)));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(fleet.raw());
            assertThat(clients.get(i).send(get("/health/live")).answer().status())
                    .isEqualTo(200);
        }
        try (RawClient tooMany = fleet.raw()) {
            assertThat(tooMany.answer().status()).isEqualTo(503);
            assertThat(tooMany.isEnded()).isTrue();
        }
        clients.getFirst().close();
        Await.until("there is room", () -> fleet.gauge("gateway.connections") == 2);
        fleet.assertServes();
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void requestsInFlightEndBeforeTheGatewayDoes() throws Exception {
        RawClient busy = fleet.raw().send(get("/open/slow"));
        RawClient idle = fleet.raw();
        assertThat(idle.send(get("/health/live")).answer().status()).isEqualTo(200);
        RawClient watching = fleet.raw();
        watching.send(get("/open/slow/2") + get("/health/ready"));
        Await.until("the origin is asked", () -> fleet.origin.requests() == 2);

        Thread closing = Thread.ofVirtual().start(() -> fleet.gateway.drain(Duration.ofSeconds(5)));
        assertThat(idle.isEnded()).as("an idle connection ends at once").isTrue();
        assertThatThrownBy(() -> fleet.raw().send(get("/health/live")).answer()).isInstanceOf(IOException.class);
        go.countDown();
        RawClient.Answer answer = busy.answer();
        assertThat(answer.text()).isEqualTo("/open/slow");
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(watching.answer().field("connection")).isEqualTo("close");
        closing.join();
        busy.close();
        idle.close();
        watching.close();
    }

    @Test
    void whatDoesNotEndIsCut() throws Exception {
        try (RawClient busy = fleet.raw().send(get("/open/slow"))) {
            Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
            long start = System.nanoTime();
            fleet.gateway.drain(Duration.ofMillis(300));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(busy.isEnded()).isTrue();
        }
    }

    @Test
    void aTakenPortIsOneSentence() {
        GatewayConfig config = GatewayConfig.of("127.0.0.1", fleet.address().getPort(), fleet.origin.url());
        assertThatThrownBy(() -> Gateway.start(
                        config,
                        fleet.edge,
                        fleet.keys,
                        event -> true,
                        new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
                        Sources.system()))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("port " + fleet.address().getPort())
                .hasMessageContaining("choose another port");
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO"})
    void theOtherTransportsServeToo(Transport transport) throws Exception {
        restart(config -> config.with(transport));
        assertThat(fleet.get("/open/x").body()).isEqualTo("/open/x");
        try (RawClient client = fleet.raw()) {
            client.send(get("/site/a") + get("/health/live"));
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }
}
