package dev.freefleet.admin;

import java.util.Set;
import java.util.TreeSet;

/** Versions of signing secrets without any secrets. */
final class SecretsInMemory implements Secrets {
    private final TreeSet<Integer> versions = new TreeSet<>(Set.of(1));

    @Override
    public Set<Integer> versions() {
        return Set.copyOf(versions);
    }

    @Override
    public int current() {
        return versions.getLast();
    }

    @Override
    public int rotate() {
        versions.add(current() + 1);
        return current();
    }

    @Override
    public void retire(int version) {
        if (version == current() || !versions.remove(version)) {
            throw new IllegalStateException("The signing secret " + version + " cannot be retired.");
        }
    }
}
