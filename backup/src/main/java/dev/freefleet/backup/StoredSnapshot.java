package dev.freefleet.backup;

import java.time.Instant;

/**
 * A snapshot in a store.
 *
 * @param snapshot what its manifest says
 * @param object name of the manifest in the store
 * @param stored when the store says that the manifest was written; no client can forge it on an object store
 */
public record StoredSnapshot(Snapshot snapshot, String object, Instant stored) {}
