package dev.freefleet.cli.config;

import dev.freefleet.cli.config.Values.Item;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Route;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the configuration from the values; what single values cannot show (this excludes that) is checked here. */
final class Assembly {
    /** With the gateway's drain and the database's stop it must fit into the 10 s that stopping may take. */
    private static final Duration FLUSH = Duration.ofSeconds(3);

    private final Path home;
    private final Values values;

    Assembly(Path home, Values values) {
        this.home = home;
        this.values = values;
    }

    FleetConfig config() {
        return new FleetConfig(
                home.resolve(values.get(Settings.DATA)),
                new GatewayAssembly(home.resolve(values.get(Settings.DATA)), values).config(),
                policy(),
                new FleetConfig.Listener(values.get(Settings.ADMIN_HOST), values.get(Settings.ADMIN_PORT)),
                brain(),
                DatabaseAssembly.database(values),
                usage(),
                Redactions.questions(values),
                new UpkeepAssembly(home, values).upkeep(),
                new FleetConfig.Log(values.get(Settings.LOG_LEVEL), values.get(Settings.LOG_FORMAT)),
                values.get(Settings.CACHE_DISK),
                values.get(Settings.TLS_SELF_SIGNED),
                new EdgeAssembly(values).config(),
                new BackupAssembly(home, values).config(brain()),
                new RedisAssembly(values).redis());
    }

    /** Notes what is wrong between values. */
    void check() {
        checkPorts();
        new TlsCheck(values).check();
        checkBrain();
        DatabaseAssembly.check(values);
        Redactions.check(values);
        new OriginAssembly(values).check();
        new EdgeAssembly(values).check();
        new BackupAssembly(home, values).check();
        new UpkeepAssembly(home, values).check();
        new RedisAssembly(values).check();
        checkItems("routes", Settings.ROUTE_NAME, Settings.ROUTE_METHODS, Settings.ROUTE_PATH);
        checkRouteNames();
        checkRoutePaths();
        checkPlanNames();
        if (values.problems().isEmpty()) {
            checkEdge();
        }
    }

    /** What only the edge knows of path templates. */
    private void checkEdge() {
        try {
            new Edge(policy()).keyStates(Map.of());
        } catch (IllegalArgumentException e) {
            List<Item> routes = Objects.requireNonNullElse(values.items("routes"), List.<Item>of());
            Source source =
                    routes.isEmpty() ? new Source.Standard() : routes.getFirst().source();
            values.problem(source, "routes", String.valueOf(e.getMessage()));
        }
    }

    private void checkPlanNames() {
        for (Item item : Objects.requireNonNullElse(values.items("plans"), List.<Item>of())) {
            boolean fits = !item.name().isEmpty() && item.name().length() <= 32;
            if (!fits || !item.name().chars().allMatch(c -> "abcdefghijklmnopqrstuvwxyz0123456789_-".indexOf(c) >= 0)) {
                values.problem(item.source(), item.prefix(), "is not a plan's name; write 1 to 32 of a-z 0-9 _ -");
            }
        }
    }

    private void checkPorts() {
        int gateway = values.get(Settings.GATEWAY_PORT);
        if (gateway != 0 && gateway == values.get(Settings.ADMIN_PORT)) {
            values.problem(
                    values.source(Settings.ADMIN_PORT),
                    Settings.ADMIN_PORT.path(),
                    "is the gateway's port too (" + gateway + "); give one of them another");
        }
    }

    private void checkBrain() {
        if (values.find(Settings.BRAIN_URL) == null) {
            if (values.find(Settings.BRAIN_KEY) != null) {
                values.problem(
                        values.source(Settings.BRAIN_KEY),
                        Settings.BRAIN_KEY.path(),
                        "is for a Brain behind brain.url, which is missing");
            }
            checkDocs();
            return;
        }
        for (Setting<?> setting : List.of(Settings.BRAIN_DOCS, Settings.BRAIN_PORT)) {
            if (!(values.source(setting) instanceof Source.Standard)) {
                values.problem(
                        values.source(setting),
                        setting.path(),
                        "is for the reference Brain, but brain.url ("
                                + values.source(Settings.BRAIN_URL)
                                + ") names another; remove one of them");
            }
        }
    }

    private void checkDocs() {
        List<Path> docs = values.find(Settings.BRAIN_DOCS);
        if (docs == null) {
            return;
        }
        if (docs.isEmpty()) {
            values.problem(values.source(Settings.BRAIN_DOCS), Settings.BRAIN_DOCS.path(), "names no folder");
        }
        for (Path path : docs) {
            if (!Files.isReadable(path)) {
                values.problem(
                        values.source(Settings.BRAIN_DOCS),
                        Settings.BRAIN_DOCS.path(),
                        path + (Files.exists(path) ? " cannot be read" : " does not exist"));
            }
        }
    }

