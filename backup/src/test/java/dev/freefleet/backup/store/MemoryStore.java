package dev.freefleet.backup.store;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** A store in memory whose times are a given clock's. */
public final class MemoryStore implements ObjectStore {
    private final TreeMap<String, Stored> objects = new TreeMap<>();
    private final Clock clock;

    private record Stored(ObjectInfo info, byte[] bytes) {}

    public MemoryStore(Clock clock) {
        this.clock = clock;
    }

    /** Returns a store that holds the same and is changed apart from this one. */
    public synchronized MemoryStore copy() {
        MemoryStore c = new MemoryStore(clock);
        c.objects.putAll(objects);
        return c;
    }

    @Override
    public synchronized boolean putIfAbsent(String name, byte[] bytes, int length) {
        ObjectInfo info = new ObjectInfo(name, length, clock.instant());
        return objects.putIfAbsent(name, new Stored(info, Arrays.copyOf(bytes, length))) == null;
    }

    private synchronized Stored find(String name) {
        Stored s = objects.get(name);
        if (s == null) {
            throw new BackupException(Reason.MISSING, name, name + " is not in memory", null);
        }
        return s;
    }

    @Override
    public byte[] get(String name) {
        return find(name).bytes.clone();
    }

    @Override
    public byte[] get(String name, long offset, int length) {
        byte[] all = find(name).bytes;
        if (offset + length > all.length) {
            throw BackupException.damaged(name, "it ends before " + (offset + length));
        }
        return Arrays.copyOfRange(all, (int) offset, (int) offset + length);
    }

    @Override
    public synchronized List<ObjectInfo> list(String prefix) {
        return objects.values().stream()
                .map(Stored::info)
                .filter(i -> i.name().startsWith(prefix))
                .toList();
    }

    @Override
    public synchronized void delete(String name) {
        objects.remove(name);
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {}
}
