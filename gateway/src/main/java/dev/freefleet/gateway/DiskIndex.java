package dev.freefleet.gateway;

import org.jspecify.annotations.Nullable;

/**
 * Where each key's record lies on disk: an open-addressed table of 20 bytes a slot, since a disk holds a million keys
 * that memory has to find. Keys are hashes of 64 bits; the record tells whether it is the right one. Thread-safe.
 */
final class DiskIndex {
    private static final int FIRST_SLOTS = 1 << 10;
    private static final int FREE = 0;
    private static final int HOT = 1 << 31;
    private static final int VARIANTS_SHIFT = 26;
    private static final int LENGTH_MASK = (1 << VARIANTS_SHIFT) - 1;
    private static final long OLDER = 1L << 63;

    /** The longest record, in bytes. */
    static final int MAX_LENGTH = LENGTH_MASK;

    private final int maxKeys;
    private long[] hashes = new long[FIRST_SLOTS];
    /** From the highest bit: whether the record took the place of another, segment (31), offset (32). */
    private long[] spots = new long[FIRST_SLOTS];
    /** From the highest bit: hot, variants less one (4), length (26); {@link #FREE} where the slot is. */
    private int[] sizes = new int[FIRST_SLOTS];

    private int used;
    private long answers;

    /**
     * Where a record lies.
     *
     * @param segment the number of its file
     * @param offset of its header in the file, bytes
     * @param length of its header and payload, bytes
     * @param variants answers in it, 1 to 16
     */
    record Place(int segment, int offset, int length, int variants) {}

    /** An empty index of at most so many keys. */
    DiskIndex(int maxKeys) {
        this.maxKeys = maxKeys;
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) hash & mask;
        while (sizes[slot] != FREE && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    synchronized @Nullable Place find(long hash) {
        return at(slot(hash));
    }

    private @Nullable Place at(int slot) {
        int size = sizes[slot];
        return size == FREE
                ? null
                : new Place(
                        (int) ((spots[slot] & ~OLDER) >>> 32), (int) spots[slot], size & LENGTH_MASK, variants(size));
    }

    private static int variants(int size) {
        return ((size >>> VARIANTS_SHIFT) & 0xF) + 1;
    }

    /** Sets where a key's record lies; false where there is no room for one more key. */
    synchronized boolean put(long hash, Place place) {
        return put(hash, place, OLDER);
    }

    private boolean put(long hash, Place place, long older) {
        int slot = slot(hash);
        if (sizes[slot] == FREE) {
            if (used == maxKeys) {
                return false;
            }
            used++;
            set(slot, hash, place);
        } else {
            answers -= variants(sizes[slot]);
            set(slot, hash, place);
            spots[slot] |= older;
        }
        answers += place.variants;
        if (used * 4L > hashes.length * 3L) {
            grow();
        }
        return true;
    }

    private void set(int slot, long hash, Place place) {
        hashes[slot] = hash;
        spots[slot] = ((long) place.segment << 32) | (place.offset & 0xFFFFFFFFL);
        sizes[slot] = ((place.variants - 1) << VARIANTS_SHIFT) | place.length;
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldSpots = spots;
        int[] oldSizes = sizes;
        hashes = new long[oldHashes.length * 2];
        spots = new long[hashes.length];
        sizes = new int[hashes.length];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldSizes[i] != FREE) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                spots[slot] = oldSpots[i];
                sizes[slot] = oldSizes[i];
            }
        }
    }

    /** The same key, at another place, if it is still at this one, which goes with all that is older. */
    synchronized boolean move(long hash, Place from, Place to) {
        return from.equals(find(hash)) && put(hash, to, 0);
    }

    /** The same key, at another place, unless it was forgotten; what is older was removed. */
    synchronized void replace(long hash, Place to) {
        if (sizes[slot(hash)] != FREE) {
            put(hash, to, 0);
        }
    }

    /** Whether the key's record took the place of another since this was asked. */
    synchronized boolean takeOlder(long hash) {
        int slot = slot(hash);
        boolean older = sizes[slot] != FREE && (spots[slot] & OLDER) != 0;
        spots[slot] &= ~OLDER;
        return older;
    }

    /** Forgets a key; whether it was there. */
    synchronized boolean remove(long hash) {
        int slot = slot(hash);
        if (sizes[slot] == FREE) {
            return false;
        }
        used--;
        answers -= variants(sizes[slot]);
        close(slot);
        return true;
    }

    /** Forgets a key if its record is this one. */
    synchronized boolean remove(long hash, Place place) {
        return place.equals(find(hash)) && remove(hash);
    }

    /** Fills the gap that a slot leaves, so that what was pushed past it is still found. */
    private void close(int gap) {
        int mask = hashes.length - 1;
        int free = gap;
        for (int next = (gap + 1) & mask; sizes[next] != FREE; next = (next + 1) & mask) {
            int home = (int) hashes[next] & mask;
            if (((next - home) & mask) >= ((next - free) & mask)) {
                hashes[free] = hashes[next];
                spots[free] = spots[next];
                sizes[free] = sizes[next];
                free = next;
            }
        }
        sizes[free] = FREE;
    }

    /** Notes that a key was asked for. */
    synchronized void used(long hash) {
        int slot = slot(hash);
        if (sizes[slot] != FREE) {
            sizes[slot] |= HOT;
        }
    }

    /** Whether a key was asked for since its record was written. */
    synchronized boolean isUsed(long hash) {
        return (sizes[slot(hash)] & HOT) != 0;
    }

    synchronized void clear() {
        hashes = new long[FIRST_SLOTS];
        spots = new long[FIRST_SLOTS];
        sizes = new int[FIRST_SLOTS];
        used = 0;
        answers = 0;
    }

    synchronized int size() {
        return used;
    }

    synchronized long answers() {
        return answers;
    }

    /** All hashes, as they are now. */
    synchronized long[] all() {
        long[] all = new long[used];
        int found = 0;
        for (int i = 0; i < hashes.length; i++) {
            if (sizes[i] != FREE) {
                all[found++] = hashes[i];
            }
        }
        return all;
    }
}
