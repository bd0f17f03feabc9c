package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.HttpReader;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Purges of what is stored, and of what is just being fetched. */
class CachePurgeTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch held = new CountDownLatch(1);
    private volatile boolean holdFirst;
    private final TestGateway fleet = TestGateway.start(this::answer);

    private void answer(OriginExchange exchange) throws IOException, InterruptedException {
        int number = asked.incrementAndGet();
        if (holdFirst && number == 1) {
            held.await(30, TimeUnit.SECONDS);
        }
        exchange.json("{\"answer\":\"number " + number + "\",\"sources\":[{\"id\":\"doc-1\"}]}");
    }

    @AfterEach
    void close() throws IOException {
        held.countDown();
        fleet.close();
    }

    private CompletableFuture<HttpResponse<String>> begin(String json) {
        HttpRequest request = fleet.request("/query")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return fleet.http().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private String ask(String json) throws Exception {
        return fleet.query(json).headers().firstValue("cache-status").orElseThrow();
    }

    @Test
    void answersArePurgedByTheDocumentsThatTheyRestOn() throws Exception {
        ask("{\"query\":\"a\"}");
        assertThat(ask("{\"query\":\"a\"}")).contains("hit");
        assertThat(fleet.gateway.purge(Selection.ofTag("doc-2")).join()).isZero();
        assertThat(ask("{\"query\":\"a\"}")).contains("hit");
        assertThat(fleet.gateway.purge(Selection.ofTag("doc-1")).join()).isEqualTo(1);
        assertThat(ask("{\"query\":\"a\"}")).contains("fwd=uri-miss");
    }

    @Test
    void answersArePurgedByRouteAndByTheKeyThatAListShows() throws Exception {
        ask("{\"query\":\"a\"}");
        ask("{\"query\":\"b\"}");
        String key = fleet.gateway
                .store()
                .list(Selection.ofRoute("query"), 1)
                .join()
                .getFirst()
                .key();
        assertThat(key).startsWith("query:");
        assertThat(fleet.gateway.purge(Selection.ofKey(key)).join()).isEqualTo(1);
        assertThat(fleet.gateway.purge(Selection.ofRoute("wisdom")).join()).isZero();
        assertThat(fleet.gateway.purge(Selection.ofRoute("query")).join()).isEqualTo(1);
        assertThat(fleet.gateway.store().stats().keys()).isZero();
    }

    @Test
    void anAnswerThatWasBeingFetchedIsPurgedToo() throws Exception {
        holdFirst = true;
        CompletableFuture<HttpResponse<String>> first = begin("{\"query\":\"a\"}");
        Await.until("the Brain is asked", () -> asked.get() == 1);
        fleet.gateway.purge(Selection.ofTag("doc-1")).join();
        held.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).body()).contains("number 1");
        assertThat(fleet.gateway.store().stats().keys()).isZero();
        assertThat(fleet.query("{\"query\":\"a\"}").body()).contains("number 2");
        assertThat(ask("{\"query\":\"a\"}")).contains("hit");
    }

    @Test
    void anAnswerThatIsNotMeantIsStoredAlthoughAPurgeCameInBetween() throws Exception {
        holdFirst = true;
        CompletableFuture<HttpResponse<String>> first = begin("{\"query\":\"a\"}");
        Await.until("the Brain is asked", () -> asked.get() == 1);
        fleet.gateway.purge(Selection.ofTag("doc-2")).join();
        held.countDown();
        first.get(30, TimeUnit.SECONDS);
        assertThat(ask("{\"query\":\"a\"}")).contains("hit");
    }

    @Test
    void whoAsksAfterAPurgeDoesNotWaitForAnAnswerFromBeforeIt() throws Exception {
        holdFirst = true;
        CompletableFuture<HttpResponse<String>> first = begin("{\"query\":\"a\"}");
        Await.until("the Brain is asked", () -> asked.get() == 1);
        fleet.gateway.purge(Selection.ALL).join();
        assertThat(fleet.query("{\"query\":\"a\"}").body()).contains("number 2");
        held.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).body()).contains("number 1");
        assertThat(fleet.query("{\"query\":\"a\"}").body()).contains("number 2");
    }

    private void holdsTheFirstGet() {
        fleet.origin.script(exchange -> {
            int number = asked.incrementAndGet();
            if (number == 1) {
                held.await(30, TimeUnit.SECONDS);
            }
            exchange.answer(
                    200,
                    "text/plain",
                    "number " + number,
                    "Cache-Control: max-age=600",
                    exchange.method().equals("POST") ? "Content-Location: /site/page" : "X-Own: 1");
        });
    }

    private CompletableFuture<HttpResponse<String>> beginPage() {
        return fleet.http().sendAsync(fleet.request("/site/page").build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> change(String method) throws Exception {
        return fleet.send(fleet.request("/site/page").method(method, HttpRequest.BodyPublishers.ofString("new")));
    }

    @Test
    void anAnswerThatWasAskedForBeforeAChangeIsNotStoredAfterIt() throws Exception {
        holdsTheFirstGet();
        CompletableFuture<HttpResponse<String>> first = beginPage();
        Await.until("the Brain is asked", () -> asked.get() == 1);
        assertThat(change("PUT").body()).isEqualTo("number 2");
        held.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).body()).isEqualTo("number 1");
        assertThat(fleet.gateway.store().stats().keys()).isZero();
        assertThat(fleet.get("/site/page").body()).isEqualTo("number 3");
    }

    @Test
    void whoAsksAfterAChangeDoesNotWaitForAnAnswerFromBeforeIt() throws Exception {
        holdsTheFirstGet();
        CompletableFuture<HttpResponse<String>> first = beginPage();
        Await.until("the Brain is asked", () -> asked.get() == 1);
        change("DELETE");
        assertThat(fleet.get("/site/page").body()).isEqualTo("number 3");
        held.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).body()).isEqualTo("number 1");
        assertThat(fleet.get("/site/page").body()).isEqualTo("number 3");
    }

    @Test
    void whatAPostAnswersTakesThePlaceOfWhatWasAskedForBeforeIt() throws Exception {
        holdsTheFirstGet();
        CompletableFuture<HttpResponse<String>> first = beginPage();
        Await.until("the Brain is asked", () -> asked.get() == 1);
        assertThat(change("POST").body()).isEqualTo("number 2");
        held.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).body()).isEqualTo("number 1");
        HttpResponse<String> now = fleet.get("/site/page");
        assertThat(now.body()).isEqualTo("number 2");
        assertThat(now.headers().firstValue("cache-status").orElseThrow()).contains("hit");
    }

    @Test
    void manyChangesOfOtherPagesKeepNoAnswerFromBeingStored() throws Exception {
        holdsTheFirstGet();
        CompletableFuture<HttpResponse<String>> first = beginPage();
        Await.until("the Brain is asked", () -> asked.get() == 1);
        for (int i = 0; i < 100; i++) {
            fleet.send(fleet.request("/site/other" + i).method("DELETE", HttpRequest.BodyPublishers.noBody()));
        }
        held.countDown();
        first.get(30, TimeUnit.SECONDS);
        assertThat(fleet.get("/site/page").body()).isEqualTo("number 1");
    }

    @Test
    void aConfirmedAnswerDoesNotComeBackAfterItsPurge() throws Exception {
        CountDownLatch confirming = new CountDownLatch(1);
        fleet.origin.script(exchange -> {
            asked.incrementAndGet();
            if (exchange.head().field("if-none-match") != null) {
                confirming.countDown();
                held.await(30, TimeUnit.SECONDS);
                exchange.raw("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nCache-Control: max-age=600\r\n\r\n");
            } else {
                exchange.raw(
                        "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nCache-Control: max-age=0\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        fleet.get("/site/page");
        CompletableFuture<HttpResponse<String>> second =
                fleet.http().sendAsync(fleet.request("/site/page").build(), HttpResponse.BodyHandlers.ofString());
        assertThat(confirming.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(fleet.gateway.purge(Selection.ofRoute("site")).join()).isEqualTo(1);
        held.countDown();
        assertThat(second.get(30, TimeUnit.SECONDS).body()).isEqualTo("ok");
        assertThat(fleet.gateway.store().stats().keys()).isZero();
    }

    @Test
    void anAnswerThatIsConfirmedBehindASlowReaderDoesNotComeBackAfterItsPurge() throws Exception {
        String text = "x".repeat(24 << 20);
        fleet.origin.script(exchange -> {
            asked.incrementAndGet();
            if (exchange.head().field("if-none-match") != null) {
                exchange.raw("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nCache-Control: max-age=600\r\n\r\n");
            } else {
                exchange.answer(
                        200, "text/plain", text, "ETag: \"1\"", "Cache-Control: max-age=0, stale-while-revalidate=600");
            }
        });
        assertThat(fleet.get("/site/page").body()).hasSize(text.length());
        try (RawClient slow = RawClient.connect(fleet.address(), 4096)) {
            slow.send("GET /site/page HTTP/1.1\r\nHost: a\r\n\r\n");
            HttpReader.Head head = slow.head();
            assertThat(head.field("cache-status")).contains("stale-while-revalidate");
            assertThat(asked.get()).as("the reader comes first").isEqualTo(1);
            assertThat(fleet.gateway.purge(Selection.ofRoute("site")).join()).isEqualTo(1);
            slow.drain(head, OutputStream.nullOutputStream());
        }
        Await.until("it is confirmed", () -> asked.get() == 2 && fleet.gauge("gateway.in.flight") == 0);
        assertThat(fleet.gateway.store().stats().keys()).isZero();
    }
}
