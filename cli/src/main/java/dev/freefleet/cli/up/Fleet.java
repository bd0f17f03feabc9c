package dev.freefleet.cli.up;

import dev.freefleet.admin.Accounts;
import dev.freefleet.admin.AdminServer;
import dev.freefleet.admin.JobsApi;
import dev.freefleet.admin.UsageApi;
import dev.freefleet.cli.backup.BackupGauges;
import dev.freefleet.cli.brain.ReferenceBrain;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.EdgeFiles;
import dev.freefleet.cli.datadir.RunFile;
import dev.freefleet.cli.datadir.SelfSigned;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Opening;
import dev.freefleet.data.QuestionPolicy;
import dev.freefleet.data.UsageIngest;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.Route;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.Gateway;
import dev.freefleet.gateway.GatewayConfig;
import dev.freefleet.gateway.KeyRing;
import dev.freefleet.gateway.QuotaFile;
import dev.freefleet.gateway.Quotas;
import dev.freefleet.gateway.RedisConfig;
import dev.freefleet.gateway.SharedState;
import dev.freefleet.gateway.Sources;
import dev.freefleet.gateway.TieredStore;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The whole fleet in one process: it knows every part and how they are wired, and no part knows it. A part that fails to
 * start stops those that have. Closing may come from any thread, also in the middle of the start.
 */
final class Fleet implements AutoCloseable {
    private final FleetConfig config;
    private final DataDirectory directory;
    private final Surroundings surroundings;
    private final Parts parts = new Parts();

    Fleet(FleetConfig config, DataDirectory directory, Surroundings surroundings) {
        this.config = config;
        this.directory = directory;
        this.surroundings = surroundings;
    }

    /** A running fleet: where it is reached, and whether this was its first start. */
    record Ready(URI gateway, URI admin, boolean first) {}

