package dev.freefleet.bench.replay;

import dev.freefleet.testkit.trace.TraceEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A cache that listens on a port of loopback; or the Brain itself. */
public final class HttpCache implements Cache {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final String key;
    private final boolean followsHealth;

    /** @param key shown in {@code X-API-Key} */
    public HttpCache(int port, String key, boolean followsHealth) {
        this.base = "http://127.0.0.1:" + port;
        this.key = key;
        this.followsHealth = followsHealth;
    }

    @Override
    public Reply ask(TraceEvent.Ask ask) throws IOException, InterruptedException {
        String json = ask.json();
        var request = HttpRequest.newBuilder(URI.create(base + ask.target()))
                .timeout(Duration.ofSeconds(20))
                .header("X-API-Key", key);
        if (json == null) {
            request.method(ask.method(), HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(ask.method(), HttpRequest.BodyPublishers.ofString(json));
        }
        HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        return new Reply(response.statusCode(), response.body());
    }

    @Override
    public boolean followsHealth() {
        return followsHealth;
    }
}
