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
    private final Recent recent = new Recent();
    /** One view, so that no imported key is seen without its restrictions. */
    private volatile EdgeState state;

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
        state = state(Map.of(), Map.of(), "");
    }

    private EdgeState state(Map<Long, KeyState> keys, Map<String, KeyToken> imported, String indexVersion) {
        return new EdgeState(policy, routes, clients, cors, keys, imported, indexVersion, recent);
    }

    /** A new exchange for this request. */
    public Exchange open(RequestHead request) {
        return new Exchange(state, request);
    }

    /**
     * How old a stored answer is, and how long it will be fresh for a request without wishes of its own.
     *
     * @param cacheKey under which it is stored; where its route is no longer served, its freshness is what the answer
     *     itself says
     */
    public Inspection inspect(String cacheKey, StoredAnswer answer, long nowMillis) {
        String route = cacheKey.substring(0, Math.max(0, cacheKey.lastIndexOf(':')));
        CacheRule rule = policy.routes().stream()
                .filter(one -> one.name().equals(route))
                .map(Route::cache)
                .findFirst()
                .orElseGet(() -> new CacheRule.Http(0));
        Reuse reuse = Reuse.of(rule, RequestDirectives.of(Fields.empty()), answer, state.indexVersion(), nowMillis);
        return new Inspection(Reuse.age(answer, nowMillis), reuse.ttlMillis());
    }

    /**
     * How a stored answer is at one moment.
     *
     * @param ageMillis its age (RFC 9111 section 4.2.3)
     * @param ttlMillis how long it will be fresh; 0 or less where it is stale
     */
    public record Inspection(long ageMillis, long ttlMillis) {}

    /**
     * Replaces what is known of keys. The maps are looked up in, not copied, and must not change.
     *
     * @param states by key id
     * @param imported the keys that were made elsewhere and are taken as they are: what they stand for, by the lower-case
     *     hex of the SHA-256 of their text
     */
    public synchronized void keys(Map<Long, KeyState> states, Map<String, KeyToken> imported) {
        state = state(states, imported, state.indexVersion());
    }

    /** Replaces what is known of keys, by key id, and leaves the imported ones. */
    public synchronized void keyStates(Map<Long, KeyState> states) {
        state = state(Map.copyOf(states), state.imported(), state.indexVersion());
    }

    /** Replaces the imported keys, by digest as in {@link #keys}, and leaves what is known of the others. */
    public synchronized void importedKeys(Map<String, KeyToken> byDigest) {
        state = state(state.keys(), Map.copyOf(byDigest), state.indexVersion());
    }

    /** Replaces the version of the Brain's index: answers of another version are stale from now on. "": unknown. */
    public synchronized void indexVersion(String version) {
        Objects.requireNonNull(version, "version");
        if (!version.equals(state.indexVersion())) {
            state = state(state.keys(), state.imported(), version);
        }
    }
}
