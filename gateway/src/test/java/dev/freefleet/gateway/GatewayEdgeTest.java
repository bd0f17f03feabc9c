package dev.freefleet.gateway;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.testkit.EdgeContract;
import dev.freefleet.testkit.EdgeUnderTest;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What every edge does, by the gateway. */
class GatewayEdgeTest extends EdgeContract {
    @Override
    protected EdgeUnderTest start(TestOrigin.Script script) {
        return new Tested(TestGateway.start(script, config -> config, policy()));
    }

    private static EdgePolicy policy() {
        List<Route> routes = new ArrayList<>(DefaultRoutes.all());
        routes.add(route("open", 30_000, new CacheRule.Off()));
        routes.add(route("hasty", 500, new CacheRule.Off()));
        routes.add(route("site", 30_000, new CacheRule.Http(1 << 20)));
        return new EdgePolicy(
                "gateway",
                routes,
                Map.of(
                        "default", new EdgePolicy.Plan(TestGateway.PLENTY, List.of(), 1_000),
                        "few", new EdgePolicy.Plan(new RateLimit(3, 60_000), List.of(), 1_000)),
                TestGateway.PLENTY,
                TestGateway.PLENTY,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.FULL);
    }

    private static Route route(String name, long timeoutMillis, CacheRule cache) {
        Set<String> methods = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");
        return new Route(name, methods, '/' + name + "/**", Route.Auth.NONE, null, 1 << 20, timeoutMillis, cache);
    }

    private static final class Tested implements EdgeUnderTest {
        private final TestGateway fleet;
        private final Map<Long, KeyState> states = new HashMap<>();
        private final List<String> usage = new ArrayList<>();

        Tested(TestGateway fleet) {
            this.fleet = fleet;
        }

        @Override
        public URI url() {
            return URI.create("http://127.0.0.1:" + fleet.address().getPort());
        }

        @Override
        public TestOrigin origin() {
            return fleet.origin;
        }

        @Override
        public String key(long id, String plan) {
            return fleet.key(id, plan);
        }

        @Override
        public void revoke(long id) {
            states.put(id, new KeyState(id, true, null, List.of(), Set.of()));
            fleet.edge.keyStates(states);
        }

        @Override
        public void restrict(long id, String route) {
            states.put(id, new KeyState(id, false, null, List.of(), Set.of(route)));
            fleet.edge.keyStates(states);
        }

        @Override
        public void purgeTag(String tag) {
            fleet.gateway.purge(Selection.ofTag(tag)).join();
        }

        @Override
        public void index(String version) {
            fleet.edge.indexVersion(version);
        }

        @Override
        public List<String> usage() {
            fleet.usage.removeIf(event -> usage.add(
                    event.status() + " " + event.route() + " " + event.cache().label()));
            return List.copyOf(usage);
        }

        @Override
        public void close() throws IOException {
            fleet.close();
        }
    }
}
