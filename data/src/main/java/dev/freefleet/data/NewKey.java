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
 * @param name 1 to 64 visible characters, unique among its owner's keys that are neither revoked nor replaced
 * @param plan the plan whose limits hold where the key has none of its own, 1 to 32 of {@code a-z 0-9 _ -}
 * @param scopes the routes that it may use, at most 64; empty means all
 * @param rate its own rate, or null for the plan's
 * @param quotas its own quotas, at most one a period; empty means the plan's
 * @param expiresAt when it ends, after now; or null for never
 * @param addresses CIDR blocks from which it may be used, at most 64; empty means all
 * @param maxConcurrent its own requests at once, 1 to 10,000; 0 for the plan's
 * @param secretVersion which signing secret its text is signed with, 1 to 255; the default is 1
 */
public record NewKey(
        long userId,
        String name,
        String plan,
        Set<String> scopes,
        @Nullable RateLimit rate,
        List<Quota> quotas,
        @Nullable Instant expiresAt,
        List<String> addresses,
        int maxConcurrent,
        int secretVersion) {
    /** The name of the plan that keys have where none is said. */
    public static final String DEFAULT_PLAN = "default";

    public NewKey {
        requireNonNull(name, "name");
        requireNonNull(plan, "plan");
        scopes = Set.copyOf(scopes);
        quotas = List.copyOf(quotas);
        addresses = List.copyOf(addresses);
    }

    /** From every address, with the plan's concurrency, under the first signing secret. */
    public NewKey(
            long userId,
            String name,
            String plan,
            Set<String> scopes,
            @Nullable RateLimit rate,
            List<Quota> quotas,
            @Nullable Instant expiresAt) {
        this(userId, name, plan, scopes, rate, quotas, expiresAt, List.of(), 0, 1);
    }

    /** A key for every route, under the default plan, without an end. */
    public static NewKey of(long userId, String name) {
        return new NewKey(userId, name, DEFAULT_PLAN, Set.of(), null, List.of(), null);
    }

    /** The same for this owner. */
    public NewKey ownedBy(long owner) {
        return new NewKey(owner, name, plan, scopes, rate, quotas, expiresAt, addresses, maxConcurrent, secretVersion);
    }

    /** The same until then, signed with this secret. */
    NewKey renewed(@Nullable Instant end, int version) {
        return new NewKey(userId, name, plan, scopes, rate, quotas, end, addresses, maxConcurrent, version);
    }
}
