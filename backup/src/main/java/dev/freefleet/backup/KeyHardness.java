package dev.freefleet.backup;

/**
 * What a guess at a passphrase costs: the parameters of Argon2id (RFC 9106).
 *
 * @param memoryKib memory of one guess in KiB, 8..1,048,576
 * @param iterations passes over that memory, 1..64
 * @param lanes lanes, 1..16
 */
public record KeyHardness(int memoryKib, int iterations, int lanes) {
    /** 64 MiB, 3 passes, 4 lanes: the second recommended option of RFC 9106, section 4. */
    public static final KeyHardness DEFAULT = new KeyHardness(65_536, 3, 4);

    public KeyHardness {
        if (!allowed(memoryKib, iterations, lanes)) {
            throw new IllegalArgumentException("Argon2id with " + memoryKib + " KiB, " + iterations + " passes, "
                    + lanes + " lanes is out of range");
        }
    }

    /** Returns whether such parameters are within range, so that a forged key slot cannot exhaust memory. */
    public static boolean allowed(int memoryKib, int iterations, int lanes) {
        return lanes >= 1
                && lanes <= 16
                && memoryKib >= 8 * lanes
                && memoryKib <= 1_048_576
                && iterations >= 1
                && iterations <= 64;
    }
}
