package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.EdgeContract;
import dev.freefleet.testkit.EdgeUnderTest;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every edge does, by the Worker in workerd. */
class WorkerEdgeTest extends EdgeContract {
    @Override
    protected EdgeUnderTest start(TestOrigin.Script script) throws Exception {
        return WorkerUnderTest.start(script);
    }

    /** No status of HTTP (RFC 9110 section 15), and no event that the fleet would take. */
    @Test
    void anAnswerWhoseStatusIsNoneIsABrokenOne() throws Exception {
        try (WorkerUnderTest worker = WorkerUnderTest.start(exchange -> exchange.answer(700, "text/plain", "?"))) {
            assertThat(worker.get("/open/odd").statusCode()).isEqualTo(502);
        }
    }

    /** Ten failures would open the circuit breaker; these are the clients'. */
    @Test
    void clientsThatDawdleSayNothingAboutTheOrigin() throws Exception {
        try (WorkerUnderTest worker =
                WorkerUnderTest.start(exchange -> exchange.json("{\"got\":\"" + exchange.text() + "\"}"))) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                clients.add(RawClient.connect(
                                new InetSocketAddress(
                                        worker.url().getHost(), worker.url().getPort()),
                                0,
                                60_000)
                        .send("POST /hasty/slow HTTP/1.1\r\nHost: worker\r\nContent-Length: 100\r\n\r\npart"));
            }
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(504);
                client.close();
            }
            assertThat(worker.send(HttpRequest.newBuilder(URI.create(worker.url() + "/open/whole"))
                                    .POST(HttpRequest.BodyPublishers.ofString("all of it")))
                            .body())
                    .isEqualTo("{\"got\":\"all of it\"}");
        }
    }

    /** However a key was shown: the gateway looks at it once more. The Brain's own secrets are not the gateway's business. */
    @Test
    void aGatewayIsToldTheEdgeTheClientAndItsKey() throws Exception {
        UnaryOperator<String> gateway = policy -> policy.replace("\"kind\": \"brain\"", "\"kind\": \"gateway\"");
        try (WorkerUnderTest worker = WorkerUnderTest.start(
                exchange -> exchange.json(
                        Stream.of("fleet-edge", "fleet-client", "x-api-key", "authorization", "x-fleet-secret")
                                .map(name -> exchange.head().field(name))
                                .toList()
                                .toString()),
                gateway,
                "{}",
                Path.of("nowhere"))) {
            String key = worker.key(7, "default");
            String told = "[" + TestFleet.TOKEN + ", 203.0.113.9, " + key + ", null, null]";
            assertThat(worker.get("/query?q=a", "X-API-Key", key, "CF-Connecting-IP", "203.0.113.9")
                            .body())
                    .isEqualTo(told);
            assertThat(worker.get(
                                    "/query?q=b",
                                    "Authorization",
                                    "bearer  " + key,
                                    "CF-Connecting-IP",
                                    "203.0.113.9",
                                    "Fleet-Edge",
                                    "forged",
                                    "Fleet-Client",
                                    "6.6.6.6")
                            .body())
                    .isEqualTo(told);
        }
    }

    /** The runtime refuses to fetch so. */
    @Test
    void contentOfAGetIsNotPassedOnAndTheRequestIsAnswered() throws Exception {
        try (WorkerUnderTest worker =
                WorkerUnderTest.start(exchange -> exchange.json("{\"got\":\"" + exchange.text() + "\"}"))) {
            assertThat(worker.send(HttpRequest.newBuilder(URI.create(worker.url() + "/open/with"))
                                    .method("GET", HttpRequest.BodyPublishers.ofString("content")))
                            .body())
                    .isEqualTo("{\"got\":\"\"}");
        }
    }
}
