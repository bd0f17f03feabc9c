package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An origin that sleeps until it is wanted. */
class WakingTest {
    private final List<RawClient> clients = new ArrayList<>();
    /** The service that wakes the origin. */
    private final TestOrigin alarm = TestOrigin.start(exchange -> exchange.answer(202, "text/plain", ""));

    private @Nullable TestOrigin woken;
    private TestGateway fleet = start(Duration.ofSeconds(30), 2);

    private TestGateway start(Duration patience, int waiting) {
        return TestGateway.start(
                exchange -> exchange.answer(
                        200, "text/plain", "of old", "Cache-Control: max-age=0, stale-if-error=600", "ETag: \"1\""),
                config -> config.with(config.origin()
                        .with(config.origin()
                                .resilience()
                                .with(new Resilience.Waking(
                                        patience, waiting, URI.create(alarm.url() + "/wake?t=1"), "POST")))));
    }

    @AfterEach
    void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        fleet.close();
        alarm.close();
        if (woken != null) {
            woken.close();
        }
    }

    private RawClient ask(String target) throws IOException {
        RawClient client = fleet.raw().send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
        clients.add(client);
        return client;
    }

    private void waiting(int many) {
        Await.until(many + " wait", () -> fleet.gauge("gateway.origin.waiting") == many);
    }

    private TestOrigin wakes() {
        TestOrigin up = TestOrigin.start(fleet.origin.url().getPort(), exchange -> {
            if (exchange.target().equals("/health")) {
                exchange.json("{\"status\":\"healthy\"}");
            } else {
                exchange.answer(200, "text/plain", "awake");
            }
        });
        woken = up;
        return up;
    }

    @Test
    void requestsWaitForItAndGoOnOnceItsHealthAnswers() throws Exception {
        fleet.origin.close();
        ask("/open/first");
        waiting(1);
        ask("/open/second");
        waiting(2);
        RawClient.Answer full = ask("/open/third").answer();
        assertThat(full.status()).isEqualTo(503);
        assertThat(full.head().field("retry-after")).isEqualTo("10");
        Await.until("it is called", () -> alarm.requests() > 0);
        wakes();
        assertThat(clients.get(0).answer().text()).isEqualTo("awake");
        assertThat(clients.get(1).answer().text()).isEqualTo("awake");
        assertThat(fleet.gauge("gateway.origin.waiting")).isZero();
        assertThat(alarm.exchanges().stream().map(exchange -> exchange.method() + " " + exchange.target()))
                .as("once")
                .containsExactly("POST /wake?t=1");
        assertThat(fleet.count("gateway.origin.wakeups")).isEqualTo(1);
    }

    @Test
    void theyWaitNoLongerThanTheirPatience() throws Exception {
        fleet.close();
        fleet = start(Duration.ofMillis(300), 2);
        fleet.origin.close();
        RawClient.Answer late = ask("/open/x").answer();
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.text()).contains("being woken");
        assertThat(fleet.gauge("gateway.origin.waiting")).isZero();
    }

    @Test
    void aStaleAnswerIsGivenAtOnceAndStartsTheWaking() throws Exception {
        assertThat(fleet.get("/site/a").body()).isEqualTo("of old");
        fleet.origin.close();
        HttpResponse<String> stale = fleet.get("/site/a");
        assertThat(stale.body()).isEqualTo("of old");
        assertThat(stale.headers().firstValue("cache-status").orElseThrow()).endsWith("detail=origin-asleep");
        Await.until("it is called", () -> alarm.requests() == 1);
        assertThat(fleet.gauge("gateway.origin.waiting")).isZero();
        wakes();
        Await.until("it is awake", () -> {
            try {
                return fleet.get("/site/a").body().equals("awake");
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    @Test
    void whoLeavesDoesNotGoOn() throws Exception {
        fleet.origin.close();
        ask("/open/leaves");
        waiting(1);
        ask("/open/stays");
        waiting(2);
        clients.getFirst().close();
        waiting(1);
        TestOrigin up = wakes();
        assertThat(clients.getLast().answer().text()).isEqualTo("awake");
        assertThat(up.exchanges().stream().map(OriginExchange::target)).doesNotContain("/open/leaves");
    }
}
