package dev.freefleet.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The latest results of a pure function, by what they were computed from. Its size is fixed, so that nobody's requests can fill
 * it; what it forgets is computed again. A set-associative cache: a hash has eight places, and where all are taken, who comes
 * later takes the turn of one of them. An event loop waits for it, and finds the core's caches cold, so it looks at hashes that
 * lie side by side before it looks at a key.
 *
 * <p>What is computed for the first time is not kept: most of it never comes again, and thousands of results that outlive
 * their requests cost a garbage collector as much as the results cost. A hash is noted, among as many as there are places, and
 * whose hash has been noted is kept.
 *
 * <p>Thread-safe without locks as long as keys and values are immutable: threads that race lose a result at the worst.
 *
 * @param <K> what a result is computed from
 * @param <V> the result
 */
final class Memo<K, V> {
    private static final int WAYS = 8;

    private final @Nullable Entry<K, V>[] entries;
    /** Their keys' hashes. */
    private final int[] hashes;

    /** Hashes of what came of late. */
    private final int[] noted;

    private final int sets;
    private int turn;

    private record Entry<K, V>(K key, V value) {}

    /** @param places how many results are kept at the most, a power of two, 8 or more */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    Memo(int places) {
        if (places < WAYS || Integer.bitCount(places) != 1) {
            throw new IllegalArgumentException("places must be a power of two, 8 or more, but is " + places);
        }
        entries = new Entry[places];
        hashes = new int[places];
        noted = new int[places];
        sets = places / WAYS;
    }

    /** What was kept for this key, or null. */
    @Nullable
    V get(K key) {
        int hash = key.hashCode();
        int first = first(hash);
        for (int place = first; place < first + WAYS; place++) {
            if (hashes[place] == hash) {
                Entry<K, V> entry = entries[place];
                if (entry != null && entry.key.equals(key)) {
                    return entry.value;
                }
            }
        }
        return null;
    }

    /** Keeps it; the first time that it comes, only notes that it came. */
    void put(K key, V value) {
        int hash = key.hashCode();
        int first = first(hash);
        if (cameBefore(hash, first)) {
            int place = place(key, first);
            hashes[place] = hash;
            entries[place] = new Entry<>(key, Objects.requireNonNull(value, "value"));
        }
    }

    private boolean cameBefore(int hash, int first) {
        for (int place = first; place < first + WAYS; place++) {
            if (noted[place] == hash) {
                return true;
            }
        }
        noted[first + inTurn()] = hash;
        return false;
    }

    /** Its own, a free one, or another's. */
    private int place(K key, int first) {
        int free = -1;
        for (int place = first; place < first + WAYS; place++) {
            Entry<K, V> entry = entries[place];
            if (entry == null) {
                free = place;
            } else if (entry.key.equals(key)) {
                return place;
            }
        }
        return free >= 0 ? free : first + inTurn();
    }

    /** As good as drawn by lot, as all sets share the turn: an order in which keys come hardly ever keeps all of a set out. */
    private int inTurn() {
        return turn++ & (WAYS - 1);
    }

    private int first(int hash) {
        return (mixed(hash) & (sets - 1)) * WAYS;
    }

    /** The hashes of strings that differ in their digits alone lie in a lattice (MurmurHash3's finalizer, Appleby). */
    private static int mixed(int hash) {
        int mixed = hash;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85EB_CA6B;
        mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2_AE35;
        return mixed ^ (mixed >>> 16);
    }
}
