package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often an origin is asked that is slow, and what becomes of answers that come to a standstill or that nobody waits for. */
@Timeout(200)
class WorkerOriginTest {
    private static final int MANY = 20;
    private static final String STALE_SOON = "Cache-Control: max-age=1, stale-while-revalidate=600";

    private static RawClient client(WorkerUnderTest edge, String request) throws Exception {
        return RawClient.connect(
                        new InetSocketAddress(edge.url().getHost(), edge.url().getPort()), 0, 60_000)
                .send(request);
    }

    private static void recorded(WorkerUnderTest edge, String event) {
        Await.until("something is recorded", () -> !edge.usage().isEmpty());
        assertThat(edge.usage()).containsExactly(event);
    }

    @Test
    void oneRevalidationIsEnoughForAllWhoWereAnsweredStale() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
            if (asked.incrementAndGet() == 1) {
                exchange.answer(200, "text/plain", "one", STALE_SOON);
            } else {
                go.await(60, TimeUnit.SECONDS);
                exchange.answer(200, "text/plain", "two", "Cache-Control: no-store");
            }
        })) {
            assertThat(edge.get("/site/swr").body()).isEqualTo("one");
            Thread.sleep(2_500);
            for (int i = 0; i < MANY; i++) {
                assertThat(edge.get("/site/swr").body()).isEqualTo("one");
            }
            Await.until("the origin is asked", () -> asked.get() == 2);
            go.countDown();
            Await.until("all is recorded", () -> edge.usage().size() == MANY + 1);
            assertThat(asked).hasValue(2);
        }
    }

    /** After ten seconds the first of those who wait asks as well, and after ten more the next: not all of them. */
    @Test
    void whoHasWaitedTooLongAsksAndTheOthersWaitForThem() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
            asked.incrementAndGet();
            go.await(120, TimeUnit.SECONDS);
            exchange.json("{}");
        })) {
            String key = edge.key(7, "default");
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                all.add(edge.sendAsync("/query?q=slow", "X-API-Key", key));
            }
            Await.until("the second asks", () -> asked.get() == 2);
            Thread.sleep(3_000);
            go.countDown();
            for (CompletableFuture<HttpResponse<String>> one : all) {
                assertThat(one.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            assertThat(asked.get()).isLessThanOrEqualTo(3);
        }
    }

    /** Whichever of the fetches under way is answered first answers all who wait. */
    @Test
    void whoWaitsForASlowOriginIsAnsweredByTheFirstFetchThatIs() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
            asked.incrementAndGet();
            Thread.sleep(13_000);
            exchange.json("{}");
        })) {
            String key = edge.key(7, "default");
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                all.add(edge.sendAsync("/query?q=slow", "X-API-Key", key));
            }
            for (CompletableFuture<HttpResponse<String>> one : all) {
                assertThat(one.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            assertThat(asked.get()).isLessThanOrEqualTo(3);
        }
    }

    /** They say nothing about the origin: ten failures would open the circuit breaker. */
    @Test
    void clientsThatLeaveDoNotOpenTheBreaker() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
            if (exchange.target().contains("left")) {
                go.await(120, TimeUnit.SECONDS);
            }
            exchange.json("{}");
        })) {
            String key = edge.key(7, "default");
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                clients.add(client(
                        edge, "GET /query?q=left" + i + " HTTP/1.1\r\nHost: worker\r\nX-API-Key: " + key + "\r\n\r\n"));
            }
            Await.until("all are at the origin", () -> edge.origin.requests() == 12);
            for (RawClient one : clients) {
                one.reset();
            }
            Await.until("they are given up", () -> edge.metric("fleet_edge_requests_under_way") == 0);
            assertThat(edge.get("/query?q=other", "X-API-Key", key).statusCode())
                    .isEqualTo(200);
            go.countDown();
        }
    }

    @Test
    void anAnswerThatComesToAStandstillIsBrokenOff() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (WorkerUnderTest edge = WorkerUnderTest.start(
                exchange -> {
                    exchange.content();
                    exchange.raw("HTTP/1.1 200 Yes\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{");
                    go.await(120, TimeUnit.SECONDS);
                },
                policy -> policy.replace("\"kind\": \"brain\",", "\"kind\": \"brain\", \"stall_ms\": 1000,"),
                "{}",
                Path.of("nowhere"))) {
            assertThat(edge.get("/query?q=stalled", "X-API-Key", edge.key(7, "default"))
                            .statusCode())
                    .isEqualTo(502);
            go.countDown();
        }
    }

    /** A stream that says nothing shows in no other way that nobody reads it. */
    @Test
    void theOriginOfAQuietStreamIsToldThatItsClientLeft() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
            exchange.end();
            exchange.raw(
                    "HTTP/1.1 200 Yes\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: one\n\n");
            exchange.waitForEnd();
            ended.countDown();
        })) {
            RawClient client = client(edge, "GET /open/quiet HTTP/1.1\r\nHost: worker\r\n\r\n");
            Await.until("it has begun", () -> edge.origin.requests() == 1);
            Thread.sleep(1_000);
            client.close();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            recorded(edge, "200 open bypass");
        }
    }

    /** The platform ends what is left to do 30 s after a client has left. */
    @Test
    void whoLeavesABrainThatThinksTooLongIsRecordedBeforeThePlatformEndsIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
            go.await(120, TimeUnit.SECONDS);
            exchange.json("{}");
        })) {
            RawClient client = client(
                    edge,
                    "GET /query?q=left HTTP/1.1\r\nHost: worker\r\nX-API-Key: " + edge.key(7, "default") + "\r\n\r\n");
            Await.until("it has come", () -> edge.origin.requests() == 1);
            client.reset();
            recorded(edge, "499 query miss");
            go.countDown();
        }
    }

    /** What the Brain says soon after its client has left is stored all the same. */
    @Test
    void whatIsSaidSoonAfterAClientLeftIsStored() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
            go.await(60, TimeUnit.SECONDS);
            exchange.json("{}");
        })) {
            String key = edge.key(7, "default");
            RawClient client =
                    client(edge, "GET /query?q=left HTTP/1.1\r\nHost: worker\r\nX-API-Key: " + key + "\r\n\r\n");
            Await.until("it has come", () -> edge.origin.requests() == 1);
            client.reset();
            Thread.sleep(500);
            go.countDown();
            recorded(edge, "200 query miss");
            assertThat(edge.get("/query?q=left", "X-API-Key", key)
                            .headers()
                            .firstValue("cache-status")
                            .orElse(""))
                    .contains("hit");
        }
    }
}
