package dev.freefleet.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every edge does over HTTP, wherever it runs: the same cases for the gateway on the JVM and for the Worker in workerd.
 * One edge serves all cases; each has paths, questions and keys of its own.
 *
 * <p>Beside the Brain's default routes the edge has, without a key: {@code /open/**} (nothing is stored), {@code /hasty/**}
 * (as that, with a time limit of 500 ms) and {@code /site/**} (plain HTTP caching), for GET, HEAD, POST, PUT and DELETE.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EdgeContract {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final String ANSWER = "{\"answer\":\"42\",\"sources\":[{\"id\":\"%s\"}],\"confidence\":1}";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private EdgeUnderTest edge;
    private String key;

    /** Starts the edge in front of an origin with this script, which later cases change. */
    protected abstract EdgeUnderTest start(TestOrigin.Script script) throws Exception;

    /** The edge. */
    protected final EdgeUnderTest edge() {
        return edge;
    }

    @BeforeAll
    void startEdge() throws Exception {
        edge = start(EdgeContract::answer);
        key = edge.key(1, "default");
    }

    @AfterEach
    void usualOrigin() {
        edge.origin().script(EdgeContract::answer);
    }

    @AfterAll
    void stopEdge() throws Exception {
        http.close();
        edge.close();
        edge.origin().close();
    }

    private static void answer(OriginExchange exchange) throws IOException {
        exchange.json(ANSWER.formatted("notes/a.md"));
    }

    // Repeats.

    @ParameterizedTest
    @CsvSource({
        "POST, /query, query",
        "QUERY, /query, query",
        "POST, /query/smart, query",
        "POST, /entities, text",
        "POST, /insights, category",
        "POST, /wisdom, query"
    })
    void aRepeatedQuestionDoesNotReachTheBrain(String method, String path, String member) throws Exception {
        String json = "{\"" + member + "\":\"" + unique("repeat") + "\"}";
        int before = edge.origin().requests();

        HttpResponse<String> first = ask(method, path, json);
        HttpResponse<String> second = ask(method, path, json);

        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(cacheStatus(first)).contains("fwd=uri-miss");
        assertThat(cacheStatus(second)).contains("hit");
        assertThat(second.body()).isEqualTo(first.body()).contains("42");
        assertThat(edge.origin().requests()).isEqualTo(before + 1);
    }

    @Test
    void aQuestionIsTheSameHoweverItIsWritten() throws Exception {
        String text = unique("same");
        ask("POST", "/query", "{\"query\":\"" + text + "\",\"limit\":3}");

        assertThat(cacheStatus(ask("QUERY", "/query", "{ \"limit\": 3.0, \"query\": \"" + text + "\" }")))
                .contains("hit");
        assertThat(cacheStatus(ask("POST", "/query", "{\"query\":\"" + text + "\"}")))
                .contains("fwd=uri-miss");
        assertThat(cacheStatus(send(keyed("/query?q=" + text).GET()))).contains("hit");
        assertThat(cacheStatus(ask("POST", "/query", "{\"query\":\"" + text + "?\"}")))
                .contains("fwd=uri-miss");
    }

    /** As Java's own client sends it where it is told that there is no content. */
    @Test
    void aGetThatDeclaresContentOfNoLengthHasNone() throws Exception {
        String target = "/query?q=" + unique("none");
        URI url = edge.url();
        try (RawClient client = RawClient.connect(new InetSocketAddress(url.getHost(), url.getPort()))) {
            String request = "GET " + target + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nX-API-Key: "
                    + edge.key(1, "default") + "\r\nContent-Length: 0\r\n\r\n";
            RawClient.Answer first = client.send(request).answer();
            assertThat(first.status()).as(first.text()).isEqualTo(200);
            assertThat(first.field("cache-status")).contains("fwd=uri-miss");
            assertThat(client.send(request).answer().field("cache-status")).contains("hit");
        }
    }

    @Test
    void whoAsksTheSameAtOnceWaitsForOneFetch() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        edge.origin().script(exchange -> {
            asked.countDown();
            go.await();
            answer(exchange);
        });
        String json = "{\"query\":\"" + unique("together") + "\"}";
        int before = edge.origin().requests();
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        all.add(later("POST", "/query", json));
        asked.await();
        for (int i = 0; i < 9; i++) {
            all.add(later("POST", "/query", json));
        }
        Thread.sleep(300); // the others are on their way; that they arrive later would make the case easier, not wrong
        go.countDown();

        for (CompletableFuture<HttpResponse<String>> one : all) {
            assertThat(one.get().body()).contains("42");
        }
        assertThat(edge.origin().requests()).isEqualTo(before + 1);
    }

    @Test
    void anotherVersionOfTheIndexMakesAnswersStale() throws Exception {
        String json = "{\"query\":\"" + unique("version") + "\"}";
        edge.index("v1-" + json.hashCode());
        ask("POST", "/query", json);
        assertThat(cacheStatus(ask("POST", "/query", json))).contains("hit");

        edge.index("v2-" + json.hashCode());
        assertThat(cacheStatus(ask("POST", "/query", json))).contains("fwd=stale");
        assertThat(cacheStatus(ask("POST", "/query", json))).contains("hit");
    }

    @Test
    void purgedAnswersAreFetchedAnew() throws Exception {
        String tag = unique("notes/purged");
        edge.origin().script(exchange -> exchange.json(ANSWER.formatted(tag)));
        String json = "{\"query\":\"" + tag + "\"}";
        ask("POST", "/query", json);
        assertThat(cacheStatus(ask("POST", "/query", json))).contains("hit");

        edge.purgeTag("another");
        assertThat(cacheStatus(ask("POST", "/query", json))).contains("hit");
        edge.purgeTag(tag);
        assertThat(cacheStatus(ask("POST", "/query", json))).contains("fwd=uri-miss");
    }

    // Keys and limits.

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "sff_AAAA", "forged"})
    void whoShowsNoRightKeyIsAnswered401(String shown) throws Exception {
        int before = edge.origin().requests();
        String sent = shown.equals("forged") ? forged(key) : shown;
        HttpRequest.Builder request = plain("/query")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"secret\"}"));
        if (!sent.isEmpty()) {
            request.header("X-API-Key", sent);
        }
        HttpResponse<String> response = send(request);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(response.body()).doesNotContain("sff_");
        assertThat(edge.origin().requests()).isEqualTo(before);
    }

    /** The key with another mac. */
    static String forged(String key) {
        char last = key.charAt(key.length() - 10);
        return key.substring(0, key.length() - 10) + (last == 'A' ? 'B' : 'A') + key.substring(key.length() - 9);
    }

    @Test
    void aKeyMayComeAsBearer() throws Exception {
        HttpRequest.Builder request = plain("/query?q=" + unique("bearer")).header("Authorization", "Bearer " + key);
        assertThat(send(request.GET()).statusCode()).isEqualTo(200);
    }

    @Test
    void aRevokedKeyIsRefused() throws Exception {
        String mine = edge.key(2_001, "default");
        assertThat(get("/query?q=mine", mine).statusCode()).isEqualTo(200);
        edge.revoke(2_001);
        assertThat(get("/query?q=mine", mine).statusCode()).isEqualTo(401);
        assertThat(get("/query?q=mine", key).statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyForAnotherRouteIsAnswered403() throws Exception {
        String mine = edge.key(2_002, "default");
        edge.restrict(2_002, "wisdom");
        assertThat(get("/query?q=mine", mine).statusCode()).isEqualTo(403);
    }

    @Test
    void whoAsksTooOftenIsAnswered429() throws Exception {
        String mine = edge.key(2_003, "few");
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            statuses.add(get("/query?q=often", mine).statusCode());
        }
        HttpResponse<String> last = get("/query?q=often", mine);
        assertThat(statuses).containsExactly(200, 200, 200);
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(last.headers().firstValue("retry-after").orElseThrow()))
                .isBetween(1, 60);
        assertThat(last.headers().firstValue("ratelimit")).isPresent();
        assertThat(get("/query?q=often", key).statusCode()).isEqualTo(200);
    }

    // What is not served.

    @ParameterizedTest
    @CsvSource({"GET, /nothing/here, 404", "DELETE, /query, 405", "GET, /open/%zz, 400", "GET, /open/a%2fb, 400"})
    void whatIsNotServedIsRefused(String method, String target, int status) throws Exception {
        int before = edge.origin().requests();
        URI base = edge.url();
        try (RawClient client = RawClient.connect(new InetSocketAddress(base.getHost(), base.getPort()))) {
            RawClient.Answer answer = client.send(method + " " + target + " HTTP/1.1\r\nHost: here\r\n\r\n")
                    .answer();
            assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        }
        assertThat(edge.origin().requests()).isEqualTo(before);
    }

    /** The length alone decides: whoever has sent nothing of the content yet has the answer already. */
    @Test
    void contentThatIsTooLongIsAnswered413() throws Exception {
        URI base = edge.url();
        try (RawClient client = RawClient.connect(new InetSocketAddress(base.getHost(), base.getPort()))) {
            RawClient.Answer answer = client.send("POST /query HTTP/1.1\r\nHost: here\r\nX-API-Key: " + key
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + ((1 << 20) + 1) + "\r\n\r\n")
                    .answer();
            assertThat(answer.status()).as(answer.text()).isEqualTo(413);
        }
    }

    // An origin in trouble.

    @Test
    void anOriginThatBreaksOffIsAnswered502() throws Exception {
        edge.origin().script(exchange -> exchange.reset());
        HttpResponse<String> response = ask("POST", "/query", "{\"query\":\"" + unique("broken") + "\"}");
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    }

    @Test
    void anOriginThatIsTooSlowIsAnswered504() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        edge.origin().script(exchange -> end.await());
        try {
            assertThat(send(plain("/hasty/" + unique("slow")).POST(HttpRequest.BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(504);
        } finally {
            end.countDown();
        }
    }

    @Test
    void errorsOfTheOriginPassAndAreNotStored() throws Exception {
        String json = "{\"query\":\"" + unique("errors") + "\"}";
        edge.origin().script(exchange -> exchange.answer(500, "application/json", "{\"success\":false}"));
        assertThat(ask("POST", "/query", json).statusCode()).isEqualTo(500);
        edge.origin().script(EdgeContract::answer);
        assertThat(cacheStatus(ask("POST", "/query", json))).contains("fwd=uri-miss");
    }

    @Test
    void aStaleAnswerStandsInForAnOriginThatFails() throws Exception {
        String path = "/site/" + unique("if-error");
        edge.origin()
                .script(exchange ->
                        exchange.answer(200, "text/plain", "good", "Cache-Control: max-age=1, stale-if-error=600"));
        assertThat(get(path).body()).isEqualTo("good");

        edge.origin().script(exchange -> exchange.answer(500, "text/plain", "bad"));
        HttpResponse<String> stale = whenStale(path);
        assertThat(stale.statusCode()).isEqualTo(200);
        assertThat(stale.body()).isEqualTo("good");
        assertThat(cacheStatus(stale)).contains("stale-if-error");
    }

    @Test
    void aStaleAnswerIsRenewedBehindTheClientsBack() throws Exception {
        String path = "/site/" + unique("while-revalidate");
        AtomicInteger version = new AtomicInteger();
        edge.origin()
                .script(exchange -> exchange.answer(
                        200,
                        "text/plain",
                        "version " + version.incrementAndGet(),
                        "Cache-Control: max-age=1, stale-while-revalidate=600"));
        assertThat(get(path).body()).isEqualTo("version 1");

        HttpResponse<String> stale = whenStale(path);
        assertThat(stale.body()).isEqualTo("version 1");
        assertThat(cacheStatus(stale)).contains("stale-while-revalidate");
        Await.until("the answer is renewed", () -> !bodyOf(path).equals("version 1"));
    }

    @Test
    void aStaleAnswerIsConfirmedByTheOrigin() throws Exception {
        String path = "/site/" + unique("validate");
        AtomicBoolean asked = new AtomicBoolean();
        edge.origin().script(exchange -> {
            if ("\"one\"".equals(exchange.head().field("if-none-match"))) {
                asked.set(true);
                exchange.raw("HTTP/1.1 304 Same\r\nETag: \"one\"\r\nCache-Control: max-age=600\r\n\r\n");
            } else {
                exchange.answer(200, "text/plain", "same", "ETag: \"one\"", "Cache-Control: max-age=1");
            }
        });
        assertThat(get(path).body()).isEqualTo("same");
        HttpResponse<String> confirmed = whenStale(path);
        assertThat(confirmed.body()).isEqualTo("same");
        assertThat(cacheStatus(confirmed)).contains("fwd-status=304");
        assertThat(asked).isTrue();
        assertThat(cacheStatus(get(path))).contains("hit");
    }

    /** Asks until the answer is no fresh one any more. */
    private HttpResponse<String> whenStale(String path) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < end) {
            HttpResponse<String> response = get(path);
            if (!cacheStatus(response).matches(".*hit; ttl=[1-9].*|.*hit; ttl=0")) {
                return response;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("an answer that is fresh for a second is not stale after 30");
    }

    // Plain HTTP.

    @Test
    void conditionsRangesAndHeadAreAnsweredFromTheStore() throws Exception {
        String path = "/site/" + unique("parts");
        edge.origin()
                .script(exchange ->
                        exchange.answer(200, "text/plain", "0123456789", "ETag: \"e\"", "Cache-Control: max-age=600"));
        get(path);
        int before = edge.origin().requests();

        HttpResponse<String> unchanged =
                send(plain(path).header("If-None-Match", "\"e\"").GET());
        assertThat(unchanged.statusCode()).isEqualTo(304);
        assertThat(unchanged.body()).isEmpty();
        HttpResponse<String> part =
                send(plain(path).header("Range", "bytes=2-4").GET());
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234");
        HttpResponse<String> head = send(plain(path).HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-length")).contains("10");
        assertThat(edge.origin().requests()).isEqualTo(before);
    }

    @Test
    void answersThatVaryAreKeptApart() throws Exception {
        String path = "/site/" + unique("vary");
        edge.origin()
                .script(exchange -> exchange.answer(
                        200,
                        "text/plain",
                        "in " + exchange.head().field("accept-language"),
                        "Vary: Accept-Language",
                        "Cache-Control: max-age=600"));
        assertThat(in("de", path).body()).isEqualTo("in de");
        assertThat(in("fr", path).body()).isEqualTo("in fr");
        HttpResponse<String> again = in("de", path);
        assertThat(again.body()).isEqualTo("in de");
        assertThat(cacheStatus(again)).contains("hit");
    }

    private HttpResponse<String> in(String language, String path) throws Exception {
        return send(plain(path).header("Accept-Language", language).GET());
    }

    @Test
    void aChangeTakesWhatIsStoredAway() throws Exception {
        String path = "/site/" + unique("changed");
        edge.origin()
                .script(exchange ->
                        exchange.answer(200, "text/plain", exchange.method(), "Cache-Control: max-age=600"));
        get(path);
        assertThat(cacheStatus(get(path))).contains("hit");
        assertThat(send(plain(path).PUT(HttpRequest.BodyPublishers.ofString("new")))
                        .statusCode())
                .isEqualTo(200);
        assertThat(cacheStatus(get(path))).contains("fwd=");
    }

    /** An origin whose answers have numbers, and that holds back those to the first GETs until each may go. */
    private final class Numbered {
        private final List<CountDownLatch> asked = new ArrayList<>();
        private final List<CountDownLatch> go = new ArrayList<>();
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicInteger gets = new AtomicInteger();

        Numbered(int held) {
            for (int i = 0; i < held; i++) {
                asked.add(new CountDownLatch(1));
                go.add(new CountDownLatch(1));
            }
            edge.origin().script(this::answer);
        }

        private void answer(OriginExchange exchange) throws IOException, InterruptedException {
            int number = answers.incrementAndGet();
            int get = exchange.method().equals("GET") ? gets.getAndIncrement() : go.size();
            if (get < go.size()) {
                asked.get(get).countDown();
                go.get(get).await();
            }
            String location = exchange.method().equals("POST") ? "Content-Location: " + exchange.target() : "X-Own: 1";
            exchange.answer(200, "text/plain", "number " + number, "Cache-Control: max-age=600", location);
        }

        /** A GET whose answer is held. */
        CompletableFuture<HttpResponse<String>> begin(int get, String path) throws InterruptedException {
            CompletableFuture<HttpResponse<String>> begun = later(path);
            asked.get(get).await();
            return begun;
        }
    }

    private String changed(String method, String path) throws Exception {
        return send(plain(path).method(method, HttpRequest.BodyPublishers.ofString("new")))
                .body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void anAnswerFromBeforeAChangeIsNotStoredAfterIt(String method) throws Exception {
        String path = "/site/" + unique("before-change");
        Numbered origin = new Numbered(1);
        CompletableFuture<HttpResponse<String>> old = origin.begin(0, path);
        assertThat(changed(method, path)).isEqualTo("number 2");
        origin.go.get(0).countDown();
        assertThat(old.get().body()).isEqualTo("number 1");
        assertThat(get(path).body()).isEqualTo("number 3");
        assertThat(get(path).body()).isEqualTo("number 3");
    }

    @Test
    void whoAsksAfterAChangeWaitsForNoFetchFromBeforeIt() throws Exception {
        String path = "/site/" + unique("after-change");
        Numbered origin = new Numbered(2);
        CompletableFuture<HttpResponse<String>> old = origin.begin(0, path);
        changed("PUT", path);
        CompletableFuture<HttpResponse<String>> fresh = origin.begin(1, path);
        CompletableFuture<HttpResponse<String>> third = later(path);
        Thread.sleep(300); // it is on its way; that it arrives later would make the case easier, not wrong
        origin.go.get(0).countDown();
        assertThat(old.get().body()).isEqualTo("number 1");
        CompletableFuture<HttpResponse<String>> fourth = later(path);
        Thread.sleep(300);
        origin.go.get(1).countDown();
        assertThat(fresh.get().body()).isEqualTo("number 3");
        assertThat(third.get().body()).isEqualTo("number 3");
        assertThat(fourth.get().body()).isEqualTo("number 3");
        assertThat(get(path).body()).isEqualTo("number 3");
    }

    @Test
    void whatAChangeAnswersTakesThePlaceOfWhatWasAskedForBeforeIt() throws Exception {
        String path = "/site/" + unique("posted");
        Numbered origin = new Numbered(1);
        CompletableFuture<HttpResponse<String>> old = origin.begin(0, path);
        assertThat(changed("POST", path)).isEqualTo("number 2");
        origin.go.get(0).countDown();
        assertThat(old.get().body()).isEqualTo("number 1");
        HttpResponse<String> now = get(path);
        assertThat(now.body()).isEqualTo("number 2");
        assertThat(cacheStatus(now)).contains("hit");
    }

    @Test
    void whatClientsClaimOfThemselvesDoesNotReachTheOrigin() throws Exception {
        String path = "/open/" + unique("spoof");
        List<String> seen = new ArrayList<>();
        edge.origin().script(exchange -> {
            exchange.head().lines().forEach(line -> seen.add(line[0] + ": " + line[1]));
            exchange.json("{}");
        });
        send(keyed(path)
                .header("X-Forwarded-For", "6.6.6.6")
                .header("X_Forwarded_For", "6.6.6.6")
                .header("X-Original-URL", "/admin/snapshot")
                .header("X-Fleet-Secret", "guessed")
                .header("X_Fleet_Secret", "guessed")
                .header("X-Own", "passes")
                .GET());
        assertThat(seen).anyMatch(line -> line.equalsIgnoreCase("x-own: passes"));
        assertThat(seen)
                .noneMatch(line -> line.contains("6.6.6.6")
                        || line.contains("/admin/snapshot")
                        || line.contains("guessed")
                        || line.contains("sff_"));
    }

    // Streams.

    @Test
    void eventsPassAsTheyCome() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        edge.origin().script(exchange -> {
            exchange.end();
            exchange.raw(
                    "HTTP/1.1 200 Yes\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: one\n\n");
            seen.await();
            exchange.raw("data: two\n\n");
        });
        HttpResponse<InputStream> response =
                http.send(plain("/open/" + unique("events")).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream content = response.body()) {
            assertThat(new String(content.readNBytes(11), UTF_8)).isEqualTo("data: one\n\n");
            seen.countDown();
            assertThat(new String(content.readAllBytes(), UTF_8)).isEqualTo("data: two\n\n");
        }
    }

    @Test
    void longContentPassesWholeBothWays() throws Exception {
        byte[] bytes = new byte[3 << 20];
        new Random(7).nextBytes(bytes);
        edge.origin().script(exchange -> {
            byte[] content = exchange.content();
            exchange.raw("HTTP/1.1 200 Yes\r\nContent-Length: " + content.length + "\r\n\r\n");
            exchange.out().write(content);
            exchange.out().flush();
        });
        byte[] part = Arrays.copyOf(bytes, 900_000);
        HttpResponse<byte[]> declared = http.send(
                plain("/open/" + unique("long"))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(part))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(declared.body()).isEqualTo(part);
        HttpResponse<byte[]> chunked = http.send(
                plain("/open/" + unique("long"))
                        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(part)))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(chunked.body()).isEqualTo(part);
    }

    @Test
    void binaryContentIsStoredToTheByte() throws Exception {
        String path = "/site/" + unique("bytes");
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        edge.origin().script(exchange -> {
            exchange.content();
            exchange.raw("HTTP/1.1 200 Yes\r\nCache-Control: max-age=600\r\nContent-Length: 256\r\n\r\n"
                    + new String(all, ISO_8859_1));
        });
        for (int i = 0; i < 2; i++) {
            HttpResponse<byte[]> response =
                    http.send(plain(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.body()).isEqualTo(all);
        }
    }

    // Around it.

    @Test
    void itTellsHowItIs() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        HttpResponse<String> full = get("/health");
        assertThat(full.statusCode()).isEqualTo(200);
        assertThat(full.body())
                .contains("\"status\":")
                .contains("\"brain_status\":")
                .doesNotContain("sff_");
    }

    @Test
    void eachRequestLeavesOneEvent() throws Exception {
        String path = "/open/" + unique("recorded");
        long before = edge.usage().stream().filter("200 open bypass"::equals).count();
        assertThat(get(path).statusCode()).isEqualTo(200);
        assertThat(get(path).statusCode()).isEqualTo(200);
        Await.until(
                "both are recorded",
                () -> edge.usage().stream().filter("200 open bypass"::equals).count() >= before + 2);
    }

    // Sending.

    private static String unique(String name) {
        return name + "-" + NEXT.incrementAndGet();
    }

    private String bodyOf(String path) {
        try {
            return get(path).body();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private HttpRequest.Builder plain(String target) {
        return HttpRequest.newBuilder(URI.create(edge.url() + target)).timeout(Duration.ofSeconds(30));
    }

    private HttpRequest.Builder keyed(String target) {
        return plain(target).header("X-API-Key", key);
    }

    private HttpResponse<String> get(String target) throws Exception {
        return send(plain(target).GET());
    }

    private HttpResponse<String> get(String target, String shown) throws Exception {
        return send(plain(target).header("X-API-Key", shown).GET());
    }

    private HttpRequest.Builder asking(String method, String path, String json) {
        return keyed(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json));
    }

    private HttpResponse<String> ask(String method, String path, String json) throws Exception {
        return send(asking(method, path, json));
    }

    private CompletableFuture<HttpResponse<String>> later(String method, String path, String json) {
        return http.sendAsync(asking(method, path, json).build(), HttpResponse.BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> later(String target) {
        return http.sendAsync(plain(target).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String cacheStatus(HttpResponse<?> response) {
        return response.headers().firstValue("cache-status").orElse("none");
    }
}
