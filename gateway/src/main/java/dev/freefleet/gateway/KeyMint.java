package dev.freefleet.gateway;

import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import java.util.Objects;

/** Makes the text of new keys. Thread-safe. The text is the secret: it is shown once and kept nowhere. */
public final class KeyMint {
    private final KeyRing ring;

    public KeyMint(KeyRing ring) {
        this.ring = Objects.requireNonNull(ring, "ring");
    }

    /**
     * The text of the key that says this, such as {@code sff_...}.
     *
     * @throws IllegalArgumentException if the ring has no signing secret of the token's version
     */
    public String mint(KeyToken token) {
        return KeyFormat.encode(token, ring.sign(token.secretVersion(), KeyFormat.signedBytes(token)));
    }
}
