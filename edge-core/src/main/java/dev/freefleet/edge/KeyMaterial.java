package dev.freefleet.edge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes whose digest is a cache key. Every part stands behind its length, so that no two lists of parts have the
 * same bytes; an absent part differs from an empty one.
 */
final class KeyMaterial {
    private static final int ABSENT = -1;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

    /** Begins with what all keys hold; the version changes whenever keys are made in another way. */
    KeyMaterial(String route, String scope, String path) {
        add("freefleet-cache-key-1");
        add(route);
        add(scope);
        add(path);
    }

    KeyMaterial add(@Nullable String part) {
        if (part == null) {
            length(ABSENT);
            return this;
        }
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    KeyMaterial add(byte[] part) {
        length(part.length);
        bytes.write(part, 0, part.length);
        return this;
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private void length(int length) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.write(length >> shift);
        }
    }
}
