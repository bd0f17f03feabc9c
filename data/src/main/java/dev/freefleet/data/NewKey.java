package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a key is to be.
 *
 * @param userId its owner
 * @param name 1 to 64 visible characters, unique among its owner's keys that are not revoked
 * @param plan the plan whose limits hold where the key has none of its own, 1 to 64 visible characters
 * @param scopes the routes that it may use, at most 64; empty means all
 * @param rate its own rate, or null for the plan's
 * @param quotas its own quotas, at most one a period
 * @param expiresAt when it ends, after now; or null for never
 */
public record NewKey(
        long userId,
        String name,
        String plan,
        Set<String> scopes,
        @Nullable RateLimit rate,
        List<Quota> quotas,
        @Nullable Instant expiresAt) {
    /** The name of the plan that keys have where none is said. */
    public static final String DEFAULT_PLAN = "default";

    public NewKey {
        requireNonNull(name, "name");
        requireNonNull(plan, "plan");
        scopes = Set.copyOf(scopes);
        quotas = List.copyOf(quotas);
    }

    /** A key for every route, under the default plan, without an end. */
    public static NewKey of(long userId, String name) {
        return new NewKey(userId, name, DEFAULT_PLAN, Set.of(), null, List.of(), null);
    }
}
