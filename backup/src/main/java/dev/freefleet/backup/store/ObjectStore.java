package dev.freefleet.backup.store;

import java.util.List;

/**
 * A flat set of named, immutable byte arrays. Names are lower-case letters, digits, {@code /}, {@code -}; objects have
 * between 1 byte and 64 MiB.
 *
 * <p>Implementations are safe for use by several threads and several processes. Failures are
 * {@link dev.freefleet.backup.BackupException}s: {@code MISSING} for an object that is not there, {@code STORE_FULL},
 * {@code STORE_UNAVAILABLE} after the implementation's own retries, {@code BUDGET_EXHAUSTED}.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Writes an object so that it is wholly there, durably, or not at all.
     *
     * @param bytes array that begins with the object's bytes; not changed, and not used after the call
     * @param length the object's length
     * @return false if an object of that name was there before; it is left as it was
     */
    boolean putIfAbsent(String name, byte[] bytes, int length);

    /** Writes an object that consists of all these bytes, as {@link #putIfAbsent(String, byte[], int)} does. */
    default boolean putIfAbsent(String name, byte[] bytes) {
        return putIfAbsent(name, bytes, bytes.length);
    }

    /** Returns an object's bytes. */
    byte[] get(String name);

    /**
     * Returns a part of an object.
     *
     * @param offset of the first byte, 0..
     * @param length number of bytes, 1..
     * @throws dev.freefleet.backup.BackupException of reason {@code DAMAGED} if the object ends before the part does
     */
    byte[] get(String name, long offset, int length);

    /** Reads a part of an object, as {@link #get(String, long, int)} does, into the beginning of an array that is there. */
    default void get(String name, long offset, byte[] into, int length) {
        System.arraycopy(get(name, offset, length), 0, into, 0, length);
    }

    /** Returns all objects whose names begin so, in any order. */
    List<ObjectInfo> list(String prefix);

    /** Deletes an object; one that is not there is no error. */
    void delete(String name);

    /** Returns a short text that tells a person where the store is, without secrets. */
    String describe();

    @Override
    void close();

    /**
     * How many bytes of an object are best asked for at once. The default is more than half of a pack of the usual size, so that two requests
     * read it; fewer where a request costs nothing and memory does.
     */
    default int rangeBytes() {
        return 9 << 20;
    }
}
