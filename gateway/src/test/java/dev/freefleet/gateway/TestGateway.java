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
import org.jspecify.annotations.Nullable;

/** A gateway on a free port in front of a scripted origin, with the default routes and a few for tests. */
final class TestGateway implements AutoCloseable {
    static final RateLimit PLENTY = new RateLimit(1_000_000, 1_000);
    private static final byte[] SECRET =
            "a signing secret for tests alone".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    final TestOrigin origin;
    final Gateway gateway;
    final @Nullable SharedState shared;
    final Edge edge;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final LinkedBlockingQueue<UsageEvent> usage = new LinkedBlockingQueue<>();
    /** Run on the exchange's loop as it ends; a test may hold the loop with it. */
    volatile Runnable onUsage = () -> {};

    final KeyRing keys = new KeyRing(Map.of(1, SECRET));
    final String key = key(1, "default");
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private TestGateway(TestOrigin origin, UnaryOperator<GatewayConfig> change, EdgePolicy policy) {
        this(origin, change, policy, new MemoryStore(64 << 20), Sources.system());
    }

    private TestGateway(
            TestOrigin origin,
            UnaryOperator<GatewayConfig> change,
            EdgePolicy policy,
            AnswerStore store,
            Sources sources) {
        this(origin, change, policy, store, sources, null, RemoteEdges.NONE);
    }

    private TestGateway(
            TestOrigin origin,
            UnaryOperator<GatewayConfig> change,
            EdgePolicy policy,
            AnswerStore store,
            Sources sources,
            @Nullable RedisConfig redis,
            RemoteEdges edges) {
        this.origin = origin;
        this.edge = new Edge(policy);
        GatewayConfig config = GatewayConfig.of("127.0.0.1", 0, origin.url())
                .withThreads(2)
                .with(new GatewayConfig.Poll("/health", Duration.ZERO));
        Quotas quotas = new Quotas(1_000, sources.millis());
        this.shared = redis == null ? null : SharedState.start(redis, store, null, registry);
        this.gateway = shared == null
                ? Gateway.start(change.apply(config), edge, keys, quotas, this::record, registry, sources, store, edges)
                : Gateway.start(
                        change.apply(config), edge, keys, quotas, this::record, registry, sources, shared, edges);
    }

    private boolean record(UsageEvent event) {
        onUsage.run();
        return usage.offer(event);
    }

    static TestGateway start(TestOrigin.Script script) {
        return start(script, config -> config);
    }

    static TestGateway start(TestOrigin.Script script, UnaryOperator<GatewayConfig> change) {
        return start(script, change, policy());
    }

    static TestGateway start(TestOrigin.Script script, UnaryOperator<GatewayConfig> change, EdgePolicy policy) {
        return new TestGateway(TestOrigin.start(script), change, policy);
    }

    /** Each failure of the origin reaches the client. */
    static GatewayConfig withoutRetries(GatewayConfig config) {
        return config.with(config.origin().with(config.origin().resilience().withRetries(0, 0)));
    }

    /** In front of this origin, and beside other gateways that share this Redis. */
    static TestGateway start(TestOrigin origin, RedisConfig redis, EdgePolicy policy) {
        return start(origin, redis, policy, Sources.system());
    }

    /** The same, with this clock. */
    static TestGateway start(TestOrigin origin, RedisConfig redis, EdgePolicy policy, Sources sources) {
        return new TestGateway(
                origin, config -> config, policy, new MemoryStore(64 << 20), sources, redis, RemoteEdges.NONE);
    }

    /** In front of this origin, with this store and clock. */
    static TestGateway start(TestOrigin origin, AnswerStore store, Sources sources) {
        return new TestGateway(origin, config -> config, policy(), store, sources);
    }

    /** With one event loop, and these edges elsewhere. */
    static TestGateway start(TestOrigin.Script script, EdgePolicy policy, RemoteEdges edges) {
        return new TestGateway(
                TestOrigin.start(script),
                config -> config.withThreads(1),
                policy,
                new MemoryStore(64 << 20),
                Sources.system(),
                null,
                edges);
    }

    static TestGateway start(TestOrigin.Script script, EdgePolicy policy) {
        return new TestGateway(TestOrigin.start(script), config -> config, policy);
    }

    static EdgePolicy policy() {
        List<Route> routes = new ArrayList<>(DefaultRoutes.all());
        routes.add(open("open", "/open/**", 1 << 20, 30_000, new CacheRule.Off()));
        routes.add(open("big", "/big/**", 1 << 30, 60_000, new CacheRule.Off()));
        routes.add(open("hasty", "/hasty/**", 1 << 20, 300, new CacheRule.Off()));
        routes.add(open("site", "/site/**", 1 << 20, 30_000, new CacheRule.Http(64 << 20, false)));
        routes.add(open("streams", "/streams/**", 1 << 20, 30_000, EventStreamTest.storing()));
        routes.add(live("live", "/live/**", Route.Auth.NONE));
        routes.add(live("live.mine", "/mine/**", Route.Auth.KEY));
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
                Map.of(
                        "default", new EdgePolicy.Plan(PLENTY, List.of(), 1_000),
                        "few", new EdgePolicy.Plan(PLENTY, List.of(), 1)),
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

    private static Route live(String name, String path, Route.Auth auth) {
        return new Route(
                name, Set.of("GET", "POST"), path, auth, null, 1 << 20, 30_000, new CacheRule.Http(1 << 20), true);
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

    /** What every refused attack must leave: nothing forwarded, nothing stored, and others are served. */
    void assertUntouched() throws IOException {
        org.assertj.core.api.Assertions.assertThat(origin.requests())
                .as("forwarded")
                .isZero();
        org.assertj.core.api.Assertions.assertThat(gateway.store().stats().keys())
                .as("stored")
                .isZero();
        assertServes();
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
        if (shared != null) {
            shared.close();
        }
        origin.close();
    }
}
