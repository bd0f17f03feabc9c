package dev.freefleet.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The fleet's calls for edges, in memory: what the cases of a Worker alone need of {@code docs/edge-protocol.md}. */
final class TestFleet implements AutoCloseable {
    static final String TOKEN = "a-token-of-the-tests";

    private final HttpServer server;
    private final Map<Long, String> keys = new TreeMap<>();
    private final Map<String, String> imported = new TreeMap<>();
    private final List<Long> revoked = new ArrayList<>();
    private final List<String> purges = new ArrayList<>();
    private final List<String> hot = new ArrayList<>();
    private final List<String> wanted = new ArrayList<>();
    private String index = "";
    private int version = 1;
    private volatile int heard;

    /** Batches by id, as they came first. */
    final Map<String, String> batches = new ConcurrentHashMap<>();
    /** Every batch that came, repeats too. */
    final List<String> posted = new CopyOnWriteArrayList<>();

    /** Answers that were handed over. */
    final List<byte[]> offers = new CopyOnWriteArrayList<>();
    /** What is answered to them. */
    volatile int offerStatus = 204;

    final AtomicInteger syncs = new AtomicInteger();
    /** What usage and sync calls are answered where it is not 0. */
    volatile int status;
    /** Whether calls are left without an answer. */
    volatile boolean hangs;

    volatile long holdMillis = 86_400_000;
    /** Whether all that the fleet knows fits into what it says. */
    volatile boolean complete = true;

    volatile int pollAfterMillis = 1_000;
    volatile String brain = "healthy";

    private TestFleet(HttpServer server) {
        this.server = server;
    }

    static TestFleet start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        TestFleet fleet = new TestFleet(server);
        server.createContext("/.fleet/edge/sync", fleet::sync);
        server.createContext("/.fleet/edge/usage", fleet::usage);
        server.createContext("/.fleet/edge/answers", fleet::offer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return fleet;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    synchronized void revoke(long id) {
        revoked.add(id);
        version++;
    }

    /** Takes a key that was made elsewhere. */
    synchronized void imported(String text, long id) {
        imported.put(
                text,
                '"' + sha256(text) + "\":{\"secret_version\":1,\"key_id\":" + id
                        + ",\"user_id\":7,\"expires\":0,\"plan\":\"default\"}");
        version++;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    synchronized void key(long id, String members) {
        keys.put(id, "{\"id\":" + id + "," + members + "}");
        version++;
    }

    synchronized void purgeTag(String tag) {
        long at = System.currentTimeMillis() + 5_000;
        purges.add("{\"seq\":" + (purges.size() + 1) + ",\"at\":" + at + ",\"route\":null,\"tag\":\"" + tag
                + "\",\"key\":null}");
        version++;
    }

    synchronized void hot(String cacheKey) {
        hot.add('"' + cacheKey + '"');
        version++;
    }

    synchronized void wanted(String cacheKey) {
        wanted.add('"' + cacheKey + '"');
        version++;
    }

    synchronized void index(String next) {
        index = next;
        version++;
    }

    /** Whether an edge has been told the latest. */
    synchronized boolean isHeard() {
        return heard == version;
    }

    synchronized void brain(String status) {
        brain = status;
        version++;
    }

    private synchronized String content() {
        return "{\"version\":1,\"hold_ms\":" + holdMillis + ",\"complete\":" + complete + ",\"brain\":{\"status\":\""
                + brain
                + "\",\"index\":\"" + index + "\"},\"revoked\":" + revoked + ",\"keys\":["
                + String.join(",", keys.values())
                + "],\"imported\":{" + String.join(",", imported.values()) + "},\"purges\":{\"floor\":0,\"last\":["
                + String.join(",", purges) + "]},\"hot\":["
                + String.join(",", hot) + "],\"wanted\":["
                + String.join(",", wanted) + "]}";
    }

    private void sync(HttpExchange exchange) throws IOException {
        syncs.incrementAndGet();
        if (hangs) {
            return;
        }
        int now;
        String content;
        synchronized (this) {
            now = version;
            content = content();
        }
        String etag = "\"" + now + '"';
        exchange.getResponseHeaders().set("ETag", etag);
        exchange.getResponseHeaders().set("Fleet-Poll-After", Integer.toString(pollAfterMillis));
        if (status != 0 || !isRight(exchange)) {
            answer(exchange, status == 0 ? 404 : status, "");
        } else if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            answer(exchange, 304, "");
            heard = now;
        } else {
            answer(exchange, 200, content);
            heard = now;
        }
    }

    private void usage(HttpExchange exchange) throws IOException {
        String content = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (hangs) {
            return;
        }
        if (status == 0 && isRight(exchange)) {
            String batch = exchange.getRequestHeaders().getFirst("Fleet-Batch");
            batches.putIfAbsent(batch, content);
            posted.add(content);
            answer(exchange, 204, "");
        } else {
            answer(exchange, status == 0 ? 404 : status, "");
        }
    }

    private void offer(HttpExchange exchange) throws IOException {
        byte[] content = exchange.getRequestBody().readAllBytes();
        if (isRight(exchange)) {
            offers.add(content);
        }
        answer(exchange, isRight(exchange) ? offerStatus : 404, "");
    }

    private static boolean isRight(HttpExchange exchange) {
        return ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private static void answer(HttpExchange exchange, int status, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
