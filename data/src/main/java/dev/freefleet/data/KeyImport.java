package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

/**
 * A key that was made elsewhere and is to be taken as it is. Of its text only the digest ever comes here.
 *
 * @param owner its owner's name
 * @param sha256 SHA-256 of its text in UTF-8, 32 bytes
 * @param key what it is to be; its {@code userId} and {@code secretVersion} count for nothing
 */
public record KeyImport(String owner, byte[] sha256, NewKey key) {
    public KeyImport {
        requireNonNull(owner, "owner");
        if (sha256.length != 32) {
            throw new IllegalArgumentException("sha256 must have 32 bytes, but has " + sha256.length);
        }
        sha256 = sha256.clone();
        requireNonNull(key, "key");
    }

    /** A digest in the log would let anybody try keys at leisure. */
    @Override
    public String toString() {
        return "KeyImport[" + owner + "/" + key.name() + "]";
    }
}
