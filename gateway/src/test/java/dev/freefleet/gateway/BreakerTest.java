package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An origin that fails is left alone until it has recovered. */
class BreakerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final TestOrigin.Script DOWN = exchange -> exchange.answer(503, "text/plain", "down");
    private static final TestOrigin.Script UP = exchange -> exchange.json("{\"answer\":\"up\"}");

    private TestGateway fleet = start(new CircuitBreaker.Rule(5, 50, 30 * SECOND, 60 * SECOND, 60 * SECOND, 1, 2));

    private static TestGateway start(CircuitBreaker.Rule rule) {
        return TestGateway.start(
                DOWN,
                config -> config.with(config.origin()
                        .with(config.origin().resilience().withRetries(0, 0).with(rule))));
    }

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    private void fail(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(fleet.get("/open/" + i).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void afterManyFailuresItIsNotAskedAndClientsAreToldWhenToComeBack() throws Exception {
        fail(5);
        HttpResponse<String> refused = fleet.get("/open/x");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(Integer.parseInt(refused.headers().firstValue("retry-after").orElseThrow()))
                .isBetween(40, 73);
        assertThat(refused.body()).contains("left alone");
        assertThat(fleet.origin.requests()).isEqualTo(5);
        assertThat(fleet.gauge("gateway.origin.breaker")).isEqualTo(2);
        assertThat(fleet.count("gateway.origin.failures", "kind", "circuit_open"))
                .isEqualTo(1);
        fleet.assertServes();
    }

    @Test
    void clientsErrorsAndBugsAreNoFailures() throws Exception {
        for (int status : new int[] {400, 404, 429, 500, 501}) {
            fleet.origin.script(exchange -> exchange.answer(status, "text/plain", "x"));
            for (int i = 0; i < 6; i++) {
                assertThat(fleet.get("/open/x").statusCode()).isEqualTo(status);
            }
        }
    }

    @Test
    void storedAnswersAreServedMeanwhileWithALabel() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(
                200, "text/plain", "kept", "Cache-Control: max-age=0, stale-if-error=600", "ETag: \"1\""));
        assertThat(fleet.get("/site/a").body()).isEqualTo("kept");
        fleet.origin.script(DOWN);
        fail(5);
        HttpResponse<String> stale = fleet.get("/site/a");
        assertThat(stale.body()).isEqualTo("kept");
        assertThat(stale.headers().firstValue("cache-status").orElseThrow()).endsWith("detail=circuit-open");
    }

    @Test
    void oncePastItsCoolDownAFewTrialsCloseIt() throws Exception {
        fleet.close();
        fleet = start(new CircuitBreaker.Rule(5, 50, 30 * SECOND, 200 * MILLI, 400 * MILLI, 1, 2));
        fail(5);
        fleet.origin.script(UP);
        Await.until("it is closed", () -> {
            try {
                fleet.get("/open/x");
                return fleet.gauge("gateway.origin.breaker") == 0;
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThat(fleet.get("/open/x").body()).isEqualTo("{\"answer\":\"up\"}");
    }

    @Test
    void failedHealthChecksOpenItAndPassedOnesCloseIt() throws Exception {
        fleet.close();
        AtomicReference<String> status = new AtomicReference<>("healthy");
        TestOrigin.Script brain = exchange -> {
            if (exchange.target().equals("/health")) {
                exchange.json("{\"status\":\"" + status.get() + "\"}");
            } else {
                UP.handle(exchange);
            }
        };
        fleet = TestGateway.start(
                brain, config -> config.with(new GatewayConfig.Poll("/health", Duration.ofMillis(100))));
        assertThat(fleet.get("/open/x").statusCode()).isEqualTo(200);
        status.set("down");
        Await.until("it is left alone", () -> fleet.gauge("gateway.origin.breaker") == 2);
        HttpResponse<String> refused = fleet.get("/open/x");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        status.set("healthy");
        Await.until("it is asked again", () -> fleet.gauge("gateway.origin.breaker") == 0);
        assertThat(fleet.get("/open/x").statusCode()).isEqualTo(200);
    }

    @Test
    void aCheckThatIsLateWhileTheBrainWorksIsNoFailure() throws Exception {
        fleet.close();
        CountDownLatch go = new CountDownLatch(1);
        TestOrigin.Script busy = exchange -> {
            go.await();
            UP.handle(exchange);
        };
        fleet = TestGateway.start(
                busy,
                config -> config.with(new GatewayConfig.Poll("/health", Duration.ofMillis(100)))
                        .with(config.origin().with(config.origin().resilience().withHealth(1, 1))));
        try (RawClient client = fleet.raw().send("GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n")) {
            Await.until("a check was late", () -> fleet.gateway.brainStatus().equals("down"));
            assertThat(fleet.gauge("gateway.origin.breaker")).isZero();
            go.countDown();
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }
}
