package dev.freefleet.backup;

import dev.freefleet.backup.store.ObjectStore;
import java.time.Instant;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** The time by the store's own clock, told by an object that is written, listed and deleted. */
final class StoreClock {
    private final ObjectStore store;
    private final RandomGenerator random;

    StoreClock(ObjectStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    Instant now() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        String name = "probe/" + HexFormat.of().formatHex(id);
        store.putIfAbsent(name, id);
        try {
            return store.list(name).stream()
                    .map(o -> o.modified())
                    .findFirst()
                    .orElseThrow(() -> new BackupException(
                            BackupException.Reason.STORE_UNAVAILABLE,
                            name,
                            store.describe() + " does not list what was just written; try again in a minute.",
                            null));
        } finally {
            store.delete(name);
        }
    }
}
