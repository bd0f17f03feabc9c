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
 * @param addresses CIDR blocks from which the key may be used, others are answered 403; empty means all
 * @param validUntilMillis when the key ends before its own expiry, such as after the grace of a rotation, epoch
 *     milliseconds; 0: not before
 * @param exhaustedUntilMillis until when a quota is used up that others count, epoch milliseconds; 0: none is
 * @param maxConcurrent requests at once in place of the plan's, 1 to 10,000; 0: the plan's
 * @param plan the plan whose limits hold in place of the one that the key says, or null
 */
public record KeyState(
        long keyId,
        boolean revoked,
        @Nullable RateLimit rate,
        List<Quota> quotas,
        Set<String> scopes,
        List<String> addresses,
        long validUntilMillis,
        long exhaustedUntilMillis,
        int maxConcurrent,
        @Nullable String plan) {
    public KeyState {
        quotas = List.copyOf(quotas);
        scopes = Set.copyOf(scopes);
        addresses = List.copyOf(addresses);
        addresses.forEach(Cidr::parse);
        RateLimit.requireRange(validUntilMillis, 0, Long.MAX_VALUE, "validUntilMillis");
        RateLimit.requireRange(exhaustedUntilMillis, 0, Long.MAX_VALUE, "exhaustedUntilMillis");
        RateLimit.requireRange(maxConcurrent, 0, 10_000, "maxConcurrent");
    }

    /** Under the plan that the key says. */
    public KeyState(
            long keyId,
            boolean revoked,
            @Nullable RateLimit rate,
            List<Quota> quotas,
            Set<String> scopes,
            List<String> addresses,
            long validUntilMillis,
            long exhaustedUntilMillis,
            int maxConcurrent) {
        this(
                keyId,
                revoked,
                rate,
                quotas,
                scopes,
                addresses,
                validUntilMillis,
                exhaustedUntilMillis,
                maxConcurrent,
                null);
    }

    /** From every address, until the key expires, with the plan's concurrency. */
    public KeyState(long keyId, boolean revoked, @Nullable RateLimit rate, List<Quota> quotas, Set<String> scopes) {
        this(keyId, revoked, rate, quotas, scopes, List.of(), 0, 0, 0);
    }

    /** Whether the key may be used from this address. */
    boolean allows(byte[] address) {
        return addresses.isEmpty()
                || addresses.stream().anyMatch(block -> Cidr.parse(block).contains(address));
    }
}
