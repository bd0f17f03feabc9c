package dev.freefleet.edge;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The text form of fleet keys: {@code sff_} and, in base64url without padding (RFC 4648 section 5), the bytes
 *
 * <pre>
 * format version 1 | secret version 1 | key id 8 | user id 8 | expiry, minutes 4 | plan length 1 | plan | mac 16
 * </pre>
 *
 * where the mac is the first half of HMAC-SHA256 over all bytes before it, and numbers are big-endian. There is exactly
 * one text for each token and mac. Thread-safe.
 */
public final class KeyFormat {
    /** What every key begins with, so that people and secret scanners know one when they see it. */
    public static final String PREFIX = "sff_";

    /** Bytes of the mac that a key carries. */
    public static final int MAC_BYTES = 16;

    private static final int VERSION = 1;
    private static final int FIXED_BYTES = 23;
    private static final int MAX_TEXT = PREFIX.length() + ((FIXED_BYTES + 32 + MAC_BYTES) * 4 + 2) / 3;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    /** The value of each ASCII character, -1 for those that are not in the alphabet. */
    private static final byte[] VALUES = values();

    private KeyFormat() {}

    /** What a text turned out to be. */
    public sealed interface Parsed {
        /**
         * A well-formed key, of which nobody has checked yet whether the fleet signed it.
         *
         * @param signed the bytes under the mac
         */
        record Key(KeyToken token, byte[] signed, byte[] mac) implements Parsed {}

        /** No key. */
        record Malformed() implements Parsed {}
    }

    /** The bytes that the mac of this token's key is computed over. */
    public static byte[] signedBytes(KeyToken token) {
        int planLength = token.plan().length();
        byte[] bytes = new byte[FIXED_BYTES + planLength];
        bytes[0] = VERSION;
        bytes[1] = (byte) token.secretVersion();
        put(bytes, 2, 8, token.keyId());
        put(bytes, 10, 8, token.userId());
        put(bytes, 18, 4, token.expiresMillis() / KeyToken.MINUTE_MILLIS);
        bytes[22] = (byte) planLength;
        for (int i = 0; i < planLength; i++) {
            bytes[FIXED_BYTES + i] = (byte) token.plan().charAt(i);
        }
        return bytes;
    }

    /**
     * The text of the key.
     *
     * @param mac HMAC-SHA256 of {@link #signedBytes}; what is behind its first 16 bytes does not count
     * @throws IllegalArgumentException if the mac is shorter
     */
    public static String encode(KeyToken token, byte[] mac) {
        if (mac.length < MAC_BYTES) {
            throw new IllegalArgumentException("mac must have 16 bytes or more, but has " + mac.length);
        }
        byte[] signed = signedBytes(token);
        byte[] bytes = Arrays.copyOf(signed, signed.length + MAC_BYTES);
        System.arraycopy(mac, 0, bytes, signed.length, MAC_BYTES);
        return PREFIX + base64(bytes);
    }

    /** Reads a text, whatever it is; never throws. */
    public static Parsed parse(String text) {
        byte[] bytes = text.startsWith(PREFIX) && text.length() <= MAX_TEXT ? bytes(text) : null;
        if (bytes == null
                || bytes.length < FIXED_BYTES + 1 + MAC_BYTES
                || bytes[0] != VERSION
                || bytes[22] != bytes.length - FIXED_BYTES - MAC_BYTES) {
            return new Parsed.Malformed();
        }
        byte[] signed = Arrays.copyOf(bytes, bytes.length - MAC_BYTES);
        StringBuilder plan = new StringBuilder(32);
        for (int i = FIXED_BYTES; i < signed.length; i++) {
            plan.append((char) (signed[i] & 0xff));
        }
        int secretVersion = bytes[1] & 0xff;
        long keyId = get(bytes, 2, 8);
        long userId = get(bytes, 10, 8);
        if (secretVersion == 0 || keyId <= 0 || userId <= 0 || !KeyToken.isPlan(plan.toString())) {
            return new Parsed.Malformed();
        }
        long expiresMillis = get(bytes, 18, 4) * KeyToken.MINUTE_MILLIS;
        KeyToken token = new KeyToken(secretVersion, keyId, userId, expiresMillis, plan.toString());
        return new Parsed.Key(token, signed, Arrays.copyOfRange(bytes, signed.length, bytes.length));
    }

    private static void put(byte[] bytes, int at, int count, long value) {
        for (int i = 0; i < count; i++) {
            bytes[at + i] = (byte) (value >> (8 * (count - 1 - i)));
        }
    }

    private static long get(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = (value << 8) | (bytes[at + i] & 0xff);
        }
        return value;
    }

    private static String base64(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length * 4 / 3 + 2);
        int bits = 0;
        int held = 0;
        for (byte b : bytes) {
            held = (held << 8) | (b & 0xff);
            for (bits += 8; bits >= 6; bits -= 6) {
                text.append(ALPHABET.charAt((held >> (bits - 6)) & 63));
            }
            held &= 63;
        }
        return bits == 0
                ? text.toString()
                : text.append(ALPHABET.charAt((held << (6 - bits)) & 63)).toString();
    }

    private static byte[] values() {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            values[ALPHABET.charAt(i)] = (byte) i;
        }
        return values;
    }

    /** The bytes behind the prefix, or null where they are not base64url in its one form: no bits may be left over. */
    private static byte @Nullable [] bytes(String text) {
        byte[] bytes = new byte[(text.length() - PREFIX.length()) * 3 / 4];
        int used = 0;
        int bits = 0;
        int held = 0;
        for (int i = PREFIX.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            int value = c < VALUES.length ? VALUES[c] : -1;
            if (value < 0) {
                return null;
            }
            held = (held << 6) | value;
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                bytes[used++] = (byte) (held >> bits);
            }
            held &= (1 << bits) - 1;
        }
        return held == 0 && bits < 6 ? bytes : null;
    }
}
