package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.rollup.Rollups;

/**
 * What the API tells of usage.
 *
 * @param rollups usage in figures
 * @param archives usage one by one, in PostgreSQL and the archive
 */
public record UsageBook(Rollups rollups, Archives archives) {
    public UsageBook {
        requireNonNull(rollups, "rollups");
        requireNonNull(archives, "archives");
    }
}
