package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;

/** Whatever a client sends as its key: it is malformed, or it is the only text of that token and mac. */
public final class KeyFuzz {
    private KeyFuzz() {}

    /** What the fuzzer calls: with the text as it is, and behind the prefix that it would have to guess. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        check(text);
        check(KeyFormat.PREFIX + text);
    }

    private static void check(String text) {
        if (KeyFormat.parse(text) instanceof KeyFormat.Parsed.Key key
                && !KeyFormat.encode(key.token(), key.mac()).equals(text)) {
            throw new IllegalStateException("two texts of one key: " + text);
        }
    }
}
