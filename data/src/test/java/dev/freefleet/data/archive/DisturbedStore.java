package dev.freefleet.data.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A store that somebody gets in the way of.
 *
 * @param put what is done before an object is put, with its name; so with the others
 */
record DisturbedStore(ArchiveStore store, Step put, Step get, Step delete) implements ArchiveStore {
    private static final Step NOTHING = name -> {};

    interface Step {
        void before(String name) throws IOException;
    }

    static DisturbedStore whenPut(ArchiveStore store, Step put) {
        return new DisturbedStore(store, put, NOTHING, NOTHING);
    }

    static DisturbedStore whenGot(ArchiveStore store, Step get) {
        return new DisturbedStore(store, NOTHING, get, NOTHING);
    }

    @Override
    public void put(String name, Path file) throws IOException {
        put.before(name);
        store.put(name, file);
    }

    @Override
    public boolean get(String name, Path file) throws IOException {
        get.before(name);
        return store.get(name, file);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        return store.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        delete.before(name);
        store.delete(name);
    }

    @Override
    public String describe() {
        return store.describe();
    }
}
