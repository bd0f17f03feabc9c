package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What edges elsewhere may do at the gateway's listener, and what those may not who only say that they are some. */
@Timeout(120)
class RemoteEdgesTest {
    private static final String TOKEN = "the-token-of-edges-elsewhere-for-tests-alone";
    private static final int AT_ONCE = 16;

    private final Recording edges = new Recording();
    private final LinkedBlockingQueue<String> forwarded = new LinkedBlockingQueue<>();
    private TestGateway gateway;

    /** Remembers what it was given. */
    private static final class Recording implements RemoteEdges {
        final LinkedBlockingQueue<String> batches = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<byte[]> contents = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<byte[]> offers = new LinkedBlockingQueue<>();
        final AtomicInteger begun = new AtomicInteger();
        volatile CountDownLatch mayAnswer = new CountDownLatch(0);
        volatile boolean faulty;

        @Override
        public boolean knows(String token) {
            return token.equals(TOKEN);
        }

        @Override
        public Answer sync(@Nullable String ifNoneMatch) {
            begun.incrementAndGet();
            await();
            if (faulty) {
                throw new IllegalStateException("a fault that holds a secret");
            }
            return "\"1\"".equals(ifNoneMatch)
                    ? new Answer(304, Fields.of("etag", "\"1\""), new byte[0])
                    : new Answer(
                            200, Fields.of("etag", "\"1\"", "content-type", "application/json"), new byte[] {'{', '}'});
        }

