package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who send as much as they may, all at once, while the Brain takes its time. */
class HeldContentTest {
    private static final int LONG = 400_000;

    private final CountDownLatch go = new CountDownLatch(1);
    private final List<RawClient> clients = new ArrayList<>();
    private final TestGateway fleet = TestGateway.start(
            exchange -> {
                go.await();
                exchange.json("{\"answer\":\"yes\"}");
            },
            config -> config.with(new GatewayConfig.RequestLimits(8_192, 32_768, 100, 10, 1 << 20)));

    @AfterEach
    void close() throws IOException {
        go.countDown();
        for (RawClient client : clients) {
            client.close();
        }
        fleet.close();
    }

    private RawClient ask(String question, int length, boolean chunked) throws IOException {
        RawClient client = fleet.raw();
        clients.add(client);
        String json = "{\"query\":\"" + question + "\",\"context\":\"" + "x".repeat(length) + "\"}";
        String head =
                "POST /query HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-API-Key: " + fleet.key + "\r\n";
        return chunked
                ? client.send(head + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(json.length()) + "\r\n"
                        + json + "\r\n0\r\n\r\n")
                : client.send(head + "Content-Length: " + json.length() + "\r\n\r\n" + json);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatFindsNoRoomIs503AndHoldsUpNobodyElse(boolean chunked) throws Exception {
        ask("one", LONG, chunked);
        ask("two", LONG, chunked);
        Await.until("both are at the Brain", () -> fleet.origin.requests() == 2);

        RawClient.Answer refused = ask("three", LONG, chunked).answer();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.field("retry-after")).isEqualTo("1");
        assertThat(refused.field("content-type")).isEqualTo("application/problem+json");
        assertThat(fleet.count("gateway.limited", "kind", "content")).isEqualTo(1);
        assertThat(fleet.usage.take().status()).isEqualTo(503);

        RawClient small = ask("four", 100, chunked);
        Await.until("there is room for a short one", () -> fleet.origin.requests() == 3);
        go.countDown();
        assertThat(small.answer().status()).isEqualTo(200);
        assertThat(clients.get(0).answer().status()).isEqualTo(200);
        assertThat(clients.get(1).answer().status()).isEqualTo(200);
        assertThat(ask("five", LONG, chunked).answer().status()).isEqualTo(200);
    }

    @Test
    void whoLeavesGivesTheRoomBack() throws Exception {
        ask("one", LONG, false);
        ask("two", LONG, false);
        Await.until("both are at the Brain", () -> fleet.origin.requests() == 2);
        clients.get(0).reset();
        Await.until("one has left", () -> fleet.gauge("gateway.in.flight") == 1);
        ask("three", LONG, false);
        Await.until("there is room again", () -> fleet.origin.requests() == 3);
        go.countDown();
        assertThat(clients.get(2).answer().status()).isEqualTo(200);
    }

    @Test
    void aRequestThatIsAloneHasRoomForAllThatItsRouteAllows() {
        ContentBudget budget = new ContentBudget(10);
        assertThat(budget.take(0, 8)).isTrue();
        assertThat(budget.take(8, 8)).isTrue();
        assertThat(budget.take(0, 1)).as("of another").isFalse();
        budget.give(16);
        assertThat(budget.take(0, 5)).isTrue();
        assertThat(budget.take(0, 5)).isTrue();
        assertThat(budget.take(0, 1)).isFalse();
    }
}
