package dev.freefleet.cli.up;

import dev.freefleet.cli.config.EdgeConfig;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.EdgeFiles;
import dev.freefleet.data.EdgeUsage;
import dev.freefleet.data.KeyBook;
import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.Route;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.edgesync.BatchIntake;
import dev.freefleet.edgesync.CloudflareKv;
import dev.freefleet.edgesync.EdgeMeters;
import dev.freefleet.edgesync.FleetEdges;
import dev.freefleet.edgesync.HotAnswers;
import dev.freefleet.edgesync.KnownKeys;
import dev.freefleet.edgesync.KvKeeper;
import dev.freefleet.edgesync.PurgeLog;
import dev.freefleet.edgesync.QuotaWatch;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.Gateway;
import dev.freefleet.gateway.Quotas;
import dev.freefleet.gateway.RemoteEdges;
import dev.freefleet.gateway.Selection;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Edges elsewhere, as this fleet serves them: they are told what it knows, and what they tell goes into its database. Where no
 * edge has a token, nothing of it runs but a look whether one was made.
 */
final class Edges implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Edges.class);
    private static final long LOOK_SECONDS = 2;

    private final FleetConfig config;
    private final EdgeFiles files;
    private final Edge edge;
    private final BatchIntake intake;
    private final Quotas quotas;
    private final Clock clock;
    private final EdgeMeters meters;
    private final KnownKeys keys;
    private final PurgeLog purges;
    private final FleetEdges calls;
    private final QuotaWatch watch;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Thread thread;
    private volatile @Nullable KvKeeper keeper;
    private volatile QuotaWatch.Shared shared = buckets -> Map.of();
    private boolean failing;

    Edges(
            FleetConfig config,
            EdgeFiles files,
            Edge edge,
            EdgeUsage usage,
            Quotas quotas,
            MeterRegistry registry,
            Clock clock) {
        this.config = config;
        this.files = files;
        this.edge = edge;
        this.quotas = quotas;
        this.clock = clock;
        EdgeBatches batches = new EdgeBatches(usage);
        intake = batches;
        meters = new EdgeMeters(registry);
        keys = new KnownKeys(known -> edge.keys(known.states(), known.imported()));
        purges = PurgeLog.open(files.purges(), clock::millis);
        calls = new FleetEdges(config.edge().sync(), keys, purges, intake, meters, System::nanoTime);
        watch = new QuotaWatch(batches, config.policy().plans());
        calls.token(files.token());
    }

    /** What the database says of keys, for the gateway and for edges elsewhere. */
    void tell(KeyBook book) {
        keys.book(book.states(), book.imported());
    }

    /** What the gateway asks when an edge calls. */
    RemoteEdges calls() {
        return calls;
    }

    /** Takes quotas that several gateways count together from them all. */
    void countWith(QuotaWatch.Shared counted) {
        shared = counted;
    }

    /** Notes a purge for edges elsewhere, if there are any. @throws java.io.UncheckedIOException if it cannot be noted */
    void purged(Selection which) {
        if (!files.token().isEmpty()) {
            purges.add(which.route(), which.tag(), which.key());
        }
    }

    /** Begins to serve edges, whose calls come by this gateway. */
    void begin(Gateway gateway) {
        calls.watch(() -> new FleetEdges.Brain(gateway.brainStatus(), gateway.brainIndex()));
        thread = Thread.ofPlatform().daemon().name("edges").start(this::look);
        EdgeConfig.Cloudflare cloudflare = config.edge().cloudflare();
        String named = cloudflare.namespace();
        String namespace = named != null ? named : files.kvNamespace();
        String account = cloudflare.account();
        String token = cloudflare.token();
        if (account != null && token != null && !namespace.isEmpty()) {
            keeper = KvKeeper.start(
                    config.edge().keeper(),
                    new CloudflareKv(new CloudflareKv.Account(cloudflare.api(), account, namespace, token)),
                    files.kvState(),
                    new Hottest(gateway),
                    intake,
                    calls,
                    meters,
                    clock::millis);
        }
    }

    private void look() {
        try {
            do {
                refresh();
            } while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refresh() {
        try {
            String token = files.token();
            calls.token(token);
            if (!token.isEmpty()) {
                Map<String, Long> counted = quotas.counted().stream()
                        .collect(Collectors.toMap(Quotas.Counted::bucket, Quotas.Counted::used));
                keys.exhausted(watch.at(clock.instant(), counted, shared));
            }
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                log.warn("What edges elsewhere are told of quotas stays as it is: {}", e.getMessage());
            }
            failing = true;
        }
    }

    /** The gateway's answers, as they are wanted in KV. */
    private final class Hottest implements HotAnswers {
        private static final long PATIENCE_SECONDS = 10;

        private final Gateway gateway;

        Hottest(Gateway gateway) {
            this.gateway = gateway;
        }

        @Override
        public List<AnswerStore.Kept> hottest(int limit) {
            try {
                return gateway.store().list(Selection.ALL, limit).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
                log.debug("The store cannot list its answers now", e);
                return List.of();
            }
        }

        @Override
        public long freshMillis(String cacheKey, StoredAnswer answer) {
            return edge.inspect(cacheKey, answer, clock.millis()).ttlMillis();
        }

        @Override
        public long staleMillis(String cacheKey) {
            String name = Selection.routeOf(cacheKey);
            return config.policy().routes().stream()
                    .filter(route -> route.name().equals(name))
                    .map(Route::cache)
                    .map(CacheRule::staleness)
                    .mapToLong(CacheRule.Stale::ifErrorMillis)
                    .findFirst()
                    .orElse(0);
        }

        @Override
        public @Nullable AnswerTags offered(String cacheKey) {
            if (config.edge().worker().brain() == null) {
                return null; // all answers come by the gateway
            }
            String name = Selection.routeOf(cacheKey);
            return config.policy().routes().stream()
                    .filter(route -> route.name().equals(name))
                    .map(Route::cache)
                    .filter(CacheRule::isShared)
                    .map(rule -> rule instanceof CacheRule.Query query ? query.tags() : AnswerTags.NONE)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public String index() {
            return gateway.brainIndex();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        KvKeeper kept = keeper;
        if (kept != null) {
            kept.close();
        }
        Thread looking = thread;
        if (looking != null) {
            try {
                looking.join(TimeUnit.SECONDS.toMillis(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
