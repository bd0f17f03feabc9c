package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Somebody's own Brain: it answers what stands in {@code DIR/answer}, from the source that {@code DIR/source} names or else by the answer, and its
 * snapshot is the first file. Also a program: {@code DIR PORT}.
 */
final class TinyBrain implements AutoCloseable {
    /** How it gives its snapshot. */
    enum Mood {
        WELL,
        STOPS_HALF_WAY,
        ANSWERS_500,
        SENDS_AN_ERROR_PAGE,
        SAYS_NOTHING
    }

    private final HttpServer server;
    private final Path folder;
    private volatile Mood mood = Mood.WELL;
    private volatile String adminKey = "";
    private final CountDownLatch keptWaiting = new CountDownLatch(1);

    TinyBrain(Path folder, int port) throws IOException {
        this.folder = folder;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health", x -> send(x, 200, "application/json", "{\"status\":\"healthy\"}"));
        server.createContext("/query", this::query);
        server.createContext("/admin/snapshot", this::snapshot);
        server.start();
    }

    public static void main(String[] arguments) throws IOException {
        new TinyBrain(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void mood(Mood now) {
        mood = now;
    }

    /** Waits until somebody has asked for a snapshot and is told nothing. */
    void awaitKeptWaiting() throws InterruptedException {
        if (!keptWaiting.await(2, TimeUnit.MINUTES)) {
            throw new AssertionError("nobody asked for a snapshot");
        }
    }

    void adminKey(String key) {
        adminKey = key;
    }

    private void query(HttpExchange x) throws IOException {
        String question =
                new ObjectMapper().readTree(x.getRequestBody()).path("query").asText();
        String text = Files.readString(folder.resolve("answer")).strip();
        ObjectNode answer = new ObjectMapper().createObjectNode().put("answer", text + " (" + question + ")");
        Path source = folder.resolve("source");
        String from = Files.exists(source) ? Files.readString(source).strip() : text;
        answer.putArray("sources").addObject().put("id", "doc of " + from);
        send(x, 200, "application/json", answer.toString());
    }

    private void snapshot(HttpExchange x) throws IOException {
        if (!adminKey.isEmpty() && !adminKey.equals(x.getRequestHeaders().getFirst("X-Admin-Key"))) {
            send(x, 401, "application/json", "{\"success\":false}");
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            byte[] content = Files.readAllBytes(folder.resolve("answer"));
            TarArchiveEntry entry = new TarArchiveEntry("answer");
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        switch (mood) {
            case WELL -> send(x, 200, "application/x-tar", bytes.toString(StandardCharsets.ISO_8859_1));
            case ANSWERS_500 -> send(x, 500, "application/json", "{\"success\":false}");
            case SENDS_AN_ERROR_PAGE -> send(x, 200, "text/html", "<h1>Out of order</h1>");
            case SAYS_NOTHING -> keptWaiting.countDown();
            case STOPS_HALF_WAY -> {
                x.getResponseHeaders().set("Content-Type", "application/x-tar");
                x.sendResponseHeaders(200, bytes.size());
                x.getResponseBody().write(bytes.toByteArray(), 0, bytes.size() / 2);
                x.getResponseBody().flush();
                x.close();
            }
        }
    }

    private static void send(HttpExchange x, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        x.getResponseHeaders().set("Content-Type", type);
        x.sendResponseHeaders(status, bytes.length);
        x.getResponseBody().write(bytes);
        x.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
