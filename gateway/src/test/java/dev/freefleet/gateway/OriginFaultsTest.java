package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway makes of an origin that is away, slow or broken: an error of its own or a broken answer, no hang. */
class OriginFaultsTest {
    private final CountDownLatch end = new CountDownLatch(1);
    private TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"));

    @AfterEach
    void close() throws IOException {
        end.countDown();
        fleet.close();
    }

    private void restart(java.util.function.UnaryOperator<GatewayConfig> change) throws IOException {
        fleet.close();
        fleet = TestGateway.start(exchange -> exchange.json("{}"), change);
    }

    @Test
    void aRefusedConnectionIs502() throws Exception {
        fleet.origin.close();
        HttpResponse<String> answer = fleet.query("{\"query\":\"away\"}");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(fleet.count("gateway.origin.failures", "kind", "unreachable"))
                .isEqualTo(1);
        fleet.assertServes();
    }

    @Test
    void anUnknownHostIs502() throws Exception {
        restart(config -> config.with(GatewayConfig.Origin.of(URI.create("http://brain.invalid:1"))));
        assertThat(fleet.get("/open/x").statusCode()).isEqualTo(502);
    }

    @Test
    void anOriginThatDawdlesIs504() throws Exception {
        fleet.origin.script(exchange -> end.await());
        long start = System.nanoTime();
        assertThat(fleet.get("/hasty/x").statusCode()).isEqualTo(504);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
        Await.until("the origin's connection is closed", () -> fleet.gauge("gateway.origin.running") == 0);
        assertThat(fleet.count("gateway.origin.failures", "kind", "timeout")).isEqualTo(1);
    }