    private void checkItems(String path, Setting<?>... required) {
        for (Item item : Objects.requireNonNullElse(values.items(path), List.<Item>of())) {
            for (Setting<?> setting : required) {
                if (!values.isWritten(item, setting)) {
                    values.problem(item.source(), Values.pathIn(item, setting), "is missing");
                }
            }
        }
    }

    private void checkRouteNames() {
        List<Item> items = Objects.requireNonNullElse(values.items("routes"), List.<Item>of());
        Set<String> names = new HashSet<>();
        for (Item item : items) {
            String name = values.find(item, Settings.ROUTE_NAME);
            if (name != null && !names.add(name)) {
                values.problem(
                        values.source(item, Settings.ROUTE_NAME),
                        Values.pathIn(item, Settings.ROUTE_NAME),
                        "\"" + name + "\" is the name of a route before it");
            }
        }
    }

    /** The first route whose path matches decides, whatever methods it takes. */
    private void checkRoutePaths() {
        List<Item> items = Objects.requireNonNullElse(values.items("routes"), List.<Item>of());
        List<String> before = new ArrayList<>();
        for (Item item : items) {
            String path = values.find(item, Settings.ROUTE_PATH);
            if (path == null) {
                continue;
            }
            before.stream()
                    .filter(other -> Routes.takesAll(other, path))
                    .findFirst()
                    .ifPresent(other -> values.problem(
                            values.source(item, Settings.ROUTE_PATH),
                            Values.pathIn(item, Settings.ROUTE_PATH),
                            "\"" + path + "\" is never reached, for a route before it takes all of \"" + other
                                    + "\"; put this one before it, or its methods there"));
            before.add(path);
        }
    }

    private FleetConfig.Brain brain() {
        URI url = values.find(Settings.BRAIN_URL);
        if (url != null) {
            return new FleetConfig.Brain.External(url);
        }
        List<Path> docs = values.find(Settings.BRAIN_DOCS);
        return new FleetConfig.Brain.Reference(docs != null ? docs : ownDocs(), values.get(Settings.BRAIN_PORT));
    }

    private List<Path> ownDocs() {
        return Stream.of(home.resolve("docs"), home.resolve("README.md"))
                .filter(Files::isReadable)
                .toList();
    }

    private IngestConfig usage() {
        return new IngestConfig(
                IngestConfig.DEFAULTS.ringEvents(),
                values.get(Settings.USAGE_MEMORY),
                values.get(Settings.USAGE_BATCH),
                values.get(Settings.USAGE_DELAY),
                FLUSH);
    }

    private EdgePolicy policy() {
        return new EdgePolicy(
                values.get(Settings.NODE),
                routes(),
                plans(),
                values.get(Settings.LIMITS_ADDRESS),
                values.get(Settings.LIMITS_REFUSED),
                orNone(values.find(Settings.TRUSTED_PROXIES)),
                new EdgePolicy.Cors(Set.copyOf(orNone(values.find(Settings.CORS_ORIGINS))), (int)
                        values.get(Settings.CORS_MAX_AGE).toSeconds()),
                values.get(Settings.USAGE_QUERY_TEXT),
                values.get(Settings.TLS_HSTS).toSeconds());
    }

    private List<Route> routes() {
        List<Item> items = values.items("routes");
        return items == null
                ? DefaultRoutes.all()
                : items.stream().map(item -> Routes.route(values, item)).toList();
    }

    private Map<String, EdgePolicy.Plan> plans() {
        Map<String, EdgePolicy.Plan> plans = new HashMap<>();
        plans.put(
                "default",
                new EdgePolicy.Plan(
                        Values.standardOf(Settings.PLAN_RATE),
                        List.of(),
                        Values.standardOf(Settings.PLAN_CONCURRENT),
                        Values.standardOf(Settings.PLAN_PRIORITY)));
        for (Item item : Objects.requireNonNullElse(values.items("plans"), List.<Item>of())) {
            plans.put(
                    item.name(),
                    new EdgePolicy.Plan(
                            values.get(item, Settings.PLAN_RATE),
                            orNone(values.find(item, Settings.PLAN_QUOTAS)),
                            values.get(item, Settings.PLAN_CONCURRENT),
                            values.get(item, Settings.PLAN_PRIORITY)));
        }
        return plans;
    }

    private static <E> List<E> orNone(@Nullable List<E> list) {
        return list == null ? List.of() : list;
    }
}
