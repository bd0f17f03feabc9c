package dev.freefleet.worker;

import dev.freefleet.edge.KeyState;
import dev.freefleet.worker.js.JsonValue;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet says of keys, by their ids, each read when it is looked up: to read all of them would take some thousands more
 * than the 10 ms that a request has. What is read stays.
 */
final class ToldKeys extends AbstractMap<Long, KeyState> {
    private final JsonValue.Index told;
    private final JsonValue.Index revoked;
    private final Map<Long, KeyState> read = new HashMap<>();

    private ToldKeys(JsonValue.Index told, JsonValue.Index revoked) {
        this.told = told;
        this.revoked = revoked;
    }

    /**
     * What a sync call's content says of keys.
     *
     * @throws IllegalArgumentException if it does not say of which: a revocation might be lost
     */
    static ToldKeys of(JsonValue word) {
        JsonValue.Index told = JsonValue.Index.of(word, "keys", "id");
        JsonValue.Index revoked = JsonValue.Index.of(word, "revoked");
        if (told == null || revoked == null) {
            throw new IllegalArgumentException("what is said of keys must have ids");
        }
        return new ToldKeys(told, revoked);
    }

    /** @throws IllegalArgumentException if what is said of this key is out of its range */
    @Override
    public @Nullable KeyState get(Object id) {
        if (!containsKey(id)) {
            return null;
        }
        long keyId = (Long) id;
        KeyState state = read.get(keyId);
        if (state == null) {
            state = JsonValue.Index.has(revoked, keyId)
                    ? new KeyState(keyId, true, null, List.of(), Set.of())
                    : SyncReader.key(JsonValue.Index.get(told, keyId));
            read.put(keyId, state);
        }
        return state;
    }

    @Override
    public boolean containsKey(Object id) {
        return id instanceof Long keyId && (JsonValue.Index.has(revoked, keyId) || JsonValue.Index.has(told, keyId));
    }

    @Override
    public boolean isEmpty() {
        return JsonValue.Index.ids(told).length + JsonValue.Index.ids(revoked).length == 0;
    }

    /** Of all, which takes its time. */
    @Override
    public Set<Map.Entry<Long, KeyState>> entrySet() {
        Map<Long, KeyState> all = new HashMap<>();
        for (JsonValue.Index index : List.of(told, revoked)) {
            for (double id : JsonValue.Index.ids(index)) {
                KeyState state = get((long) id);
                if (state != null) {
                    all.put((long) id, state);
                }
            }
        }
        return all.entrySet();
    }
}
