package dev.freefleet.edge;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet says about one key beyond what the key says of itself. Only keys of which there is something to say
 * have one: a key that no state names is valid under its plan's defaults.
 *
 * @param keyId the key's id, as it stands in the key
 * @param revoked whether the key, or its user, is revoked or disabled: such a key is answered 401
 * @param rate the key's own rate in place of the plan's, or null
 * @param quotas the key's own quotas, at most one a period
 * @param scopes the names of the routes that the key may use; empty means all
 */
public record KeyState(
        long keyId, boolean revoked, @Nullable RateLimit rate, List<Quota> quotas, Set<String> scopes) {
    public KeyState {
        quotas = List.copyOf(quotas);
        scopes = Set.copyOf(scopes);
    }
}
