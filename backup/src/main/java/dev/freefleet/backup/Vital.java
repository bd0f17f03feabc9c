package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The small objects without which nothing can be read: configuration, key slots, manifests. Each is stored twice, so that a flipped
 * bit or a lost object in one of them costs nothing, and is seen.
 */
final class Vital {
    static final String MIRROR = "mirror/";

    private final ObjectStore store;

    Vital(ObjectStore store) {
        this.store = store;
    }

    /** Writes both copies; returns false, and writes none, if another object of the name is there. */
    boolean put(String name, byte[] bytes) {
        // A write whose answer was lost was repeated by the store's client, and met itself.
        if (!store.putIfAbsent(name, bytes) && !Arrays.equals(store.get(name), bytes)) {
            return false;
        }
        store.putIfAbsent(MIRROR + name, bytes);
        return true;
    }

    /** Returns what {@code parse} makes of the first copy that it takes. */
    <T> T read(String name, Function<byte[], T> parse) {
        try {
            return parse.apply(store.get(name));
        } catch (BackupException first) {
            if (ChunkReader.unavailable(first)) {
                throw first;
            }
            try {
                return parse.apply(store.get(MIRROR + name));
            } catch (BackupException second) {
                throw ChunkReader.unavailable(second) || first.reason() == Reason.MISSING ? second : first;
            }
        }
    }

    /** Returns the objects whose names begin so, each once, with the earlier of the times of its copies. */
    Map<String, ObjectInfo> list(String prefix) {
        Map<String, ObjectInfo> all = new TreeMap<>();
        store.list(prefix).forEach(o -> all.put(o.name(), o));
        for (ObjectInfo o : store.list(MIRROR + prefix)) {
            ObjectInfo plain = new ObjectInfo(o.name().substring(MIRROR.length()), o.size(), o.modified());
            all.merge(plain.name(), plain, (a, b) -> a.modified().isAfter(b.modified()) ? b : a);
        }
        return all;
    }

    void delete(String name) {
        store.delete(name);
        store.delete(MIRROR + name);
    }
}
