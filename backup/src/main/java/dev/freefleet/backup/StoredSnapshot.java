package dev.freefleet.backup;

import java.time.Instant;

/**
 * A snapshot in a store.
 *
 * @param snapshot what its manifest says
 * @param object name of the manifest in the store
 * @param stored when the store says that the manifest was written; no client can forge it on an object store
 */
public record StoredSnapshot(Snapshot snapshot, String object, Instant stored) {
    /**
     * Returns when it was taken: what its manifest says, but no later than it was stored, so that a clock which ran ahead makes no
     * snapshot the newest one for long.
     */
    public Instant taken() {
        return snapshot.time().isAfter(stored) ? stored : snapshot.time();
    }
}
