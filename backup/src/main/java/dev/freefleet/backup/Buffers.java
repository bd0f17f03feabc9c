package dev.freefleet.backup;

import dev.freefleet.backup.format.Limits;
import java.util.ArrayDeque;

/**
 * Large arrays that are used again: a collector lets garbage of that size lie until the heap is full, so that what one pack needs would
 * cost as much memory as the heap may have. Keeps as many as were ever in use at once. Safe for use by several threads.
 */
final class Buffers {
    private static final int STEP = 1 << 20;

    private final ArrayDeque<byte[]> free = new ArrayDeque<>();

    /** Returns an array of at least that length, up to {@link Limits#MAX_OBJECT}, with any content. */
    byte[] take(int length) {
        synchronized (free) {
            byte[] b = free.poll();
            if (b != null && b.length >= length) {
                return b;
            }
        }
        // Packs differ a little in length.
        return new byte[(length + STEP - 1) / STEP * STEP];
    }

    /** Takes an array back. */
    void give(byte[] b) {
        synchronized (free) {
            free.push(b);
        }
    }
}
