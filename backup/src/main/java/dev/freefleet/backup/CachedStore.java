package dev.freefleet.backup;

import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A store that keeps copies of the index and manifest objects it has read in a folder, so that a run asks a remote store only for
 * what is new. Such an object is called by its digest: a copy that does not have it is fetched again.
 */
final class CachedStore implements ObjectStore {
    private static final List<String> KEPT = List.of("index/", "trash/", "snapshots/", "mirror/snapshots/");

    private final ObjectStore store;
    private final FolderStore copies;

    CachedStore(ObjectStore store, Path folder) {
        this.store = store;
        this.copies = new FolderStore(folder);
    }

    private static boolean isKept(String name) {
        return KEPT.stream().anyMatch(name::startsWith);
    }

    @Override
    public byte[] get(String name) {
        if (!isKept(name)) {
            return store.get(name);
        }
        try {
            byte[] copy = copies.get(name);
            if (name.endsWith("/" + ChunkId.hex(copy))) {
                return copy;
            }
            copies.delete(name);
        } catch (BackupException e) {
            // No copy, or none that can be read: the store has it.
        }
        byte[] bytes = store.get(name);
        keep(name, bytes, bytes.length);
        return bytes;
    }

    private void keep(String name, byte[] bytes, int length) {
        try {
            copies.putIfAbsent(name, bytes, length);
        } catch (BackupException e) {
            // A cache that cannot be written costs requests, nothing else.
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
        List<ObjectInfo> there = store.list(prefix);
        if (KEPT.contains(prefix)) {
            Set<String> names = new HashSet<>();
            there.forEach(o -> names.add(o.name()));
            for (ObjectInfo copy : copies.list(prefix)) {
                if (!names.contains(copy.name())) {
                    copies.delete(copy.name());
                }
            }
        }
        return there;
    }

    @Override
    public boolean putIfAbsent(String name, byte[] bytes, int length) {
        boolean created = store.putIfAbsent(name, bytes, length);
        if (isKept(name)) {
            keep(name, bytes, length);
        }
        return created;
    }

    @Override
    public byte[] get(String name, long offset, int length) {
        return store.get(name, offset, length);
    }

    @Override
    public void get(String name, long offset, byte[] into, int length) {
        store.get(name, offset, into, length);
    }

    @Override
    public void delete(String name) {
        store.delete(name);
        if (isKept(name)) {
            copies.delete(name);
        }
    }

    @Override
    public int rangeBytes() {
        return store.rangeBytes();
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }
}
