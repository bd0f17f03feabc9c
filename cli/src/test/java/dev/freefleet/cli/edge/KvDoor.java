package dev.freefleet.cli.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.freefleet.testkit.Workerd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Cloudflare's REST API for Workers KV, as far as the fleet uses it, in front of the namespace of a Worker that runs here. It
 * counts as the free plan does: each key that is read, written or deleted, and each listing.
 */
final class KvDoor implements AutoCloseable {
    static final String TOKEN = "a-token-of-cloudflare-for-tests";
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    static final String NAMESPACE = "fedcba9876543210fedcba9876543210";
    private static final String BASE = "/client/v4/accounts/" + ACCOUNT + "/storage/kv/namespaces/" + NAMESPACE;

    final AtomicLong reads = new AtomicLong();
    final AtomicLong writes = new AtomicLong();
    final AtomicLong deletes = new AtomicLong();
    final AtomicLong lists = new AtomicLong();
    private final HttpServer server;
    private @Nullable Workerd worker;

    KvDoor() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/client/v4";
    }

    /** From now on it leads to this runtime's namespace; null: the API is away. Waits for the call under way. */
    synchronized void to(@Nullable Workerd runtime) {
        worker = runtime;
    }

    private synchronized void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] content = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getRawPath();
            Workerd runtime = worker;
            String shown = exchange.getRequestHeaders().getFirst("Authorization");
            if (runtime == null || !("Bearer " + TOKEN).equals(shown) || !path.startsWith(BASE)) {
                send(
                        exchange,
                        runtime == null ? 503 : 403,
                        JSON.createObjectNode().put("success", false));
                return;
            }
            serve(exchange, runtime, exchange.getRequestMethod() + " " + path.substring(BASE.length()), content);
        }
    }

    private void serve(HttpExchange exchange, Workerd runtime, String call, byte[] content) throws IOException {
        switch (call) {
            case "PUT /bulk" -> {
                for (JsonNode entry : JSON.readTree(content)) {
                    writes.incrementAndGet();
                    command(
                            runtime,
                            order("put", entry.path("key").asText())
                                    .put("base64", entry.path("value").asText()));
                }
                send(exchange, 200, result(JSON.createArrayNode()));
            }
            case "POST /bulk/delete" -> {
                for (JsonNode key : JSON.readTree(content)) {
                    deletes.incrementAndGet();
                    command(runtime, order("delete", key.asText()));
                }
                send(exchange, 200, result(JSON.createArrayNode()));
            }
            case "GET /keys" -> {
                lists.incrementAndGet();
                ArrayNode names = JSON.createArrayNode();
                command(runtime, JSON.createObjectNode().put("op", "list").put("prefix", "usage/"))
                        .path("keys")
                        .forEach(key -> names.addObject().put("name", key.asText()));
                send(exchange, 200, result(names));
            }
            default -> {
                reads.incrementAndGet();
                String key = URLDecoder.decode(call.substring("GET /values/".length()), StandardCharsets.UTF_8);
                JsonNode value = command(runtime, order("get", key)).path("base64");
                byte[] bytes = Base64.getDecoder().decode(value.asText(""));
                exchange.sendResponseHeaders(value.isNull() ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
                if (bytes.length > 0) {
                    exchange.getResponseBody().write(bytes);
                }
            }
        }
    }

    private static ObjectNode order(String op, String key) {
        return JSON.createObjectNode().put("op", op).put("key", key);
    }

    private static JsonNode command(Workerd runtime, ObjectNode order) throws IOException {
        return JSON.readTree(runtime.command(order.toString()));
    }

    private static ObjectNode result(JsonNode result) {
        ObjectNode json = JSON.createObjectNode().put("success", true);
        json.set("result", result);
        json.putObject("result_info").put("cursor", "");
        return json;
    }

    private static void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
