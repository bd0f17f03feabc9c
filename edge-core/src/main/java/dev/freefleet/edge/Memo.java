package dev.freefleet.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The latest results of a pure function, by what they were computed from: two places for each hash, so that its size is
 * fixed and nobody's requests can fill it; who comes later takes the place. What it forgets is computed again.
 *
 * <p>What is computed for the first time is not kept: most of it never comes again, and thousands of results that outlive
 * their requests cost a garbage collector as much as the results cost. A hash is noted, and whose hash has been noted is
 * kept.
 *
 * <p>Thread-safe without locks as long as keys and values are immutable: threads that race lose a result at the worst.
 */
final class Memo<K, V> {
    private final @Nullable Entry<K, V>[] places;
    private final int[] seen;

    private record Entry<K, V>(K key, V value) {}

    /** @param places a power of two, 2 or more */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    Memo(int places) {
        if (places < 2 || Integer.bitCount(places) != 1) {
            throw new IllegalArgumentException("places must be a power of two, but is " + places);
        }
        this.places = new Entry[places];
        this.seen = new int[places];
    }

    /** What was kept for this key, or null. */
    @Nullable
    V get(K key) {
        int place = place(key);
        Entry<K, V> first = places[place];
        if (first != null && first.key.equals(key)) {
            return first.value;
        }
        Entry<K, V> second = places[place ^ 1];
        return second != null && second.key.equals(key) ? second.value : null;
    }

    /** Keeps it, in the place of the older of two others; the first time that it comes, only notes that it came. */
    void put(K key, V value) {
        int place = place(key);
        int hash = key.hashCode();
        if (seen[place] != hash) {
            seen[place] = hash;
            return;
        }
        places[place ^ 1] = places[place];
        places[place] = new Entry<>(key, Objects.requireNonNull(value, "value"));
    }

    private int place(K key) {
        // Keys that follow one another have hashes that do; the upper bits of this product do not (Knuth, 6.4).
        return ((key.hashCode() * 0x9E37_79B9) >>> 16) & (places.length - 1);
    }
}
