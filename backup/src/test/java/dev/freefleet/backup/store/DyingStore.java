package dev.freefleet.backup.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A store whose process dies at its n-th change, before or after it takes effect: nothing that it does later reaches anything. */
public final class DyingStore implements ObjectStore {
    private final ObjectStore store;
    private final AtomicInteger left;
    private final boolean after;

    /** The death. */
    public static final class Died extends Error {
        Died(String message) {
            super(message);
        }
    }

    public DyingStore(ObjectStore store, int changes, boolean after) {
        this.store = store;
        this.left = new AtomicInteger(changes);
        this.after = after;
    }

    /** Returns whether it has died. */
    public boolean isDead() {
        return left.get() < 0;
    }

    private <T> T change(Supplier<T> change) {
        int n = left.getAndDecrement();
        if (n > 0) {
            return change.get();
        }
        left.set(-1);
        if (n == 0 && after) {
            T tooLateToTell = change.get();
            throw new Died("died after " + tooLateToTell);
        }
        throw new Died("died");
    }

    private void check() {
        if (isDead()) {
            throw new Died("died before");
        }
    }

    @Override
    public boolean putIfAbsent(String name, byte[] bytes, int length) {
        return change(() -> store.putIfAbsent(name, bytes, length));
    }

    @Override
    public void delete(String name) {
        change(() -> {
            store.delete(name);
            return true;
        });
    }

    @Override
    public byte[] get(String name) {
        check();
        return store.get(name);
    }

    @Override
    public byte[] get(String name, long offset, int length) {
        check();
        return store.get(name, offset, length);
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
        check();
        return store.list(prefix);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {}
}
