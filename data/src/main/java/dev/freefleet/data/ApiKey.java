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
 * @param name unique among its owner's keys that are neither revoked nor replaced
 * @param plan the plan whose limits hold where the key has none of its own
 * @param scopes the routes that it may use; empty means all
 * @param rate its own rate, or null for the plan's
 * @param quotas its own quotas, at most one a period; empty means the plan's
 * @param createdAt to the microsecond
 * @param expiresAt when it ends, whoever says so, or null for never
 * @param revokedAt since when it is refused, or null
 * @param addresses CIDR blocks from which it may be used; empty means all
 * @param maxConcurrent its own requests at once; 0 for the plan's
 * @param replacedBy the id of the key that took its place in a rotation, or null
 * @param secretVersion which signing secret its text is signed with, 1 to 255; 0 for one that was made elsewhere
 * @param ownerDisabled whether it is refused because its owner is disabled
 * @param lastUsed when a request with it last came, to the minute; null where none did, or none is in the database yet
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
        @Nullable Instant revokedAt,
        List<String> addresses,
        int maxConcurrent,
        @Nullable Long replacedBy,
        int secretVersion,
        boolean ownerDisabled,
        @Nullable Instant lastUsed) {
    public ApiKey {
        requireNonNull(userName, "userName");
        requireNonNull(name, "name");
        requireNonNull(plan, "plan");
        scopes = Set.copyOf(scopes);
        quotas = List.copyOf(quotas);
        requireNonNull(createdAt, "createdAt");
        addresses = List.copyOf(addresses);
    }

    /** Whether it was made elsewhere: the fleet knows its digest alone. */
    public boolean isImported() {
        return secretVersion == 0;
    }

    /** What it is, as it would be ordered. */
    public NewKey settings() {
        return new NewKey(userId, name, plan, scopes, rate, quotas, expiresAt, addresses, maxConcurrent, secretVersion);
    }
}