    Ready start() {
        try {
            return wire();
        } catch (RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    private Ready wire() {
        Ports.requireFree(
                config.gateway().listener().host(), config.gateway().listener().port(), "--port");
        Ports.requireFree(config.admin().host(), config.admin().port(), "--admin-port");
        KeyRing ring = new KeyRing(directory.secrets().signing());
        if (config.database() instanceof FleetConfig.Database.Embedded) {
            directory.requireDatabase();
        }
        String token = directory.secrets().adminToken();
        if (config.selfSigned()) {
            SelfSigned.require(directory, config.gateway().listener().host(), surroundings.clock());
        }
        Metrics metrics = parts.add(new Metrics());
        Edge edge = new Edge(config.policy());

        Together.Both<DataPlane, URI> both = Together.start(this::database, this::brain, parts::close);
        DataPlane data = both.first();
        URI brain = both.second();

        Mint mint = new Mint(ring);
        boolean first = FirstStart.run(data, mint, ring.currentVersion(), directory.secrets());
        parts.add(new Sweeps(data.forgetting()));
        QuestionPolicy questions = questions();
        UsageIngest usage = parts.add(
                data.ingest(config.usage().withSpool(directory.spool()).withQuestions(questions)));
        metrics.watch(usage);
        BackupGauges.register(metrics.registry(), directory.path(), config.backup());
        AnswerStore own =
                parts.add(TieredStore.open(config.gateway().cacheBytes(), directory.cache(), config.cacheDiskBytes()));
        Sources sources = Sources.system();
        Quotas quotas = new Quotas(config.gateway().limiterBuckets(), sources.millis());
        parts.add(QuotaFile.keep(quotas, directory.quotas()));
        Edges edges = new Edges(
                config,
                new EdgeFiles(directory.path()),
                edge,
                parts.add(data.edgeUsage(questions)),
                quotas,
                metrics.registry(),
                surroundings.clock());
        parts.add(data.onKeysChanged(edges::tell));
        RedisConfig redis = config.redis();
        SharedState shared =
                redis == null ? null : parts.add(SharedState.start(redis, own, directory.purges(), metrics.registry()));
        if (shared != null) {
            edges.countWith(shared::quotas);
        }
        Gateway gateway = parts.add(gateway(brain, edge, ring, quotas, usage, metrics, sources, own, shared, edges));
        parts.add(edges).begin(gateway);
        URI gatewayUrl = url(config.gateway().listener(), gateway.address());
        BrainWait.untilKnown(gateway);

        Work work = parts.add(Work.start(config, directory, data, surroundings));
        metrics.watch(work.jobs());
        data.forgetting().also(new ForgottenRecords(work.usage()));
        Condition condition =
                new Condition(surroundings.clock(), gatewayUrl, brain, gateway, data, usage, work.jobs(), shared);
        Accounts accounts = new Accounts(
                data,
                mint,
                new SigningSecrets(directory, ring),
                config.policy().routes().stream().map(Route::name).collect(Collectors.toSet()),
                config.policy().routes().stream()
                        .filter(route -> route.cache() instanceof CacheRule.Query query
                                && query.scope() != CacheRule.Scope.PUBLIC)
                        .map(Route::name)
                        .collect(Collectors.toSet()),
                config.policy().plans().keySet(),
                () -> edges.tell(data.keys().book()));
        AdminServer admin = parts.add(AdminServer.start(
                new AdminServer.Config(config.admin().host(), config.admin().port(), token, System::nanoTime),
                accounts,
                condition::now,
                () -> metrics.registry().scrape(),
                new StoredAnswers(gateway, edge, surroundings.clock(), edges::purged),
                new JobsApi(work.jobs(), accounts),
                new UsageApi(work.usage(), accounts)));
        directory.announce(new RunFile(ProcessHandle.current().pid(), gatewayUrl, admin.url(), brain));
        return new Ready(gatewayUrl, admin.url(), first);
    }

    /** Alone, or sharing what it counts and stores with other gateways. */
    private Gateway gateway(
            URI brain,
            Edge edge,
            KeyRing ring,
            Quotas quotas,
            UsageIngest usage,
            Metrics metrics,
            Sources sources,
            AnswerStore own,
            @Nullable SharedState shared,
            Edges edges) {
        if (shared == null) {
            return Gateway.start(
                    gatewayConfig(brain),
                    edge,
                    ring,
                    quotas,
                    usage::offer,
                    metrics.registry(),
                    sources,
                    own,
                    edges.calls());
        }
        return Gateway.start(
                gatewayConfig(brain),
                edge,
                ring,
                quotas,
                usage::offer,
                metrics.registry(),
                sources,
                shared,
                edges.calls());
    }

    private DataPlane database() {
        DataConfig.Database database = switch (config.database()) {
            case FleetConfig.Database.Embedded embedded ->
                new DataConfig.Embedded(
                        directory.postgres(),
                        ((DataConfig.Embedded) DataConfig.embedded(directory.postgres())
                                        .database())
                                .binaries(),
                        embedded.port());
            case FleetConfig.Database.External external -> new DataConfig.External(external.url(), external.roles());
        };
        // Told to stop in the middle of this, the fleet waits until it is given up: no initdb or server outlives it.
        Opening opening = parts.add(new Opening(
                new DataConfig(
                        database, config.database().pool(), config.database().timeout()),
                surroundings.clock()));
        return opening.run();
    }

    private QuestionPolicy questions() {
        return new QuestionPolicy(
                config.questions().routes(),
                config.questions().redaction(),
                directory.secrets().queryDigest());
    }

    private URI brain() {
        return switch (config.brain()) {
            case FleetConfig.Brain.External external -> external.url();
            case FleetConfig.Brain.Reference reference -> {
                ReferenceBrain brain = parts.add(new ReferenceBrain(directory, surroundings.clock()));
                if (!reference.docs().isEmpty()) {
                    brain.read(reference.docs(), surroundings.err(), surroundings.terminal());
                }
                yield brain.serve("127.0.0.1", reference.port());
            }
        };
    }

    private GatewayConfig gatewayConfig(URI brain) {
        return config.gateway().with(config.gateway().origin().at(brain));
    }

    /** Where a person on this machine reaches a listener; one on all addresses is reached on loopback too. */
    private static URI url(GatewayConfig.Listener listener, InetSocketAddress address) {
        String name = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : listener.host();
        return URI.create((listener.tls() == null ? "http" : "https") + "://"
                + (name.contains(":") ? "[" + name + "]" : name) + ":" + address.getPort());
    }

    @Override
    public void close() {
        parts.close();
    }
}
