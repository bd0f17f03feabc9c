package dev.freefleet.edge;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an exchange decides by: one view of the policy and of what changes at run time, the same from start to end. */
record EdgeState(
        EdgePolicy policy,
        RouteTable routes,
        ClientAddress clients,
        Cors cors,
        Map<Long, KeyState> keys,
        Map<String, KeyToken> imported,
        String indexVersion,
        Recent recent) {
    /** The plan of a key: the one that the fleet says, else the one that the key says. */
    EdgePolicy.Plan planOf(KeyToken token, @Nullable KeyState state) {
        String overruled = state == null ? null : state.plan();
        return plan(overruled == null ? token.plan() : overruled);
    }

    /** The plan of this name, or the one that stands in for plans that are not there. */
    private EdgePolicy.Plan plan(String name) {
        EdgePolicy.Plan plan = policy.plans().get(name);
        if (plan == null) {
            plan = policy.plans().get("default");
        }
        if (plan == null) {
            throw new IllegalStateException("the policy has no default plan");
        }
        return plan;
    }
}
