package dev.freefleet.backup;

import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.util.List;

/** A store in front of whose first call of a kind something else happens. */
final class PausedStore implements ObjectStore {
    private final ObjectStore store;
    private final String prefix;
    private final Runnable meanwhile;
    private boolean done;

    /** @param prefix how the call begins: {@code put}, {@code get}, {@code list} or {@code delete}, a space, a name */
    PausedStore(ObjectStore store, String prefix, Runnable meanwhile) {
        this.store = store;
        this.prefix = prefix;
        this.meanwhile = meanwhile;
    }

    private synchronized void pause(String call) {
        if (!done && call.startsWith(prefix)) {
            done = true;
            meanwhile.run();
        }
    }

    @Override
    public boolean putIfAbsent(String name, byte[] bytes, int length) {
        pause("put " + name);
        return store.putIfAbsent(name, bytes, length);
    }

    @Override
    public byte[] get(String name) {
        pause("get " + name);
        return store.get(name);
    }

    @Override
    public byte[] get(String name, long offset, int length) {
        pause("get " + name);
        return store.get(name, offset, length);
    }

    @Override
    public List<ObjectInfo> list(String under) {
        pause("list " + under);
        return store.list(under);
    }

    @Override
    public void delete(String name) {
        pause("delete " + name);
        store.delete(name);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {}
}
