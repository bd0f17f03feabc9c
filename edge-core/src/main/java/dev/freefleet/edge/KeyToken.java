package dev.freefleet.edge;

import java.util.Objects;

/**
 * What a fleet key says of itself.
 *
 * @param secretVersion which signing secret it is signed with, 1 to 255
 * @param keyId above 0
 * @param userId the owner, above 0
 * @param expiresMillis epoch milliseconds, whole minutes; 0: never
 * @param plan 1 to 32 of {@code a-z 0-9 _ -}
 */
public record KeyToken(int secretVersion, long keyId, long userId, long expiresMillis, String plan) {
    public KeyToken {
        RateLimit.requireRange(secretVersion, 1, 255, "secretVersion");
        RateLimit.requireRange(keyId, 1, Long.MAX_VALUE, "keyId");
        RateLimit.requireRange(userId, 1, Long.MAX_VALUE, "userId");
        RateLimit.requireRange(expiresMillis, 0, Long.MAX_VALUE, "expiresMillis");
        Objects.requireNonNull(plan, "plan");
    }
}
