package dev.freefleet.backup;

import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store that keeps copies of the index and manifest objects it has read in a folder, so that a run asks a remote store only for
 * what is new. Such an object is called by its digest: a copy that does not have it is fetched again.
 */
final class CachedStore implements ObjectStore {
    private static final List<String> KEPT = List.of("index/", "trash/", "snapshots/", "mirror/snapshots/");

    private final ObjectStore store;
    /** Null where there can be none. */
    private final @Nullable FolderStore copies;

    CachedStore(ObjectStore store, Path folder) {
        this.store = store;
        this.copies = open(folder);
    }

    /** What keeps copies from being read, kept or deleted, such as another user's folder, costs requests and nothing else. */
    private static @Nullable FolderStore open(Path folder) {
        try {
            return new FolderStore(folder);
        } catch (BackupException e) {
            return null;
        }
    }

    private static boolean isKept(String name) {
        return KEPT.stream().anyMatch(name::startsWith);
    }

    @Override
    public byte[] get(String name) {
        if (!isKept(name)) {
            return store.get(name);
        }
        byte[] copy = copy(name);
        if (copy != null) {
            return copy;
        }
        byte[] bytes = store.get(name);
        keep(name, bytes, bytes.length);
        return bytes;
    }

    /** Returns the copy, if there is one that can be read and is whole. */
    private byte @Nullable [] copy(String name) {
        if (copies == null) {
            return null;
        }
        try {
            byte[] copy = copies.get(name);
            if (name.endsWith("/" + ChunkId.hex(copy))) {
                return copy;
            }
            copies.delete(name);
        } catch (BackupException e) {
            // The store has it.
        }
        return null;
    }

    private void keep(String name, byte[] bytes, int length) {
        if (copies != null) {
            try {
                copies.putIfAbsent(name, bytes, length);
            } catch (BackupException e) {
                // It is fetched again.
            }
        }
    }

    private void forget(String name) {
        if (copies != null) {
            try {
                copies.delete(name);
            } catch (BackupException e) {
                // What is called by its digest and is not listed any more is never asked for.
            }
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
        List<ObjectInfo> there = store.list(prefix);
        if (KEPT.contains(prefix)) {
            Set<String> names = new HashSet<>();
            there.forEach(o -> names.add(o.name()));
            kept(prefix).stream().filter(copy -> !names.contains(copy)).forEach(this::forget);
        }
        return there;
    }

    private List<String> kept(String prefix) {
        if (copies != null) {
            try {
                return copies.list(prefix).stream().map(ObjectInfo::name).toList();
            } catch (BackupException e) {
                // They stay.
            }
        }
        return List.of();
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
            forget(name);
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
