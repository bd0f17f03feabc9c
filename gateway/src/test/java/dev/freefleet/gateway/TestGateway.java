package dev.freefleet.gateway;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/** A gateway on a free port in front of a scripted origin, with the default routes and a few for tests. */
final class TestGateway implements AutoCloseable {
    static final RateLimit PLENTY = new RateLimit(1_000_000, 1_000);
    private static final byte[] SECRET =
            "a signing secret for tests alone".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    final TestOrigin origin;
    final Gateway gateway;
    final Edge edge;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final LinkedBlockingQueue<UsageEvent> usage = new LinkedBlockingQueue<>();
    final KeyRing keys = new KeyRing(Map.of(1, SECRET));
    final String key = key(1, "default");
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private TestGateway(TestOrigin origin, UnaryOperator<GatewayConfig> change) {
        this.origin = origin;
        this.edge = new Edge(policy());
        GatewayConfig config = GatewayConfig.of("127.0.0.1", 0, origin.url())
                .withThreads(2)
                .with(new GatewayConfig.Poll("/health", Duration.ZERO));
        this.gateway = Gateway.start(change.apply(config), edge, keys, usage::offer, registry, Sources.system());
    }

    static TestGateway start(TestOrigin.Script script) {
        return start(script, config -> config);
    }

    static TestGateway start(TestOrigin.Script script, UnaryOperator<GatewayConfig> change) {
        return new TestGateway(TestOrigin.start(script), change);
    }

    static EdgePolicy policy() {
        List<Route> routes = new ArrayList<>(DefaultRoutes.all());
        routes.add(open("open", "/open/**", 1 << 20, 30_000, new CacheRule.Off()));
        routes.add(open("big", "/big/**", 1 << 30, 60_000, new CacheRule.Off()));
        routes.add(open("hasty", "/hasty/**", 1 << 20, 300, new CacheRule.Off()));
        routes.add(open("site", "/site/**", 1 << 20, 30_000, new CacheRule.Http(64 << 20, false)));
        routes.add(new Route(
                "rare",
                Set.of("GET"),
                "/rare",
                Route.Auth.NONE,
                new RateLimit(2, 86_400_000),
                1 << 20,
                30_000,
                new CacheRule.Off()));
        return new EdgePolicy(
                "test",
                routes,
                Map.of("default", new EdgePolicy.Plan(PLENTY, List.of())),
                PLENTY,
                new RateLimit(1_000_000, 60_000),
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.FULL);
    }

    private static Route open(String name, String path, int maxBody, long timeoutMillis, CacheRule cache) {
        return new Route(
                name,
                Set.of("GET", "HEAD", "POST", "PUT", "DELETE"),
                path,
                Route.Auth.NONE,
                null,
                maxBody,
                timeoutMillis,
                cache);
    }

    String key(long id, String plan) {
        return new KeyMint(keys).mint(new KeyToken(1, id, 7, 0, plan));
    }

    InetSocketAddress address() {
        return gateway.address();
    }

    RawClient raw() throws IOException {
        return RawClient.connect(address());
    }

    URI uri(String target) {
        return URI.create("http://127.0.0.1:" + address().getPort() + target);
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(uri(target)).header("X-API-Key", key).timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> query(String json) throws IOException, InterruptedException {
        return send(request("/query")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return send(request(target).GET());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpClient http() {
        return http;
    }

    /** Whether a well-meaning client on a new connection is answered. */
    void assertServes() throws IOException {
        try (RawClient client = raw()) {
            RawClient.Answer answer = client.send("GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n")
                    .answer();
            org.assertj.core.api.Assertions.assertThat(answer.status()).isEqualTo(200);
        }
    }

    double count(String meter, String... tags) {
        return registry.find(meter).tags(tags).counters().stream()
                .mapToDouble(io.micrometer.core.instrument.Counter::count)
                .sum();
    }

    double gauge(String meter) {
        return registry.get(meter).gauge().value();
    }

    @Override
    public void close() throws IOException {
        http.close();
        gateway.drain(Duration.ofMillis(200));
        origin.close();
    }
}
