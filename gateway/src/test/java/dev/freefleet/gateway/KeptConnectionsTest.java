package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to the origin that are kept, and what happens where the origin closes one as it is used again. */
class KeptConnectionsTest {
    private TestGateway fleet = TestGateway.start(KeptConnectionsTest::closeOnReuse);

    /** Answers the first request of each connection, and closes it when the second arrives: the worst moment. */
    private static void closeOnReuse(OriginExchange exchange) throws IOException {
        if (exchange.isFirst()) {
            exchange.json("{\"got\":\"" + exchange.method() + " " + exchange.text() + "\"}");
        } else {
            exchange.reset();
        }
    }

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    private HttpResponse<String> send(String method, String content) throws Exception {
        return fleet.send(fleet.request("/open/x").method(method, HttpRequest.BodyPublishers.ofString(content)));
    }

    /** Leaves each loop with one kept connection; there are two loops. */
    private void warm() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (RawClient client = fleet.raw()) {
                client.send("GET /open/warm HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 44", "Transfer-Encoding: chunked"})
    void aConnectionWhose204DeclaresContentIsNotKept(String declares) throws Exception {
        fleet.origin.script(exchange -> {
            if (exchange.isFirst()) {
                exchange.raw("HTTP/1.1 204 No Content\r\n" + declares + "\r\n\r\n");
            } else {
                exchange.json("\"what the 204 declared would have been taken for this\"");
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThat(fleet.get("/open/a").statusCode()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "PUT,''", "PUT,some content", "DELETE,''", "DELETE,some content"})
    void anIdempotentRequestThatMeetsAClosingConnectionIsSentOnceMore(String method, String content) throws Exception {
        warm();
        for (int i = 0; i < 4; i++) {
            HttpResponse<String> answer = send(method, content);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"got\":\"" + method + " " + content + "\"}");
        }
        assertThat(fleet.origin.requests()).as("some met a closing connection").isGreaterThan(6);
        assertThat(fleet.count("gateway.origin.failures")).isZero();
    }

    @Test
    void aQueryByPostIsSentOnceMore() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(fleet.query("{\"query\":\"question " + i + "\"}").statusCode())
                    .isEqualTo(200);
        }
        assertThat(fleet.origin.requests()).isGreaterThan(4);
    }

    @Test
    void aPostThatMayHaveArrivedIsNotSentAgain() throws Exception {
        int refused = 0;
        for (int i = 0; i < 4; i++) {
            refused += send("POST", "buy " + i).statusCode() == 502 ? 1 : 0;
        }
        assertThat(refused).as("the origin saw them").isPositive();
        assertThat(fleet.origin.requests()).as("each once").isEqualTo(4);
    }

    /**
     * The loop is held while the request arrives and after it the connection's end, so it sees both at once, in this order.
     * With io_uring the end comes before what became of the write, and the client is told 502: nothing is sent twice.
     */
    @Test
    void aPostOfWhichNoByteLeftIsSentAgain() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch kill = new CountDownLatch(1);
        TestOrigin.Script dying = exchange -> {
            exchange.json("{}");
            kill.await();
            exchange.reset();
        };
        try (TestGateway one =
                        TestGateway.start(dying, config -> config.withThreads(1).with(Transport.EPOLL));
                RawClient holder = one.raw();
                RawClient poster = one.raw()) {
            String live = "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n";
            assertThat(poster.send(live).answer().status()).isEqualTo(200);
            assertThat(holder.send("GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(200);
            one.onUsage = () -> {
                one.onUsage = () -> {};
                held.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            };
            holder.send(live);
            held.await();
            poster.send("POST /open/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nbuy");
            one.origin.script(exchange -> exchange.json("{}"));
            kill.countDown();
            Await.until("the kept connection is dead", () -> one.origin.openConnections() == 0);
            goOn.countDown();
            assertThat(poster.answer().status()).isEqualTo(200);
            assertThat(one.origin.requests())
                    .as("the warm one and the post, once")
                    .isEqualTo(2);
        }
    }

    @Test
    void longContentThatIsGoneIsNotSentAgain() throws Exception {
        fleet.origin.script(exchange -> {
            if (exchange.isFirst()) {
                exchange.json("{}");
            } else {
                exchange.content();
                exchange.reset();
            }
        });
        int refused = 0;
        for (int i = 0; i < 4; i++) {
            refused += send("PUT", "x".repeat(200_000)).statusCode() == 502 ? 1 : 0;
        }
        assertThat(refused).isPositive();
        assertThat(fleet.origin.requests()).isEqualTo(4);
    }

    @Test
    void aRequestIsNotSentAThirdTime() throws Exception {
        warm();
        fleet.origin.script(OriginExchange::reset);
        for (int i = 0; i < 4; i++) {
            assertThat(send("GET", "").statusCode()).isEqualTo(502);
        }
        assertThat(fleet.origin.requests()).isLessThanOrEqualTo(2 + 4 * 2).isGreaterThan(2 + 4);
    }

    @Test
    void whatBreaksAfterAByteOfTheAnswerIsNotSentAgain() throws Exception {
        fleet.close();
        fleet = TestGateway.start(exchange -> exchange.json("{}"), TestGateway::withoutRetries);
        warm();
        int before = fleet.origin.requests();
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP");
            exchange.end();
        });
        for (int i = 0; i < 4; i++) {
            assertThat(send("GET", "").statusCode()).isEqualTo(502);
        }
        assertThat(fleet.origin.requests() - before).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-Poison: yes\r\n", "HTTP/1.1 20", "x"})
    void theBeginningOfAnAnswerNobodyAskedForIsNotPartOfTheNext(String poison) throws Exception {
        fleet.origin.script(exchange -> exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst" + poison));
        for (int i = 0; i < 6; i++) {
            HttpResponse<String> answer = fleet.get("/open/x");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("first");
            assertThat(answer.headers().firstValue("x-poison")).isEmpty();
        }
        assertThat(fleet.origin.connections()).as("none is used again").isEqualTo(6);
    }

    @Test
    void theBeginningOfAnAnswerOnAnIdleConnectionEndsIt() throws Exception {
        TestOrigin.Script lateBytes = exchange -> {
            exchange.json("{}");
            Await.until("the gateway has the answer", () -> fleet.gauge("gateway.origin.running") == 0);
            exchange.raw("HTTP/1.1 200 OK\r\nX-Poison: yes\r\n");
            exchange.waitForEnd();
            exchange.end();
        };
        fleet.origin.script(lateBytes);
        assertThat(fleet.get("/open/x").statusCode()).isEqualTo(200);
        Await.until("the connection is closed", () -> fleet.origin.openConnections() == 0);
    }

    @Test
    void unusedConnectionsAreClosedBeforeUsualOriginsCloseThem() {
        assertThat(GatewayConfig.Origin.of(URI.create("http://127.0.0.1:1")).idle())
                .isLessThan(Duration.ofSeconds(5));
    }
}
