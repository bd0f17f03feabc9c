package dev.freefleet.data.rollup;

import static java.util.Objects.requireNonNull;

/**
 * What rollups tell apart.
 *
 * @param cache what the cache did, as in {@code usage_logs.cache}
 * @param statusClass 1 to 5, of the status's first digit
 */
public record Cell(String route, String cache, int statusClass, String node) {
    public Cell {
        requireNonNull(route, "route");
        requireNonNull(cache, "cache");
        requireNonNull(node, "node");
    }
}