        private void await() {
            try {
                if (!mayAnswer.await(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody let the call go on");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Answer usage(@Nullable String batch, byte[] content) {
            batches.add(String.valueOf(batch));
            contents.add(content);
            return new Answer(204, Fields.empty(), new byte[0]);
        }

        @Override
        public Answer offer(byte[] content) {
            offers.add(content);
            return new Answer(204, Fields.empty(), new byte[0]);
        }
    }

    @BeforeEach
    void start() {
        EdgePolicy plain = TestGateway.policy();
        EdgePolicy policy = new EdgePolicy(
                "test",
                plain.routes(),
                Map.of(
                        "default",
                        new EdgePolicy.Plan(TestGateway.PLENTY, List.of(new Quota(1, Quota.Period.DAY)), 1_000)),
                new RateLimit(1_000_000, 60_000),
                new RateLimit(1_000_000, 60_000),
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.FULL);
        gateway = TestGateway.start(this::answer, policy, edges);
    }

    private void answer(OriginExchange exchange) throws java.io.IOException {
        StringBuilder lines = new StringBuilder(exchange.target());
        exchange.head()
                .lines()
                .forEach(line -> lines.append('\n').append(line[0]).append(": ").append(line[1]));
        forwarded.add(lines.toString().toLowerCase(java.util.Locale.ROOT));
        exchange.drain(java.io.OutputStream.nullOutputStream());
        exchange.json("{}");
    }

    @AfterEach
    void stop() throws Exception {
        edges.mayAnswer.countDown();
        gateway.close();
    }

    private HttpRequest.Builder call(String target) {
        return HttpRequest.newBuilder(gateway.uri(target)).header("Authorization", "Bearer " + TOKEN);
    }

    private HttpResponse<String> post(byte[] content) throws Exception {
        return post("/.fleet/edge/usage", content);
    }

    private HttpResponse<String> post(String target, byte[] content) throws Exception {
        return gateway.send(
                call(target).header("Fleet-Batch", "b-1").POST(HttpRequest.BodyPublishers.ofByteArray(content)));
    }

    @Test
    void anEdgeIsAnsweredAndNothingOfItIsAClientsRequest() throws Exception {
        HttpResponse<String> first = gateway.send(call("/.fleet/edge/sync"));
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).isEqualTo("{}");
        assertThat(first.headers().firstValue("cache-control")).hasValue("no-store");
        HttpResponse<String> second = gateway.send(call("/.fleet/edge/sync").header("If-None-Match", "\"1\""));
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(post("{\"a\":1}".getBytes(StandardCharsets.UTF_8)).statusCode())
                .isEqualTo(204);
        assertThat(edges.batches.take()).isEqualTo("b-1");
        assertThat(edges.contents.take()).asString(StandardCharsets.UTF_8).isEqualTo("{\"a\":1}");
        assertThat(post("/.fleet/edge/answers", new byte[] {'{', 10, 0}).statusCode())
                .isEqualTo(204);
        assertThat(edges.offers.take()).containsExactly('{', 10, 0);
        assertThat(gateway.usage).isEmpty();
        assertThat(forwarded).isEmpty();
    }

    @Test
    void aWrongTokenIsLikeAnyUnknownPath() throws Exception {
        HttpResponse<String> unknown = gateway.send(HttpRequest.newBuilder(gateway.uri("/nowhere")));
        for (String shown : List.of("", "Bearer ", "Bearer " + TOKEN + "x", "Basic " + TOKEN, TOKEN)) {
            for (String call : List.of("sync", "usage", "answers")) {
                HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/.fleet/edge/" + call));
                HttpResponse<String> answer =
                        gateway.send(shown.isEmpty() ? request : request.header("Authorization", shown));
                assertThat(answer.statusCode())
                        .as(shown)
                        .isEqualTo(unknown.statusCode())
                        .isEqualTo(404);
                assertThat(withoutId(answer)).as(shown).isEqualTo(withoutId(unknown));
            }
        }
        assertThat(edges.begun).hasValue(0);
        assertThat(gateway.usage).hasSize(16);
    }

    /** Each answer has an id of its own. */
    private static String withoutId(HttpResponse<String> answer) {
        String id = answer.headers().firstValue("x-request-id").orElseThrow();
        return answer.body().replace(id, "");
    }

    @Test
    void anotherCallOrMethodIsRefused() throws Exception {
        assertThat(gateway.send(call("/.fleet/edge/other")).statusCode()).isEqualTo(404);
        assertThat(gateway.send(call("/.fleet/edge/usage")).statusCode()).isEqualTo(405);
        assertThat(gateway.send(call("/.fleet/edge/answers")).statusCode()).isEqualTo(405);
        assertThat(gateway.send(call("/.fleet/edge/sync").DELETE()).statusCode())
                .isEqualTo(405);
        assertThat(post("{}".getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(204);
    }

    @Test
    void aHugeBatchIsRefusedWhetherItsLengthIsToldOrNot() throws Exception {
        assertThat(post(new byte[RemoteEdges.MAX_CONTENT]).statusCode()).isEqualTo(204);
        assertThat(edges.contents.take()).hasSize(RemoteEdges.MAX_CONTENT);
        assertThat(post(new byte[RemoteEdges.MAX_CONTENT + 1]).statusCode()).isEqualTo(413);
        assertThat(post("/.fleet/edge/answers", new byte[RemoteEdges.MAX_CONTENT + 1])
                        .statusCode())
                .isEqualTo(413);
        assertThat(edges.offers).isEmpty();
        try (RawClient client = gateway.raw()) {
            client.send("POST /.fleet/edge/usage HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + TOKEN
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 17; i++) {
                client.send(chunk);
            }
            assertThat(client.answer().status()).isEqualTo(413);
        }
        assertThat(edges.contents).isEmpty();
        gateway.assertServes();
    }

    @Test
    void callsThatWaitHoldUpNobodyAndAreBounded() throws Exception {
        edges.mayAnswer = new CountDownLatch(1);
        List<CompletableFuture<HttpResponse<String>>> waiting = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> gateway.http()
                        .sendAsync(call("/.fleet/edge/sync").build(), HttpResponse.BodyHandlers.ofString()))
                .toList();
        dev.freefleet.testkit.Await.until("all wait", () -> edges.begun.get() == AT_ONCE);
        HttpResponse<String> oneTooMany = gateway.send(call("/.fleet/edge/sync"));
        assertThat(oneTooMany.statusCode()).isEqualTo(503);
        assertThat(oneTooMany.headers().firstValue("retry-after")).hasValue("1");
        gateway.assertServes();
        edges.mayAnswer.countDown();
        for (CompletableFuture<HttpResponse<String>> one : waiting) {
            assertThat(one.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        assertThat(gateway.send(call("/.fleet/edge/sync")).statusCode()).isEqualTo(200);
    }

    @Test
    void anEdgeThatLeavesWhileItWaitsLeavesNothingBehind() throws Exception {
        edges.mayAnswer = new CountDownLatch(1);
        for (int i = 0; i < AT_ONCE; i++) {
            try (RawClient client = gateway.raw()) {
                client.send(
                        "GET /.fleet/edge/sync HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n");
                int begun = i + 1;
                dev.freefleet.testkit.Await.until("it waits", () -> edges.begun.get() == begun);
                client.reset();
            }
        }
        edges.mayAnswer.countDown();
        dev.freefleet.testkit.Await.until("places are free", () -> {
            try {
                return gateway.send(call("/.fleet/edge/sync")).statusCode() == 200;
            } catch (java.io.IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aFaultTellsNothing() throws Exception {
        edges.faulty = true;
        HttpResponse<String> answer = gateway.send(call("/.fleet/edge/sync"));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("secret");
    }

    @Test
    void aRequestThatAnEdgePassesOnCountsAsItsClientsAndIsCountedThere() throws Exception {
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = gateway.send(
                    gateway.request("/query?q=" + i).header("Fleet-Edge", TOKEN).header("Fleet-Client", "203.0.113.7"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(forwarded.take())
                    .contains("x-forwarded-for: 203.0.113.7")
                    .doesNotContain("fleet-")
                    .doesNotContain(TOKEN);
        }
        assertThat(gateway.usage).isEmpty();
        assertThat(gateway.get("/query?q=4").statusCode())
                .as("the first that counts")
                .isEqualTo(200);
        assertThat(gateway.get("/query?q=5").statusCode())
                .as("the quota is one a day")
                .isEqualTo(429);
        assertThat(gateway.usage).extracting(UsageEvent::status).containsExactly(200, 429);
    }

    @Test
    void whoOnlySaysThatItIsAnEdgeIsNone() throws Exception {
        HttpResponse<String> answer = gateway.send(
                gateway.request("/query?q=1").header("Fleet-Edge", TOKEN + "x").header("Fleet-Client", "203.0.113.7"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(forwarded.take())
                .contains("x-forwarded-for: 127.0.0.1")
                .doesNotContain("203.0.113.7")
                .doesNotContain("fleet-");
        assertThat(gateway.usage).hasSize(1);
        assertThat(gateway.get("/query?q=2").statusCode())
                .as("its quota was counted")
                .isEqualTo(429);
    }

    @Test
    void anEdgeThatNamesNoAddressIsAnyClient() throws Exception {
        for (String address : List.of("nobody", "203.0.113.7, 127.0.0.1", "")) {
            gateway.send(HttpRequest.newBuilder(gateway.uri("/open/x"))
                    .header("Fleet-Edge", TOKEN)
                    .header("Fleet-Client", address));
            assertThat(forwarded.take()).contains("x-forwarded-for: 127.0.0.1");
        }
        assertThat(gateway.usage).hasSize(3);
    }
}
