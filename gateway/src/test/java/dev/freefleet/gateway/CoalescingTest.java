package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Identical misses at the same time. */
class CoalescingTest {
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<RawClient> clients = new ArrayList<>();
    private TestGateway fleet = TestGateway.start(exchange -> {
        go.await();
        exchange.json("{\"answer\":\"once\"}");
    });

    @AfterEach
    void close() throws IOException {
        go.countDown();
        for (RawClient client : clients) {
            client.close();
        }
        fleet.close();
    }

    private RawClient ask(String question) throws IOException {
        RawClient client = fleet.raw();
        clients.add(client);
        String json = "{\"query\":\"" + question + "\"}";
        return client.send("POST /query HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-API-Key: "
                + fleet.key + "\r\nContent-Length: " + json.length() + "\r\n\r\n" + json);
    }

    private void waiting(int count) {
        Await.until(count + " wait", () -> fleet.count("gateway.coalesced") >= count);
    }

    @Test
    void fiftyIdenticalMissesAreOneRequest() throws Exception {
        for (int i = 0; i < 50; i++) {
            ask("same");
        }
        waiting(49);
        go.countDown();
        int collapsed = 0;
        for (RawClient client : clients) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("{\"answer\":\"once\"}");
            collapsed += String.valueOf(answer.field("cache-status")).contains("collapsed") ? 1 : 0;
        }
        assertThat(collapsed).isEqualTo(49);
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void whoeverAsksFirstMayLeave() throws Exception {
        RawClient first = ask("left");
        Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
        RawClient second = ask("left");
        waiting(1);
        first.reset();
        Await.until("the first is gone", () -> fleet.gauge("gateway.connections") == 1);
        go.countDown();
        assertThat(second.answer().text()).isEqualTo("{\"answer\":\"once\"}");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void aWaiterMayLeave() throws Exception {
        RawClient first = ask("waiter");
        Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
        RawClient second = ask("waiter");
        waiting(1);
        second.reset();
        Await.until("the second is gone", () -> fleet.gauge("gateway.connections") == 1);
        go.countDown();
        assertThat(first.answer().status()).isEqualTo(200);
    }

    @Test
    void anAnswerThatIsNotStoredIsNobodyElses() throws Exception {
        fleet.origin.script(exchange -> {
            go.await();
            exchange.answer(200, "application/json", "{}", "Cache-Control: private");
        });
        for (int i = 0; i < 5; i++) {
            ask("private");
        }
        waiting(4);
        go.countDown();
        for (RawClient client : clients) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(fleet.origin.requests()).isEqualTo(5);
    }

    @Test
    void aBrokenFetchIsTriedByTheNext() throws Exception {
        fleet.close();
        fleet = TestGateway.start(exchange -> exchange.json("{}"), TestGateway::withoutRetries);
        fleet.origin.script(exchange -> {
            go.await();
            if (fleet.origin.requests() == 1) {
                exchange.reset();
            } else {
                exchange.json("{\"answer\":\"second\"}");
            }
        });
        for (int i = 0; i < 5; i++) {
            ask("broken");
        }
        waiting(4);
        go.countDown();
        List<Integer> statuses = new ArrayList<>();
        for (RawClient client : clients) {
            statuses.add(client.answer().status());
        }
        assertThat(statuses).containsExactlyInAnyOrder(502, 200, 200, 200, 200);
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void aFetchThatTakesTooLongHoldsNobodyBack() throws Exception {
        fleet.close();
        fleet = TestGateway.start(
                exchange -> {
                    if (fleet.origin.requests() == 1) {
                        go.await();
                    }
                    exchange.json("{\"answer\":\"quick\"}");
                },
                config -> config.withCoalesceWait(Duration.ofMillis(150)));
        RawClient slow = ask("long");
        Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
        RawClient quick = ask("long");
        assertThat(quick.answer().text()).isEqualTo("{\"answer\":\"quick\"}");
        go.countDown();
        assertThat(slow.answer().status()).isEqualTo(200);
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }
}
