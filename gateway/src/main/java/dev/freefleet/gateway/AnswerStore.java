package dev.freefleet.gateway;

import dev.freefleet.edge.StoredAnswer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Where answers are kept for reuse: under a key, one answer for each variant. Thread-safe; none of its methods blocks.
 * A stored answer's body is a {@link HeldBody} when it is given out.
 */
public interface AnswerStore {
    /** The most variants of one key that are kept; a new one takes the place of the oldest. */
    int MAX_VARIANTS = 16;

    /**
     * Gives the variants under this key to {@code found}, none where nothing is stored: at once on the calling thread, or
     * later on another.
     */
    void lookup(String key, Consumer<List<StoredAnswer>> found);

    /**
     * Stores an answer in the place of the one with the same selecting fields, else beside the others. It may be dropped
     * at any time.
     */
    void put(String key, StoredAnswer answer);

    /** Removes what is stored under this key. */
    void remove(String key);

    /** Removes every answer of which this is true, and says how many were. */
    int removeIf(Predicate<StoredAnswer> condition);

    /** Removes all. */
    void clear();

    /** What the store holds now and dropped so far. */
    Stats stats();

    /**
     * What a store holds and dropped.
     *
     * @param keys distinct cache keys
     * @param bytes weight of all entries, about the memory they take
     * @param maxBytes the bound
     * @param evictions entries dropped to stay within the bound, since the start
     */
    record Stats(long keys, long bytes, long maxBytes, long evictions) {}
}
