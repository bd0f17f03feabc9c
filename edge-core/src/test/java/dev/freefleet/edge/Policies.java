package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Policies of the tests. */
final class Policies {
    static final RateLimit WIDE = new RateLimit(100_000, 60_000);

    private Policies() {}

    /** The default routes, one of plain HTTP under /files, one that folds questions, one without cache under /live. */
    static EdgePolicy standard() {
        return with(WIDE, new RateLimit(5, 60_000), List.of(), Set.of(), EdgePolicy.QueryText.FULL);
    }

    static EdgePolicy with(
            RateLimit address,
            RateLimit refused,
            List<String> proxies,
            Set<String> origins,
            EdgePolicy.QueryText text) {
        List<Route> routes = new ArrayList<>(DefaultRoutes.all());
        routes.add(open("files", "/files/**", new CacheRule.Http(1 << 20, true)));
        routes.add(open(
                "folded",
                "/folded",
                new CacheRule.Query(
                        CacheRule.Scope.PUBLIC, 60_000, 1 << 20, "query", CacheRule.Stale.NEVER, List.of(), true)));
        routes.add(open("live", "/live/{id}", new CacheRule.Off()));
        return new EdgePolicy(
                "edge-1",
                routes,
                Map.of(
                        "default", new EdgePolicy.Plan(new RateLimit(60, 60_000), List.of()),
                        "small", new EdgePolicy.Plan(new RateLimit(2, 60_000), List.of())),
                address,
                refused,
                proxies,
                new EdgePolicy.Cors(origins, 600),
                text);
    }

    static Route open(String name, String path, CacheRule cache) {
        Set<String> methods = Set.of("GET", "POST", "PUT", "DELETE", "QUERY", "M-SEARCH");
        return new Route(name, methods, path, Route.Auth.NONE, null, 1 << 20, 30_000, cache);
    }

    /** One route only, without key and with wide limits. */
    static EdgePolicy only(Route route) {
        return new EdgePolicy(
                "edge-1",
                List.of(route),
                Map.of("default", new EdgePolicy.Plan(WIDE, List.of())),
                WIDE,
                WIDE,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.FULL);
    }
}
