package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Route;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiting for a turn at the origin. */
class QueueTest {
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<RawClient> clients = new ArrayList<>();
    private TestGateway fleet = start(Duration.ofSeconds(20));

    private TestGateway start(Duration wait) {
        return TestGateway.start(
                exchange -> {
                    go.await();
                    exchange.json("{}");
                },
                config -> {
                    GatewayConfig.Origin usual = config.origin();
                    return config.with(new GatewayConfig.Origin(
                                    usual.url(),
                                    1,
                                    100,
                                    usual.connect(),
                                    usual.idle(),
                                    usual.stall(),
                                    usual.maxHeadBytes(),
                                    usual.maxBodyBytes())
                            .with(usual.resilience().withQueueWait(wait)));
                },
                policy());
    }

    private static EdgePolicy policy() {
        return new EdgePolicy(
                "test",
                List.of(new Route(
                        "open", Set.of("GET"), "/**", Route.Auth.KEY, null, 1 << 20, 30_000, new CacheRule.Off())),
                Map.of(
                        "default", new EdgePolicy.Plan(TestGateway.PLENTY, List.of()),
                        "gold", new EdgePolicy.Plan(TestGateway.PLENTY, List.of(), 256, 10),
                        "spare", new EdgePolicy.Plan(TestGateway.PLENTY, List.of(), 256, -10)),
                TestGateway.PLENTY,
                TestGateway.PLENTY,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.OFF);
    }

    @AfterEach
    void close() throws IOException {
        go.countDown();
        for (RawClient client : clients) {
            client.close();
        }
        fleet.close();
    }

    private RawClient ask(String target, String plan) throws IOException {
        RawClient client = fleet.raw()
                .send("GET " + target + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key(1, plan) + "\r\n\r\n");
        clients.add(client);
        int all = clients.size();
        Await.until(
                target + " is there",
                () -> fleet.gauge("gateway.origin.running") + fleet.gauge("gateway.origin.queued") == all);
        return client;
    }

    @Test
    void keysOfAHigherPriorityGoFirst() throws Exception {
        ask("/first", "default");
        ask("/spare", "spare");
        ask("/usual-1", "default");
        ask("/usual-2", "default");
        ask("/gold", "gold");
        go.countDown();
        for (RawClient client : clients) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(fleet.origin.exchanges().stream().map(OriginExchange::target))
                .containsExactly("/first", "/gold", "/usual-1", "/usual-2", "/spare");
        assertThat(fleet.registry.get("gateway.origin.queue.wait").timer().count())
                .isEqualTo(4);
    }

    @Test
    void nobodyWaitsLongerThanTheBound() throws Exception {
        fleet.close();
        fleet = start(Duration.ofMillis(200));
        ask("/first", "default");
        RawClient.Answer late = ask("/late", "default").answer();
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.head().field("retry-after")).isEqualTo("1");
        assertThat(fleet.gauge("gateway.origin.queued")).isZero();
        assertThat(fleet.gauge("gateway.origin.breaker")).isZero();
    }

    @Test
    void whoLeavesGivesThePlaceUp() throws Exception {
        ask("/first", "default");
        ask("/leaves", "default").close();
        Await.until("the place is free", () -> fleet.gauge("gateway.origin.queued") == 0);
        go.countDown();
        assertThat(clients.getFirst().answer().status()).isEqualTo(200);
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }
}
