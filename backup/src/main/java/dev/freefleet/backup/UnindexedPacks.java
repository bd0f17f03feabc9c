package dev.freefleet.backup;

import dev.freefleet.backup.format.Pack;
import dev.freefleet.backup.format.PackContent;
import dev.freefleet.backup.format.Records.IndexedPack;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The packs that no index object names, because its index was never written, or is lost or damaged. */
final class UnindexedPacks {
    private static final int TAIL = 64 << 10;

    private final ObjectStore store;
    private final Sealer sealer;
    private final ChunkIndex index;
    private final Map<String, BackupException> unreadable = new TreeMap<>();
    private boolean looked;

    UnindexedPacks(ObjectStore store, Sealer sealer, ChunkIndex index) {
        this.store = store;
        this.sealer = sealer;
        this.index = index;
    }

    /** Adds them to the index in memory, the first time only; returns whether there were any. */
    synchronized boolean adopt() {
        if (looked) {
            return false;
        }
        looked = true;
        return !find().isEmpty();
    }

    /** Adds them to the index in memory and returns them. Those whose header is damaged are in {@link #unreadable}. */
    synchronized List<IndexedPack> find() {
        List<IndexedPack> found = new ArrayList<>();
        for (ObjectInfo o : store.list("packs/")) {
            String name = o.name().substring("packs/".length());
            if (!index.hasPack(name)) {
                try {
                    IndexedPack p = new IndexedPack(name, o.size(), header(o));
                    index.add(p, false);
                    found.add(p);
                } catch (BackupException e) {
                    if (ChunkReader.unavailable(e)) {
                        throw e;
                    }
                    unreadable.put(o.name(), e);
                }
            }
        }
        return found;
    }

    synchronized Map<String, BackupException> unreadable() {
        return Map.copyOf(unreadable);
    }

    private PackContent header(ObjectInfo o) {
        int shortest = Sealer.PREFIX + Pack.TRAILER;
        if (o.size() < shortest) {
            throw BackupException.damaged(o.name(), "it has only " + o.size() + " bytes");
        }
        byte[] prefix = store.get(o.name(), 0, shortest);
        int want = (int) Math.min(o.size(), TAIL);
        try {
            return Pack.contentOf(sealer, o.name(), prefix, tail(o, want), want, o.size());
        } catch (Pack.TailTooShort e) {
            return Pack.contentOf(sealer, o.name(), prefix, tail(o, e.needed()), e.needed(), o.size());
        }
    }

    private byte[] tail(ObjectInfo o, int length) {
        return store.get(o.name(), o.size() - length, length);
    }
}
