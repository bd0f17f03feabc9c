package dev.freefleet.cli.up;

import dev.freefleet.admin.Accounts;
import dev.freefleet.admin.AdminServer;
import dev.freefleet.cli.brain.ReferenceBrain;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.RunFile;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageIngest;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.Route;
import dev.freefleet.gateway.Gateway;
import dev.freefleet.gateway.GatewayConfig;
import dev.freefleet.gateway.KeyRing;
import dev.freefleet.gateway.Sources;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

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
        String token = directory.secrets().adminToken();
        Metrics metrics = parts.add(new Metrics());
        Edge edge = new Edge(config.policy());

        Together.Both<DataPlane, URI> both = Together.start(this::database, this::brain, parts::close);
        DataPlane data = both.first();
        URI brain = both.second();

        Mint mint = new Mint(ring);
        boolean first = FirstStart.run(data, mint, directory.secrets());
        parts.add(data.onKeyStatesChanged(states -> edge.keyStates(byId(states))));
        UsageIngest usage = parts.add(data.ingest(config.usage()));
        metrics.watch(usage);
        Gateway gateway = parts.add(
                Gateway.start(gatewayConfig(brain), edge, ring, usage::offer, metrics.registry(), Sources.system()));
        URI gatewayUrl = url(config.gateway().listener().host(), gateway.address());
        BrainWait.untilKnown(gateway);

        Condition condition = new Condition(surroundings.clock(), gatewayUrl, brain, gateway, data, usage);
        Accounts accounts = new Accounts(
                data.users(),
                data.keys(),
                mint,
                config.policy().routes().stream().map(Route::name).collect(Collectors.toSet()),
                config.policy().plans().keySet(),
                () -> edge.keyStates(byId(data.keys().states())));
        AdminServer admin = parts.add(AdminServer.start(
                new AdminServer.Config(config.admin().host(), config.admin().port(), token, System::nanoTime),
                accounts,
                condition::now,
                () -> metrics.registry().scrape()));
        directory.announce(new RunFile(ProcessHandle.current().pid(), gatewayUrl, admin.url()));
        return new Ready(gatewayUrl, admin.url(), first);
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
            case FleetConfig.Database.External external ->
                new DataConfig.External(external.url(), external.user(), external.password());
        };
        return parts.add(DataPlane.open(
                new DataConfig(
                        database, config.database().pool(), config.database().timeout()),
                surroundings.clock()));
    }

    private URI brain() {
        return switch (config.brain()) {
            case FleetConfig.Brain.External external -> external.url();
            case FleetConfig.Brain.Reference reference -> {
                ReferenceBrain brain = parts.add(new ReferenceBrain(directory.brain(), surroundings.clock()));
                if (!reference.docs().isEmpty()) {
                    brain.read(reference.docs(), surroundings.err(), surroundings.terminal());
                }
                yield brain.serve("127.0.0.1", reference.port());
            }
        };
    }

    private GatewayConfig gatewayConfig(URI brain) {
        GatewayConfig.Origin origin = config.gateway().origin();
        return config.gateway()
                .with(new GatewayConfig.Origin(
                        brain,
                        origin.maxConcurrent(),
                        origin.maxQueued(),
                        origin.connect(),
                        origin.idle(),
                        origin.stall(),
                        origin.maxHeadBytes(),
                        origin.maxBodyBytes()));
    }

    private static Map<Long, KeyState> byId(List<KeyState> states) {
        return states.stream().collect(Collectors.toMap(KeyState::keyId, Function.identity()));
    }

    /** Where a person on this machine reaches a listener; one on all addresses is reached on loopback too. */
    private static URI url(String host, InetSocketAddress address) {
        String name = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : host;
        return URI.create("http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + address.getPort());
    }

    @Override
    public void close() {
        parts.close();
    }
}
