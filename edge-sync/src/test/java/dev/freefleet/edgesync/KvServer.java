package dev.freefleet.edgesync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One namespace behind the part of Cloudflare's REST API that the fleet uses, over HTTP: the paths, the envelope of results and errors, and
 * the paging as the API's reference has them. It counts as the free plan does.
 */
final class KvServer implements AutoCloseable {
    static final String TOKEN = "a-token-of-cloudflare-for-tests";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "/client/v4/accounts/acc/storage/kv/namespaces/ns";

    final Map<String, byte[]> values = new ConcurrentSkipListMap<>();
    final Map<String, Long> ttls = new ConcurrentSkipListMap<>();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger deletes = new AtomicInteger();
    final AtomicInteger lists = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    /** Values that are listed, and not yet there to be read. */
    final Set<String> unseen = ConcurrentHashMap.newKeySet();
    /** What every call is answered, or 0. */
    volatile int failing;

    volatile int page = 1_000;
    private final HttpServer server;

    KvServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", this::serve);
        server.start();
    }

    CloudflareKv client() {
        return client(TOKEN, "ns");
    }

    CloudflareKv client(String token, String namespace) {
        URI api = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/client/v4");
        return new CloudflareKv(new CloudflareKv.Account(api, "acc", namespace, token));
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] content = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getRawPath();
            if (failing != 0) {
                error(exchange, failing, "the server fails");
            } else if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                error(exchange, 403, "Authentication error");
            } else if (!path.startsWith(NAMESPACE)) {
                error(exchange, 404, "namespace not found");
            } else {
                serve(exchange, exchange.getRequestMethod() + " " + path.substring(NAMESPACE.length()), content);
            }
        }
    }

    private void serve(HttpExchange exchange, String call, byte[] content) throws IOException {
        if (call.equals("PUT /bulk")) {
            for (JsonNode entry : JSON.readTree(content)) {
                writes.incrementAndGet();
                boolean base64 = entry.path("base64").asBoolean();
                String value = entry.path("value").asText();
                String key = entry.path("key").asText();
                values.put(key, base64 ? Base64.getDecoder().decode(value) : value.getBytes(StandardCharsets.UTF_8));
                ttls.put(key, entry.path("expiration_ttl").asLong());
            }
            result(exchange, JSON.createObjectNode().put("successful_key_count", writes.get()), "");
        } else if (call.equals("POST /bulk/delete")) {
            for (JsonNode key : JSON.readTree(content)) {
                deletes.incrementAndGet();
                values.remove(key.asText());
            }
            result(exchange, JSON.createObjectNode(), "");
        } else if (call.equals("GET /keys")) {
            list(exchange);
        } else if (call.startsWith("GET /values/")) {
            reads.incrementAndGet();
            String key = URLDecoder.decode(call.substring("GET /values/".length()), StandardCharsets.UTF_8);
            byte[] value = unseen.contains(key) ? null : values.get(key);
            if (value == null) {
                error(exchange, 404, "get: 'key not found'");
            } else {
                exchange.sendResponseHeaders(200, value.length == 0 ? -1 : value.length);
                exchange.getResponseBody().write(value);
            }
        } else {
            error(exchange, 405, "method not allowed");
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        lists.incrementAndGet();
        String prefix = "";
        String cursor = "";
        for (String parameter : exchange.getRequestURI().getRawQuery().split("&", -1)) {
            String[] pair = parameter.split("=", 2);
            String value = URLDecoder.decode(pair[1], StandardCharsets.UTF_8);
            prefix = pair[0].equals("prefix") ? value : prefix;
            cursor = pair[0].equals("cursor") ? value : cursor;
        }
        var names = JSON.createArrayNode();
        String next = "";
        for (String name : values.keySet()) {
            if (name.startsWith(prefix) && name.compareTo(cursor) > 0) {
                if (names.size() == page) {
                    next = names.get(page - 1).path("name").asText();
                    break;
                }
                names.addObject().put("name", name);
            }
        }
        result(exchange, names, next);
    }

    private static void result(HttpExchange exchange, JsonNode result, String cursor) throws IOException {
        ObjectNode json = JSON.createObjectNode().put("success", true);
        json.putArray("errors");
        json.putArray("messages");
        json.set("result", result);
        json.putObject("result_info").put("cursor", cursor);
        send(exchange, 200, json);
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        ObjectNode json = JSON.createObjectNode().put("success", false);
        json.putArray("errors").addObject().put("code", 10_000).put("message", message);
        json.putNull("result");
        send(exchange, status, json);
    }

    private static void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
