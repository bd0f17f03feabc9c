package dev.freefleet.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class OriginTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void answersOneKilobyteThatMayBeStoredUnlessTheTargetForbidsIt() throws IOException, InterruptedException {
        try (var origin = new Origin(0, 0)) {
            HttpResponse<String> stored = post(origin, "/query?q=far-1");
            assertThat(stored.body()).hasSize(1_024);
            assertThat(stored.headers().firstValue("cache-control")).hasValue("max-age=3600");
            assertThat(post(origin, "/query?q=nostore-1").headers().firstValue("cache-control"))
                    .hasValue("no-store");
        }
    }

    @Test
    void countsWhatReachesItByKindAndStartsAnewWhenTheCountsAreTaken() throws IOException, InterruptedException {
        try (var origin = new Origin(0, 0)) {
            post(origin, "/query?q=far-1");
            post(origin, "/query?q=near-1");
            post(origin, "/query?q=scan-1");
            post(origin, "/query");
            assertThat(post(origin, "/_reset").body()).isEqualTo("{\"near\":1,\"far\":1,\"scan\":1,\"other\":1}");
            assertThat(post(origin, "/_counts").body()).isEqualTo("{\"near\":0,\"far\":0,\"scan\":0,\"other\":0}");
        }
    }

    private HttpResponse<String> post(Origin origin, String target) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + origin.port() + target))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"q\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
