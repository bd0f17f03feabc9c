package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/** The time by the store's own clock, told by an object that is written, listed and deleted. */
final class StoreClock {
    private static final String PROBES = "probe/";
    private static final Duration PROBE_LIFE = Duration.ofDays(1);
    /** Others that ask at once may each have one; more are left by those that may not delete. */
    private static final int MOST_PROBES = 4;

    private final ObjectStore store;
    private final RandomGenerator random;

    StoreClock(ObjectStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    /**
     * @throws BackupException of reason {@code REFUSED}, before anything else was changed, if nothing may be deleted
     */
    Instant now() {
        List<ObjectInfo> before = store.list(PROBES);
        if (before.size() >= MOST_PROBES) {
            // Fails, before another is added, where nothing may be deleted.
            delete(Collections.min(before, Comparator.comparing(ObjectInfo::modified))
                    .name());
        }
        byte[] id = new byte[16];
        random.nextBytes(id);
        String name = PROBES + HexFormat.of().formatHex(id);
        store.putIfAbsent(name, id);
        List<ObjectInfo> probes = List.of();
        try {
            probes = store.list(PROBES);
        } finally {
            delete(name);
        }
        Instant now = probes.stream()
                .filter(o -> o.name().equals(name))
                .map(ObjectInfo::modified)
                .findFirst()
                .orElseThrow(() -> new BackupException(
                        Reason.STORE_UNAVAILABLE,
                        name,
                        store.describe() + " does not list what was just written; try again in a minute.",
                        null));
        // What was killed before it deleted its own.
        probes.stream().filter(o -> o.modified().plus(PROBE_LIFE).isBefore(now)).forEach(o -> delete(o.name()));
        return now;
    }

    private void delete(String name) {
        try {
            store.delete(name);
        } catch (BackupException e) {
            if (e.reason() != Reason.REFUSED) {
                throw e;
            }
            throw new BackupException(
                    Reason.REFUSED,
                    name,
                    "The credentials for " + store.describe()
                            + " may not delete, which this takes. Nothing was changed."
                            + " Do it from a machine that may delete, and set append-only mode on this one.",
                    e);
        }
    }
}
