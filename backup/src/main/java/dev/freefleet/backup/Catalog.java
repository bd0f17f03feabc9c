package dev.freefleet.backup;

import dev.freefleet.backup.format.ByteWriter;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ObjectType;
import dev.freefleet.backup.format.Records;
import dev.freefleet.backup.format.Records.IndexedPack;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the index and trash objects of a store say at one time.
 *
 * @param index where each chunk is
 * @param indexObjects the index objects that were read, with the names of their packs
 * @param trash the trash objects that were read
 * @param damaged objects that could not be read
 */
record Catalog(
        ChunkIndex index,
        Map<String, List<String>> indexObjects,
        Map<String, Trash> trash,
        Map<String, BackupException> damaged) {

    private static final int ATTEMPTS = 5;

    /** A trash object: packs that no index names any more, and since when, by the store's clock. */
    record Trash(List<IndexedPack> packs, Instant since) {}

    /**
     * Returns the packs that index objects name.
     *
     * @param known index objects that need not be read
     */
    static Set<String> named(ObjectStore store, Sealer sealer, Set<String> known) {
        return persistently(() -> {
            Set<String> names = new HashSet<>();
            for (ObjectInfo o : store.list("index/")) {
                if (!known.contains(o.name())) {
                    byte[] plain = sealer.open(ObjectType.INDEX, o.name(), store.get(o.name()));
                    Records.readIndex(o.name(), plain, p -> names.add(p.name()));
                }
            }
            return names;
        });
    }

    /** Reads the index first, then the trash: a pack on its way from one to the other is seen in one of them at least. */
    static Catalog load(ObjectStore store, Sealer sealer) {
        return persistently(() -> once(store, sealer));
    }

    private static <T> T persistently(Supplier<T> read) {
        // An object that is gone since it was listed was replaced by a prune: what replaced it was perhaps not listed
        // yet.
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                return read.get();
            } catch (BackupException e) {
                if (e.reason() != BackupException.Reason.MISSING) {
                    throw e;
                }
            }
        }
        return read.get();
    }

    private static Catalog once(ObjectStore store, Sealer sealer) {
        Catalog c = new Catalog(new ChunkIndex(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        for (ObjectInfo o : store.list("index/")) {
            List<String> names = new ArrayList<>();
            boolean whole = c.read(store, sealer, ObjectType.INDEX, o.name(), p -> {
                c.index.add(p, false);
                names.add(p.name());
            });
            if (whole) {
                c.indexObjects.put(o.name(), names);
            }
        }
        for (ObjectInfo o : store.list("trash/")) {
            List<IndexedPack> packs = new ArrayList<>();
            if (c.read(store, sealer, ObjectType.TRASH, o.name(), packs::add)) {
                packs.forEach(p -> c.index.add(p, true));
                c.trash.put(o.name(), new Trash(packs, o.modified()));
            }
        }
        return c;
    }

    /** Returns whether the object is whole; what could be read of one that is not is authentic all the same. */
    private boolean read(ObjectStore store, Sealer sealer, ObjectType type, String name, Consumer<IndexedPack> each) {
        try {
            Records.readIndex(name, sealer.open(type, name, store.get(name)), each);
            return true;
        } catch (BackupException e) {
            if (e.reason() == BackupException.Reason.MISSING || ChunkReader.unavailable(e)) {
                throw e;
            }
            damaged.put(name, e);
            return false;
        }
    }

    /** Writes these packs as an index or trash object and returns its name. */
    static String write(ObjectStore store, Sealer sealer, ObjectType type, List<IndexedPack> packs) {
        return write(store, sealer, type, packs, 1 << 16);
    }

    /** @param expected about how many bytes that will be: those of many packs are best put into an array that need not grow */
    static String write(ObjectStore store, Sealer sealer, ObjectType type, List<IndexedPack> packs, int expected) {
        ByteWriter plain = new ByteWriter(expected);
        Records.index(packs, plain);
        byte[] object = sealer.seal(type, plain.array(), plain.size());
        String name = (type == ObjectType.TRASH ? "trash/" : "index/") + ChunkId.hex(object);
        store.putIfAbsent(name, object);
        return name;
    }
}
