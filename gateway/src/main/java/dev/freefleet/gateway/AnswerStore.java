package dev.freefleet.gateway;

import dev.freefleet.edge.StoredAnswer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where answers are kept for reuse: under a key, one answer for each variant. Thread-safe; none of its methods blocks but
 * {@link #close}. A stored answer's body is a {@link HeldBody} when it is given out.
 */
public interface AnswerStore extends AutoCloseable {
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

    /**
     * Removes the answers that are meant, those too whose storing was asked for before.
     *
     * @return how many were removed, once none of them can come back, not even after a crash; or a
     *     {@link GatewayException} where that cannot be promised
     */
    CompletableFuture<Long> purge(Selection which);

    /** Some of the answers that are meant, {@code limit} at the most: first those that are asked for most, where known. */
    CompletableFuture<List<Kept>> list(Selection which, int limit);

    /** What the store holds now and dropped so far. */
    Stats stats();

    /** Writes what is to outlast the process. */
    @Override
    void close();

    /**
     * A stored answer and where it is.
     *
     * @param key its cache key
     * @param inMemory whether it is in memory, else on disk alone
     */
    record Kept(String key, StoredAnswer answer, boolean inMemory) {}

    /**
     * What a store holds and dropped.
     *
     * @param keys distinct cache keys in memory
     * @param bytes weight of all entries, about the memory they take
     * @param maxBytes the bound
     * @param evictions entries dropped to stay within the bound, since the start
     * @param disk the tier on disk, or null where there is none
     */
    record Stats(
            long keys,
            long bytes,
            long maxBytes,
            long evictions,
            @Nullable Disk disk) {}

    /**
     * What the tier on disk holds and did since the start.
     *
     * @param on whether it works; it is off for good once a file could not be written or read
     * @param keys distinct cache keys
     * @param answers stored answers
     * @param bytes bytes in its files
     * @param maxBytes the bound
     * @param hits look-ups that found something
     * @param misses look-ups that found nothing
     * @param written records that were written
     * @param dropped answers that were not written, because too many waited
     * @param skipped look-ups that were not done, because too many waited
     * @param damaged records and files whose checksum was wrong
     * @param errors failures of the file system
     * @param evictions keys dropped to stay within the bound
     */
    record Disk(
            boolean on,
            long keys,
            long answers,
            long bytes,
            long maxBytes,
            long hits,
            long misses,
            long written,
            long dropped,
            long skipped,
            long damaged,
            long errors,
            long evictions) {}
}
