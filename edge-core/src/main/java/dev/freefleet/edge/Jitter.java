package dev.freefleet.edge;

/** Times drawn by chance, so that many who wait for the same do not all come back at once. */
public final class Jitter {
    private Jitter() {}

    /** Four to six fifths of this time. {@code random}: any 64 random bits. */
    public static long around(long nanos, long random) {
        return nanos - nanos / 5 + Math.floorMod(random, Math.max(1, nanos / 5 * 2));
    }

    /** From 0 up to this time. {@code random}: any 64 random bits. */
    public static long upTo(long nanos, long random) {
        return Math.floorMod(random, Math.max(1, nanos));
    }
}
