package dev.freefleet.bench.peer;

import dev.freefleet.data.UsageIngest;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.gateway.Gateway;
import dev.freefleet.gateway.GatewayConfig;
import dev.freefleet.gateway.KeyMint;
import dev.freefleet.gateway.KeyRing;
import dev.freefleet.gateway.Sources;
import dev.freefleet.gateway.Transport;
import dev.freefleet.gateway.UsageSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;

/**
 * The gateway alone, without a data plane: keys are checked, limits and quotas counted, every request becomes a usage
 * event that another thread takes, meters run. {@code -Dtransport=epoll} serves by that. Prints a key on its first line and
 * runs until it is ended.
 */
public final class GatewayApp {
    private static final int RING = 65_536;
    private static final int BATCH = 4_096;
    private static final long PAUSE_MILLIS = 20;
    /** The most that a limit can say: every request is counted and none refused. */
    private static final RateLimit HIGH = new RateLimit(1_000_000, 1_000, 1_000_000);

    /** Short, so that a replay does not wait long for a re-ingest to be noticed. */
    private static final Duration POLL = Duration.ofSeconds(1);

    private GatewayApp() {}

    /**
     * {@code GatewayApp PORT ORIGIN_PORT CACHE_MEGABYTES FOLD_TEXT [USAGE]}. USAGE: {@code none} throws events away; any other is
     * the file of a {@link UsageDatabase}, into which they are written as the fleet does.
     */
    @SuppressWarnings("try") // the gateway serves by being there
    public static void main(String[] args) throws InterruptedException, IOException {
        var ring = new SecureRandom().generateSeed(32);
        var keys = new KeyRing(Map.of(1, ring));
        var plan = new EdgePolicy.Plan(HIGH, List.of(new Quota(1_000_000_000, Quota.Period.DAY)));
        var policy = new EdgePolicy(
                "bench",
                routes(Boolean.parseBoolean(args[3])),
                Map.of("default", plan),
                HIGH,
                HIGH,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                args.length < 5 ? EdgePolicy.QueryText.DIGEST : EdgePolicy.QueryText.FULL);
        var events = new ArrayBlockingQueue<UsageEvent>(RING);
        var config = GatewayConfig.of("127.0.0.1", Integer.parseInt(args[0]), URI.create("http://127.0.0.1:" + args[1]))
                .withCacheBytes(Long.parseLong(args[2]) << 20)
                .withThreads(1)
                .with(Transport.valueOf(System.getProperty("transport", "auto").toUpperCase(Locale.ROOT)))
                .with(new GatewayConfig.Poll("/health", POLL));
        UsageDatabase usage = args.length < 5 || args[4].equals("none") ? null : UsageDatabase.read(Path.of(args[4]));
        UsageIngest ingest = usage == null ? null : usage.ingest(usage.open()); // which end with the process
        UsageSink sink = ingest != null ? ingest::offer : args.length < 5 ? events::offer : event -> true;
        try (var gateway =
                Gateway.start(config, new Edge(policy), keys, sink, new SimpleMeterRegistry(), Sources.system())) {
            System.out.println("key " + new KeyMint(keys).mint(new KeyToken(1, 1, 1, 0, "default")));
            if (args.length < 5) {
                takeAway(events);
            }
            new CountDownLatch(1).await(); // it runs until it is ended
        }
    }

    /** In the place of what would write them. */
    private static void takeAway(BlockingQueue<UsageEvent> events) throws InterruptedException {
        var batch = new ArrayList<UsageEvent>(BATCH);
        while (true) {
            batch.clear();
            if (events.drainTo(batch, BATCH) == 0) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static List<Route> routes(boolean foldText) {
        return DefaultRoutes.all().stream()
                .map(route -> foldText ? folding(route) : route)
                .toList();
    }

    private static Route folding(Route route) {
        if (!(route.cache() instanceof CacheRule.Query rule)) {
            return route;
        }
        var folding = new CacheRule.Query(
                rule.scope(),
                rule.defaultTtlMillis(),
                rule.maxAnswerBytes(),
                rule.textMember(),
                rule.stale(),
                rule.keyFields(),
                true);
        return new Route(
                route.name(),
                route.methods(),
                route.path(),
                route.auth(),
                route.rate(),
                route.maxBodyBytes(),
                route.timeoutMillis(),
                folding);
    }
}
