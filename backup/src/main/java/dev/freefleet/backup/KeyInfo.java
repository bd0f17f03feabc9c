package dev.freefleet.backup;

import java.time.Instant;

/**
 * What a key slot tells about itself.
 *
 * @param id its id in hexadecimal
 * @param label what its owner called it
 * @param kind what opens it
 * @param created when it was added, by that machine's clock
 */
public record KeyInfo(String id, String label, Kind kind, Instant created) {
    /** What opens a key slot. */
    public enum Kind {
        PASSPHRASE,
        KEY_FILE
    }
}
