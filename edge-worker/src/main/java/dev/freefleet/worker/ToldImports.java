package dev.freefleet.worker;

import dev.freefleet.edge.KeyToken;
import dev.freefleet.worker.js.JsonValue;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys that were made elsewhere, by the digests of their texts, each read when it is looked up as {@link ToldKeys} are. */
final class ToldImports extends AbstractMap<String, KeyToken> {
    private final @Nullable JsonValue told;
    private final boolean empty;

    /** @param told the member of the fleet's word, or null */
    ToldImports(@Nullable JsonValue told) {
        this.told = told;
        this.empty = told == null || JsonValue.names(told).length == 0;
    }

    /** @throws IllegalArgumentException if what is said of this key is out of its range */
    @Override
    public @Nullable KeyToken get(Object digest) {
        JsonValue token = told == null || !(digest instanceof String text) ? null : JsonValue.object(told, text);
        return token == null ? null : SyncReader.token(token);
    }

    @Override
    public boolean isEmpty() {
        return empty;
    }

    /** Of all, which takes its time. */
    @Override
    public Set<Map.Entry<String, KeyToken>> entrySet() {
        Map<String, KeyToken> all = new HashMap<>();
        if (told != null) {
            for (String digest : JsonValue.names(told)) {
                KeyToken token = get(digest);
                if (token != null) {
                    all.put(digest, token);
                }
            }
        }
        return all.entrySet();
    }
}
