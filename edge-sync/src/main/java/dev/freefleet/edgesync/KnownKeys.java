package dev.freefleet.edgesync;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What is known of keys: what the database says of them, and whose quota is used up over all edges. Who wants to know is told
 * after each change, in the thread that made it. Thread-safe.
 */
public final class KnownKeys {
    private final Consumer<Known> gateway;
    private Map<Long, KeyState> states = Map.of();
    private Map<String, KeyToken> imported = Map.of();
    private Exhausted exhausted = new Exhausted(Map.of(), Map.of());
    private volatile Known elsewhere = new Known(Map.of(), Map.of());

    /**
     * What is known of keys.
     *
     * @param states by key id
     * @param imported as {@code Edge.keys} wants them
     */
    public record Known(Map<Long, KeyState> states, Map<String, KeyToken> imported) {
        public Known {
            states = Map.copyOf(states);
            imported = Map.copyOf(imported);
        }
    }

    /**
     * Until when keys have used up a quota, epoch milliseconds by key id.
     *
     * @param everywhere all of them
     * @param uncounted those among them that the gateway's own count does not show: other edges have served them
     */
    public record Exhausted(Map<Long, Long> everywhere, Map<Long, Long> uncounted) {
        public Exhausted {
            everywhere = Map.copyOf(everywhere);
            uncounted = Map.copyOf(uncounted);
        }
    }

    /** @param gateway is told what the gateway has to know; must be quick */
    public KnownKeys(Consumer<Known> gateway) {
        this.gateway = gateway;
    }

    /** The database says this of keys. */
    public synchronized void book(Collection<KeyState> all, Map<String, KeyToken> byDigest) {
        Map<Long, KeyState> byId = new HashMap<>();
        all.forEach(state -> byId.put(state.keyId(), state));
        states = Map.copyOf(byId);
        imported = Map.copyOf(byDigest);
        tell();
    }

    /** These keys have used up a quota, and no others. */
    public synchronized void exhausted(Exhausted now) {
        if (!now.equals(exhausted)) {
            exhausted = now;
            tell();
        }
    }

    /** What edges elsewhere have to know. */
    Known elsewhere() {
        return elsewhere;
    }

    private void tell() {
        elsewhere = new Known(with(exhausted.everywhere), imported);
        gateway.accept(new Known(with(exhausted.uncounted), imported));
    }

    private Map<Long, KeyState> with(Map<Long, Long> until) {
        if (until.isEmpty()) {
            return states;
        }
        Map<Long, KeyState> all = new HashMap<>(states);
        until.forEach((id, end) -> all.merge(
                id, new KeyState(id, false, null, List.of(), Set.of(), List.of(), 0, end, 0, null), KnownKeys::until));
        return all;
    }

    private static KeyState until(KeyState known, KeyState ended) {
        return new KeyState(
                known.keyId(),
                known.revoked(),
                known.rate(),
                known.quotas(),
                known.scopes(),
                known.addresses(),
                known.validUntilMillis(),
                Math.max(known.exhaustedUntilMillis(), ended.exhaustedUntilMillis()),
                known.maxConcurrent(),
                known.plan());
    }
}
