package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

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

    /**
     * Writes the second copy of the newest object that is called by its digest and whose name begins so, if it has none: who wrote it was
     * killed between the two. Older ones had both, and what became of those is for a verification to find.
     */
    void finishNewest(String prefix) {
        List<ObjectInfo> there = store.list(prefix);
        Instant newest =
                there.stream().map(ObjectInfo::modified).max(Instant::compareTo).orElse(Instant.MIN);
        Set<String> copies = new HashSet<>();
        store.list(MIRROR + prefix).forEach(o -> copies.add(o.name()));
        // Several may be of the same second, which is as exact as a bucket's times are.
        there.stream()
                .filter(o -> o.modified().equals(newest) && !copies.contains(MIRROR + o.name()))
                .forEach(o -> copy(o.name()));
    }

    /** Returns whether an object that is called by its digest has it in one of its copies, and is such a one. */
    boolean isAsWritten(String name, Predicate<byte[]> such) {
        try {
            return read(name, bytes -> named(name, bytes) && such.test(bytes));
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            return false;
        }
    }

    private static boolean named(String name, byte[] bytes) {
        if (!name.endsWith("/" + ChunkId.hex(bytes))) {
            throw BackupException.damaged(name, "its bytes do not have the digest that is its name");
        }
        return true;
    }

    private void copy(String name) {
        try {
            byte[] bytes = store.get(name);
            if (named(name, bytes)) {
                store.putIfAbsent(MIRROR + name, bytes);
            }
        } catch (BackupException e) {
            // Forgotten since it was listed, or damaged, which a verification finds.
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
        }
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
