package dev.freefleet.edge;

import java.util.Map;
import java.util.Objects;

/**
 * The edge's decisions under one policy. Thread-safe; its exchanges are not. What changes at run time, the states of
 * keys and the version of the Brain's index, is replaced as a whole; an exchange goes on with what it began with.
 */
public final class Edge {
    private final EdgePolicy policy;
    private final RouteTable routes;
    private final ClientAddress clients;
    private final Cors cors;
    private volatile Map<Long, KeyState> keys = Map.of();
    private volatile String indexVersion = "";

    /**
     * An edge under this policy.
     *
     * @throws IllegalArgumentException if a path template or a trusted proxy cannot be read; the message names it
     */
    public Edge(EdgePolicy policy) {
        this.policy = policy;
        routes = new RouteTable(policy.routes());
        clients = new ClientAddress(policy.trustedProxies());
        cors = new Cors(policy.cors());
    }

    /** A new exchange for this request. */
    public Exchange open(RequestHead request) {
        return new Exchange(new EdgeState(policy, routes, clients, cors, keys, indexVersion), request);
    }

    /** Replaces what is known of keys, by key id. */
    public void keyStates(Map<Long, KeyState> states) {
        keys = Map.copyOf(states);
    }

    /** Replaces the version of the Brain's index: answers of another version are stale from now on. "": unknown. */
    public void indexVersion(String version) {
        indexVersion = Objects.requireNonNull(version, "version");
    }
}
