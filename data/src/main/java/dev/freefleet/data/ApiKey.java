package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet knows of a key; never the key itself.
 *
 * @param id as it stands in the key; random, 1 to 2^53 - 1
 * @param userId its owner
 * @param userName its owner's name
 * @param name unique among its owner's keys that are not revoked
 * @param plan the plan whose limits hold where the key has none of its own
 * @param scopes the routes that it may use; empty means all
 * @param rate its own rate, or null for the plan's
 * @param quotas its own quotas, at most one a period
 * @param createdAt to the microsecond
 * @param expiresAt when it ends, or null for never
 * @param revokedAt since when it is refused, or null
 */
public record ApiKey(
        long id,
        long userId,
        String userName,
        String name,
        String plan,
        Set<String> scopes,
        @Nullable RateLimit rate,
        List<Quota> quotas,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {
    public ApiKey {
        requireNonNull(userName, "userName");
        requireNonNull(name, "name");
        requireNonNull(plan, "plan");
        scopes = Set.copyOf(scopes);
        quotas = List.copyOf(quotas);
        requireNonNull(createdAt, "createdAt");
    }
}
