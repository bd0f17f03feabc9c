package dev.freefleet.bench.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.freefleet.testkit.trace.Typing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A Brain whose answers depend on nothing but the question and the version of its index. Counts the questions that reach
 * it. Thread-safe; loopback only.
 */
public final class ReplayBrain implements AutoCloseable {
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    private final HttpServer server;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Reading reading;
    private final long delayMillis;
    private final long maxAgeSeconds;
    private final AtomicInteger version = new AtomicInteger();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong healthOfThisVersion = new AtomicLong();

    /**
     * @param typing what it takes for nothing in a question's text
     * @param delayMillis that an answer takes
     * @param maxAgeSeconds how long an answer may be reused, as it tells with it
     */
    public ReplayBrain(Typing typing, long delayMillis, long maxAgeSeconds) throws IOException {
        this.reading = new Reading(typing);
        this.delayMillis = delayMillis;
        this.maxAgeSeconds = maxAgeSeconds;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        server.setExecutor(workers);
        server.createContext("/health", this::health);
        server.createContext("/query", this::query);
        server.start();
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** How many questions reached it. */
    public long asked() {
        return asked.get();
    }

    /** Its data changed: from now on it answers as of this version. */
    public void reingest(int newVersion) {
        version.set(newVersion);
        healthOfThisVersion.set(0);
    }

    /** How often its health, and so its version, was asked for since the last re-ingest. */
    public long healthAsked() {
        return healthOfThisVersion.get();
    }

    private void health(HttpExchange exchange) throws IOException {
        String json =
                "{\"status\":\"healthy\",\"response_time_ms\":1,\"database_status\":\"healthy\",\"last_update\":\""
                        + FIRST.plusSeconds(version.get()) + "\",\"total_records\":1000,\"service_uptime_hours\":1.0}";
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        answer(exchange, 200, json.getBytes(StandardCharsets.US_ASCII));
        healthOfThisVersion.incrementAndGet();
    }

    private void query(HttpExchange exchange) throws IOException {
        byte[] content = exchange.getRequestBody().readAllBytes();
        asked.incrementAndGet();
        byte[] body;
        try {
            String canonical = reading.canonical(
                    exchange.getRequestURI().getPath(), exchange.getRequestURI().getRawQuery(), content);
            body = Answers.of(canonical, version.get());
        } catch (JsonProcessingException e) {
            answer(exchange, 400, "{\"success\":false,\"error\":\"no JSON\"}".getBytes(StandardCharsets.US_ASCII));
            return;
        }
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.getResponseHeaders().set("Cache-Control", "max-age=" + maxAgeSeconds);
        answer(exchange, 200, body);
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
