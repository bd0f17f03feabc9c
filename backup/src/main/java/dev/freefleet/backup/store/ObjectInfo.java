package dev.freefleet.backup.store;

import java.time.Instant;

/**
 * What a listing says of an object.
 *
 * @param name its name
 * @param size its length in bytes
 * @param modified when it was written, by the store's clock
 */
public record ObjectInfo(String name, long size, Instant modified) {}
