package dev.freefleet.backup.format;

/** Bounds that every reader of the format holds its input to, so that no forged length exhausts memory. */
public final class Limits {
    /** Longest chunk in bytes. */
    public static final int MAX_CHUNK = 1 << 20;

    /** Most plain bytes in a block: a block is closed when it has reached a quarter of a chunk's maximum. */
    public static final int MAX_BLOCK = 2 * MAX_CHUNK;

    /** Longest object in bytes. */
    public static final int MAX_OBJECT = 64 << 20;

    /** Most levels of chunk lists above a content. */
    public static final int MAX_DEPTH = 8;

    private Limits() {}
}
