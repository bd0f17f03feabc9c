package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An isolate has 128 MB for all that it does at once: contents that are kept whole may have a part of it, and no more. */
class WorkerMemoryTest {
    private static final int REQUESTS = 48;
    private static final int BYTES = 1_000_000;

    private static HttpRequest question(WorkerUnderTest edge, int number) {
        String text = number + "?" + "a".repeat(BYTES);
        return HttpRequest.newBuilder(URI.create(edge.url() + "/query"))
                .header("X-API-Key", edge.key(1 + number % 8, "default"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"" + text + "\"}"))
                .build();
    }

    @Test
    void contentsThatAreTooMuchTogetherAreRefusedAndThereIsRoomAgainLater() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger arrived = new AtomicInteger();
        try (HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                WorkerUnderTest edge = WorkerUnderTest.start(exchange -> {
                    arrived.incrementAndGet();
                    try {
                        open.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.json("{}");
                })) {
            List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                asked.add(http.sendAsync(question(edge, i), HttpResponse.BodyHandlers.ofString()));
            }
            Await.until(
                    "all are answered or at the origin",
                    () -> arrived.get()
                                    + asked.stream()
                                            .filter(CompletableFuture::isDone)
                                            .count()
                            == REQUESTS);
            int refused = 0;
            for (CompletableFuture<HttpResponse<String>> one : asked) {
                if (one.isDone()) {
                    assertThat(one.join().statusCode()).isEqualTo(503);
                    assertThat(one.join().headers().firstValue("retry-after")).contains("1");
                    refused++;
                }
            }
            assertThat(arrived.get()).isEqualTo(Underway.MAX_BYTES / (BYTES + 15));
            assertThat(refused).isEqualTo(REQUESTS - arrived.get());

            open.countDown();
            for (CompletableFuture<HttpResponse<String>> one : asked) {
                assertThat(one.get(60, TimeUnit.SECONDS).statusCode()).isIn(200, 503);
            }
            assertThat(http.send(question(edge, REQUESTS), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
