package dev.freefleet.edgesync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of Workers KV through Cloudflare's REST API, version 4. It counts nothing: who calls keeps the budget. Thread-safe;
 * every call blocks, for half a minute at the most.
 */
public final class CloudflareKv implements AutoCloseable {
    /** Where Cloudflare's API is. */
    public static final URI API = URI.create("https://api.cloudflare.com/client/v4");

    /** What a listing holds at the most. */
    static final int PAGE = 1_000;

    private static final int MAX_ANSWER = 4 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Account account;
    private final String base;
    private final HttpClient http;

    /**
     * Which namespace, and how it is reached.
     *
     * @param api where the API is, without a slash at the end
     * @param account the account's id, 32 hex digits
     * @param namespace the namespace's id, 32 hex digits
     * @param token an API token that may write Workers KV storage of this account
     */
    public record Account(URI api, String account, String namespace, String token) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Account[" + account + ", namespace " + namespace + "]";
        }
    }

    /**
     * A value to be written.
     *
     * @param value 25 MiB at the most
     * @param ttlSeconds after which it is gone, 60 or more
     */
    record Entry(String key, byte[] value, long ttlSeconds) {}

    /**
     * Part of a listing.
     *
     * @param names of keys
     * @param cursor where the next page begins, or "" where there is none
     */
    record Page(List<String> names, String cursor) {}

    private record Answer(int status, byte[] body) {}

    public CloudflareKv(Account account) {
        this.account = account;
        base = account.api() + "/accounts/" + account.account() + "/storage/kv/namespaces/" + account.namespace();
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Writes these, at most 10,000 and 100 MB; gives the keys that were not written. */
    Set<String> write(List<Entry> entries) {
        ArrayNode list = JSON.createArrayNode();
        for (Entry entry : entries) {
            list.addObject()
                    .put("key", entry.key())
                    .put("value", Base64.getEncoder().encodeToString(entry.value()))
                    .put("base64", true)
                    .put("expiration_ttl", entry.ttlSeconds());
        }
        JsonNode result = result("write", "PUT", "/bulk", list);
        return failed(result);
    }

    /** Deletes these, at most 10,000; gives the keys that were not deleted. */
    Set<String> delete(List<String> keys) {
        ArrayNode list = JSON.createArrayNode();
        keys.forEach(list::add);
        return failed(result("delete", "POST", "/bulk/delete", list));
    }

    private static Set<String> failed(JsonNode answer) {
        Set<String> failed = new HashSet<>();
        answer.path("result").path("unsuccessful_keys").forEach(key -> failed.add(key.asText()));
        return failed;
    }

    /**
     * Keys with this prefix, {@value #PAGE} at the most.
     *
     * @param cursor of the page before, or ""
     */
    Page list(String prefix, String cursor) {
        String from = cursor.isEmpty() ? "" : "&cursor=" + encoded(cursor);
        JsonNode answer = result("list", "GET", "/keys?limit=" + PAGE + "&prefix=" + encoded(prefix) + from, null);
        List<String> names = new ArrayList<>();
        answer.path("result").forEach(key -> names.add(key.path("name").asText()));
        return new Page(names, answer.path("result_info").path("cursor").asText(""));
    }

    /** The value under a key, or null where there is none. */
    byte @Nullable [] read(String key) {
        Answer answer = send("read", "GET", "/values/" + encoded(key), null);
        if (answer.status() == 404) {
            return null;
        }
        require("read", answer);
        return answer.body();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode result(String what, String method, String path, @Nullable JsonNode content) {
        Answer answer = send(what, method, path, content);
        require(what, answer);
        try {
            JsonNode json = JSON.readTree(answer.body());
            if (!json.path("success").asBoolean(false)) {
                throw new KvException("Workers KV refused to " + what + ": " + reason(answer.body()));
            }
            return json;
        } catch (IOException e) {
            throw new KvException("What answers on " + account.api() + " is not Cloudflare's API.", e);
        }
    }

    private Answer send(String what, String method, String path, @Nullable JsonNode content) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + account.token());
        if (content == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(content.toString()));
        }
        try {
            HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                byte[] body = in.readNBytes(MAX_ANSWER + 1);
                if (body.length > MAX_ANSWER) {
                    throw new KvException("Workers KV answers more than " + MAX_ANSWER + " bytes to " + what + ".");
                }
                return new Answer(answer.statusCode(), body);
            }
        } catch (IOException e) {
            throw new KvException("Workers KV cannot be reached at " + account.api() + " to " + what + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KvException("The fleet is stopping.", e);
        }
    }

    private static void require(String what, Answer answer) {
        switch (answer.status()) {
            case 200 -> {}
            case 401, 403 ->
                throw new KvException("Cloudflare refuses the API token for Workers KV (" + answer.status()
                        + "); it needs the right \"Workers KV Storage: Edit\" of this account: edge.api-token.");
            case 404 ->
                throw new KvException("Cloudflare knows no such KV namespace in this account; check edge.account and"
                        + " edge.kv-namespace.");
            case 429 ->
                throw new KvException("Workers KV takes no more calls to " + what + " now (429): its daily or its rate"
                        + " limit is used up.");
            default ->
                throw new KvException(
                        "Workers KV failed to " + what + " (" + answer.status() + "): " + reason(answer.body()));
        }
    }

    /** Cloudflare's own words, a line of them. */
    private static String reason(byte[] body) {
        String words;
        try {
            words = JSON.readTree(body).path("errors").path(0).path("message").asText("no reason is given");
        } catch (IOException e) {
            words = "no reason is given";
        }
        String line = words.replace('\n', ' ').replace('\r', ' ');
        return line.length() > 200 ? line.substring(0, 200) : line;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
