package dev.freefleet.cli.config;

import dev.freefleet.cli.config.Values.Item;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one setting is in the end.
 *
 * @param path its full name: {@code gateway.port}, {@code routes[2].name}
 * @param values its texts: one, or one for each element of a list; a secret's is masked, and none are there where
 *     nothing is set
 * @param list whether it is a list
 * @param source where it came from
 */
public record EffectiveSetting(String path, List<String> values, boolean list, Source source) {
    /** What stands in a secret's place. */
    public static final String MASK = "********";

    public EffectiveSetting {
        Objects.requireNonNull(path, "path");
        values = List.copyOf(values);
        Objects.requireNonNull(source, "source");
    }

    /** All of them, in the order of the table; routes and plans that are there by default too. */
    static List<EffectiveSetting> all(Values values, FleetConfig config) {
        List<EffectiveSetting> all = new ArrayList<>();
        for (Setting<?> setting : Settings.all()) {
            if (setting.single()) {
                all.add(single(values, setting, config));
            }
        }
        addPlans(all, values, config.policy());
        addRoutes(all, values, config);
        return List.copyOf(all);
    }

    private static <T> EffectiveSetting single(Values values, Setting<T> setting, FleetConfig config) {
        if (setting.equals(Settings.DATA)) {
            return of(setting.path(), Settings.DATA, config.data(), values.source(setting));
        }
        if (setting.equals(BackupSettings.LOCAL) && config.backup().local() != null) {
            return of(setting.path(), BackupSettings.LOCAL, config.backup().localFolder(), values.source(setting));
        }
        if (setting.equals(BackupSettings.KEY_FILE)) {
            return of(setting.path(), BackupSettings.KEY_FILE, config.backup().keyFile(), values.source(setting));
        }
        if (setting.equals(Settings.BRAIN_DOCS) && config.brain() instanceof FleetConfig.Brain.Reference reference) {
            return of(setting.path(), Settings.BRAIN_DOCS, reference.docs(), values.source(setting));
        }
        return of(setting.path(), setting, values.find(setting), values.source(setting));
    }

    private static <T> EffectiveSetting of(String path, Setting<T> setting, @Nullable T value, Source source) {
        List<String> texts = value == null ? List.of() : setting.type().show(value);
        List<String> shown = setting.secret() ? texts.stream().map(text -> MASK).toList() : texts;
        return new EffectiveSetting(path, shown, setting.type() instanceof ValueType.ListOf, source);
    }

    private static void addPlans(List<EffectiveSetting> all, Values values, EdgePolicy policy) {
        new TreeMap<>(policy.plans()).forEach((name, plan) -> {
            Item item = new Item("plans." + name, name, new Source.Standard());
            add(all, values, item, Settings.PLAN_RATE, plan.rate());
            add(all, values, item, Settings.PLAN_QUOTAS, plan.quotas());
            add(all, values, item, Settings.PLAN_CONCURRENT, plan.maxConcurrent());
            add(all, values, item, Settings.PLAN_PRIORITY, plan.priority());
        });
    }

    private static void addRoutes(List<EffectiveSetting> all, Values values, FleetConfig config) {
        List<Route> routes = config.policy().routes();
        for (int i = 0; i < routes.size(); i++) {
            Item item = new Item("routes[" + i + "]", "", new Source.Standard());
            Route route = routes.get(i);
            add(all, values, item, Settings.ROUTE_NAME, route.name());
            add(
                    all,
                    values,
                    item,
                    Settings.ROUTE_METHODS,
                    route.methods().stream().sorted().toList());
            add(all, values, item, Settings.ROUTE_PATH, route.path());
            add(all, values, item, Settings.ROUTE_AUTH, route.auth());
            add(all, values, item, Settings.ROUTE_RATE, route.rate());
            add(all, values, item, Settings.ROUTE_MAX_BODY, (long) route.maxBodyBytes());
            add(all, values, item, Settings.ROUTE_TIMEOUT, Duration.ofMillis(route.timeoutMillis()));
            add(all, values, item, Settings.ROUTE_WEBSOCKET, route.webSocket());
            add(
                    all,
                    values,
                    item,
                    Settings.ROUTE_QUERY_TEXT,
                    config.questions().routes().get(route.name()));
            addCache(all, values, item, route.cache());
        }
    }

    private static void addCache(List<EffectiveSetting> all, Values values, Item item, CacheRule cache) {
        switch (cache) {
            case CacheRule.Off off -> add(all, values, item, Settings.ROUTE_CACHE, Routes.CacheMode.OFF);
            case CacheRule.Http http -> {
                add(all, values, item, Settings.ROUTE_CACHE, Routes.CacheMode.HTTP);
                add(all, values, item, Settings.ROUTE_CACHE_MAX, (long) http.maxAnswerBytes());
                add(all, values, item, Settings.ROUTE_CACHE_HEURISTIC, http.heuristic());
                addStale(all, values, item, http.stale());
                add(all, values, item, Settings.ROUTE_CACHE_ERRORS, http.storeErrors());
                add(all, values, item, Settings.ROUTE_CACHE_STREAMS, http.storeStreams());
            }
            case CacheRule.Query query -> {
                add(all, values, item, Settings.ROUTE_CACHE, Routes.CacheMode.QUERY);
                add(all, values, item, Settings.ROUTE_CACHE_SCOPE, query.scope());
                add(all, values, item, Settings.ROUTE_CACHE_TTL, Duration.ofMillis(query.defaultTtlMillis()));
                add(all, values, item, Settings.ROUTE_CACHE_MAX, (long) query.maxAnswerBytes());
                add(all, values, item, Settings.ROUTE_CACHE_TEXT, query.textMember());
                addStale(all, values, item, query.stale());
                add(all, values, item, Settings.ROUTE_CACHE_FIELDS, query.keyFields());
                add(all, values, item, Settings.ROUTE_CACHE_FOLD, query.foldText());
                add(all, values, item, Settings.ROUTE_CACHE_TAGS, query.tags().pointers());
                add(all, values, item, Settings.ROUTE_CACHE_STREAMS, query.storeStreams());
            }
        }
    }

    private static void addStale(List<EffectiveSetting> all, Values values, Item item, CacheRule.Stale stale) {
        add(all, values, item, Settings.ROUTE_CACHE_STALE_REVALIDATE, Duration.ofMillis(stale.whileRevalidateMillis()));
        add(all, values, item, Settings.ROUTE_CACHE_STALE_ERROR, Duration.ofMillis(stale.ifErrorMillis()));
        add(all, values, item, Settings.ROUTE_CACHE_STALE_SLOW, Duration.ofMillis(stale.ifSlowMillis()));
    }

    private static <T> void add(
            List<EffectiveSetting> all, Values values, Item item, Setting<T> setting, @Nullable T value) {
        all.add(of(Values.pathIn(item, setting), setting, value, values.source(item, setting)));
    }
}
