package dev.freefleet.edge;

import java.util.Map;

/** What an exchange decides by: one view of the policy and of what changes at run time, the same from start to end. */
record EdgeState(
        EdgePolicy policy,
        RouteTable routes,
        ClientAddress clients,
        Cors cors,
        Map<Long, KeyState> keys,
        String indexVersion) {
    /** The plan of this name, or the one that stands in for plans that are not there. */
    EdgePolicy.Plan plan(String name) {
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
