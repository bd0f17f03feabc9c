package dev.freefleet.edge;

import java.util.Objects;

/**
 * What a fleet key says of itself.
 *
 * @param secretVersion which signing secret it is signed with, 1 to 255
 * @param keyId above 0
 * @param userId the owner, above 0
 * @param expiresMillis epoch milliseconds, whole minutes that fit 32 bits (until the year 10136); 0: never
 * @param plan 1 to 32 of {@code a-z 0-9 _ -}
 */
public record KeyToken(int secretVersion, long keyId, long userId, long expiresMillis, String plan) {
    static final long MINUTE_MILLIS = 60_000;
    private static final long MAX_MINUTES = 0xffff_ffffL;

    public KeyToken {
        RateLimit.requireRange(secretVersion, 1, 255, "secretVersion");
        RateLimit.requireRange(keyId, 1, Long.MAX_VALUE, "keyId");
        RateLimit.requireRange(userId, 1, Long.MAX_VALUE, "userId");
        RateLimit.requireRange(expiresMillis, 0, MAX_MINUTES * MINUTE_MILLIS, "expiresMillis");
        if (expiresMillis % MINUTE_MILLIS != 0) {
            throw new IllegalArgumentException("expiresMillis must be whole minutes, but is " + expiresMillis);
        }
        Objects.requireNonNull(plan, "plan");
        if (!isPlan(plan)) {
            throw new IllegalArgumentException("plan must be 1 to 32 of a-z 0-9 _ -, but is \"" + plan + "\"");
        }
    }

    /** Whether a plan may be called so: 1 to 32 of {@code a-z 0-9 _ -}. */
    public static boolean isPlan(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= 'a' && c <= 'z') || Ascii.isDigit(c) || c == '_' || c == '-')) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= 32;
    }
}