    @Test
    void requestsThatRunOutOfTimeTogetherAllGet504() throws Exception {
        int together = 6;
        fleet.origin.script(exchange -> end.await());
        List<Integer> statuses = new CopyOnWriteArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < together; i++) {
                String path = "/hasty/" + i;
                var _ = clients.submit(() -> statuses.add(fleet.get(path).statusCode()));
            }
        }
        assertThat(statuses).hasSize(together).containsOnly(504);
        Await.until("the origin's connections are closed", () -> fleet.gauge("gateway.origin.running") == 0);
        fleet.origin.script(exchange -> exchange.json("{}"));
        assertThat(fleet.get("/hasty/x").statusCode()).isEqualTo(200);
    }

    static Stream<Arguments> brokenAnswers() {
        return Stream.of(
                Arguments.of("garbage", "this is no HTTP at all\r\n\r\n"),
                Arguments.of("nothing", ""),
                Arguments.of("half a head", "HTTP/1.1 200 OK\r\nContent-Le"),
                Arguments.of("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
                Arguments.of(
                        "length and chunks",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
                Arguments.of("another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}"),
                Arguments.of("a protocol nobody asked for", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
                Arguments.of("a control character", "HTTP/1.1 200 OK\r\nX: a\u0001b\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of("status 999", "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of("a head without end", "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenAnswers")
    void aBrokenHeadIs502(String name, String bytes) throws Exception {
        fleet.origin.script(exchange -> {
            exchange.content();
            exchange.raw(bytes);
            exchange.end();
        });
        assertThat(fleet.query("{\"query\":\"broken\"}").statusCode()).as(name).isEqualTo(502);
        fleet.origin.script(exchange -> exchange.json("{\"answer\":1}"));
        assertThat(fleet.query("{\"query\":\"broken\"}").statusCode())
                .as("nothing of it was stored")
                .isEqualTo(200);
    }

    @Test
    void aResetBeforeTheHeadIs502() throws Exception {
        fleet.origin.script(exchange -> exchange.reset());
        assertThat(fleet.get("/open/x").statusCode()).isEqualTo(502);
    }

    static Stream<Arguments> brokenContents() {
        return Stream.of(
                Arguments.of("too short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
                Arguments.of("no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
                Arguments.of(
                        "a chunk of garbage",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzzz\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenContents")
    void brokenContentBreaksTheAnswerAndIsNotStored(String name, String bytes) throws Exception {
        fleet.origin.script(exchange -> {
            exchange.raw(bytes);
            exchange.end();
        });
        try (RawClient client = fleet.raw()) {
            client.send("GET /query?q=half HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key + "\r\n\r\n");
            String got = new String(client.rest(), java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(got).as(name).doesNotEndWith("0\r\n\r\n");
            if (name.equals("too short")) {
                assertThat(got).contains("content-length: 100").endsWith("half");
            }
        }
        fleet.origin.script(exchange -> exchange.json("{\"answer\":1}"));
        assertThat(fleet.get("/query?q=half").body()).isEqualTo("{\"answer\":1}");
    }

    @Test
    void aResetInTheContentBreaksTheAnswer() throws Exception {
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\n\r\nhalf"); // until the connection ends, which a reset is not
            end.await();
            exchange.reset();
        });
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head().field("transfer-encoding")).isEqualTo("chunked");
            end.countDown();
            byte[] rest = client.rest();
            assertThat(new String(rest, java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void bytesAfterAnAnswerNeverBecomeTheNextOne() throws Exception {
        fleet.origin.script(exchange -> {
            if (exchange.target().equals("/open/first")) {
                exchange.raw(
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
            } else {
                exchange.answer(200, "text/plain", "second");
            }
        });
        for (int i = 0; i < 5; i++) {
            assertThat(fleet.get("/open/first").body()).isEqualTo("first");
            assertThat(fleet.get("/open/second").body()).isEqualTo("second");
        }
    }

    @Test
    void interimAnswersArePassedOver() throws Exception {
        fleet.origin.script(exchange -> exchange.raw(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        assertThat(fleet.get("/open/x").body()).isEqualTo("ok");
        assertThat(fleet.get("/open/x").body()).isEqualTo("ok");
    }

    @Test
    void aKeptConnectionThatDiedIsNoticed() throws Exception {
        TestOrigin.Script closing = exchange -> {
            exchange.json("{\"n\":" + fleet.origin.requests() + "}");
            exchange.end(); // says nothing of it
        };
        fleet.origin.script(closing);
        for (int i = 0; i < 20; i++) {
            assertThat(fleet.get("/open/" + i).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", ""})
    void anOriginThatStallsInItsContentIsGivenUp(String content) throws Exception {
        restart(config -> config.with(new GatewayConfig.Origin(
                config.origin().url(),
                4,
                4,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofMillis(300),
                8192,
                1 << 20)));
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + content);
            end.await();
        });
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n");
            client.head();
            assertThat(client.rest()).hasSizeLessThan(10);
        }
        Await.until("its place at the origin is free", () -> fleet.gauge("gateway.origin.running") == 0);
    }

    @Test
    void anAnswerLongerThanItsBoundIsBrokenOff() throws Exception {
        restart(config -> config.with(new GatewayConfig.Origin(
                config.origin().url(),
                4,
                4,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                8192,
                100_000)));
        fleet.origin.script(exchange -> exchange.answer(200, "text/plain", "x".repeat(1_000_000)));
        assertThat(fleet.get("/open/x").statusCode()).isEqualTo(502);
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\n\r\n");
            exchange.raw("x".repeat(1_000_000));
            exchange.end();
        });
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n");
            client.head();
            assertThat(client.rest()).hasSizeLessThanOrEqualTo(110_000);
        }
        fleet.assertServes();
    }

    @Test
    void noMoreRequestsAreAtTheOriginThanItTakes() throws Exception {
        restart(config -> config.with(new GatewayConfig.Origin(
                config.origin().url(),
                2,
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                8192,
                100_000)));
        fleet.origin.script(exchange -> {
            end.await();
            exchange.json("{}");
        });
        RawClient[] clients = new RawClient[4];
        for (int i = 0; i < 4; i++) {
            int queued = Math.max(0, i - 2);
            clients[i] = fleet.raw().send("GET /open/" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
            int running = Math.min(2, i + 1);
            if (i < 3) {
                int waiting = i == 2 ? 1 : queued;
                Await.until(
                        "request " + i + " is there",
                        () -> fleet.gauge("gateway.origin.running") == running
                                && fleet.gauge("gateway.origin.queued") == waiting);
            }
        }
        RawClient.Answer full = clients[3].answer();
        assertThat(full.status()).as("no room to wait").isEqualTo(503);
        assertThat(full.head().field("retry-after")).isEqualTo("1");
        assertThat(fleet.count("gateway.origin.failures", "kind", "overloaded")).isEqualTo(1);
        Await.until("both that may be are there", () -> fleet.origin.requests() == 2);
        end.countDown();
        for (int i = 0; i < 3; i++) {
            assertThat(clients[i].answer().status()).isEqualTo(200);
        }
        for (RawClient client : clients) {
            client.close();
        }
        assertThat(fleet.gauge("gateway.origin.running")).isZero();
    }
}
