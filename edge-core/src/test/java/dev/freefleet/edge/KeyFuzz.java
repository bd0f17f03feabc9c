package dev.freefleet.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whatever a client sends as its key: it is malformed, or it is the only text of that token and mac. And whatever a token
 * says: its text says the same.
 */
public final class KeyFuzz {
    private KeyFuzz() {}

    /** What the fuzzer calls: with the text as it is, behind the prefix that it would have to guess, and as a token. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        check(text);
        check(KeyFormat.PREFIX + text);
        roundTrip(input);
    }

    private static void check(String text) {
        if (KeyFormat.parse(text) instanceof KeyFormat.Parsed.Key key
                && !KeyFormat.encode(key.token(), key.mac()).equals(text)) {
            throw new IllegalStateException("two texts of one key: " + text);
        }
    }

    private static void roundTrip(byte[] input) {
        if (input.length < 38) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(input);
        int version = 1 + (bytes.get() & 0xff) % 255;
        long keyId = Math.max(1, bytes.getLong() & Long.MAX_VALUE);
        long userId = Math.max(1, bytes.getLong() & Long.MAX_VALUE);
        long expires = (bytes.getInt() & 0xffff_ffffL) * KeyToken.MINUTE_MILLIS;
        byte[] mac = new byte[KeyFormat.MAC_BYTES];
        bytes.get(mac);
        StringBuilder plan = new StringBuilder();
        while (bytes.hasRemaining() && plan.length() < 32) {
            plan.append("abcdefghijklmnopqrstuvwxyz0123456789_-".charAt((bytes.get() & 0xff) % 38));
        }
        KeyToken token = new KeyToken(version, keyId, userId, expires, plan.toString());
        boolean same = KeyFormat.parse(KeyFormat.encode(token, mac)) instanceof KeyFormat.Parsed.Key read
                && read.token().equals(token)
                && Arrays.equals(read.mac(), mac)
                && Arrays.equals(read.signed(), KeyFormat.signedBytes(token));
        if (!same) {
            throw new IllegalStateException("the text of a key says something else than its token: " + token);
        }
    }
}
