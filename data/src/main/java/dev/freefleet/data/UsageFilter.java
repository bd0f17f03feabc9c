package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are meant.
 *
 * @param from the first instant
 * @param to the first instant after them
 * @param keyId one key's, or 0 for all
 * @param userId one user's, or 0 for all
 * @param route one route's, or null for all
 */
public record UsageFilter(
        Instant from,
        Instant to,
        long keyId,
        long userId,
        @Nullable String route) {
    public UsageFilter {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
    }

    /** All requests of a span of time. */
    public static UsageFilter between(Instant from, Instant to) {
        return new UsageFilter(from, to, 0, 0, null);
    }

    /** These, of one key. */
    public UsageFilter ofKey(long id) {
        return new UsageFilter(from, to, id, userId, route);
    }

    /** These, of one user. */
    public UsageFilter ofUser(long id) {
        return new UsageFilter(from, to, keyId, id, route);
    }

    /** These, of one route. */
    public UsageFilter ofRoute(String name) {
        return new UsageFilter(from, to, keyId, userId, name);
    }
}
