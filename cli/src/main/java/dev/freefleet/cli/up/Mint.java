package dev.freefleet.cli.up;

import dev.freefleet.admin.KeyMinter;
import dev.freefleet.data.ApiKey;
import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.gateway.KeyRing;
import java.time.Instant;

/** Writes keys: what the data plane knows of one, in the edge's format, under the signing secret that it names. */
final class Mint implements KeyMinter {
    private final KeyRing ring;

    Mint(KeyRing ring) {
        this.ring = ring;
    }

    @Override
    public String mint(ApiKey key) {
        Instant expires = key.expiresAt();
        int version = key.secretVersion();
        KeyToken token =
                new KeyToken(version, key.id(), key.userId(), expires == null ? 0 : expires.toEpochMilli(), key.plan());
        return KeyFormat.encode(token, ring.sign(version, KeyFormat.signedBytes(token)));
    }
}
