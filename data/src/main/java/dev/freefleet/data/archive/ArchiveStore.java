package dev.freefleet.data.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where archives are kept: objects by name. Names are of lower-case letters, digits, {@code . - / =}, as
 * {@code usage/2026/11/23/part-1.parquet}. Safe for use by several threads.
 */
public interface ArchiveStore {
    /**
     * Stores a file's content. Under the name there is what was there before, or all of this, whatever happens; once this has
     * returned, it outlasts a crash.
     *
     * @throws IOException if that cannot be promised
     */
    void put(String name, Path file) throws IOException;

    /**
     * Copies an object's content into a file.
     *
     * @return whether there is such an object
     * @throws IOException if it cannot be read
     */
    boolean get(String name, Path file) throws IOException;

    /** The names that begin with a prefix, ascending. @throws IOException if they cannot be told */
    List<String> list(String prefix) throws IOException;

    /** Removes an object, if there is one. @throws IOException if it may still be there */
    void delete(String name) throws IOException;

    /**
     * Removes what a death has left of objects with a prefix that were being put, of which {@link #list} does not tell. Nobody puts any meanwhile.
     * Nothing, in a store where an object is there whole or not at all.
     *
     * @return how many
     * @throws IOException if some may still be there
     */
    default int removeUnfinished(String prefix) throws IOException {
        return 0;
    }

    /**
     * Refuses what is no name: names come from the database too, which somebody else may have written to.
     *
     * @throws IllegalArgumentException if it is none
     */
    static void requireName(String name) {
        if (!name.matches("[a-z0-9=/.-]{1,512}") || name.startsWith("/") || name.contains("..") || name.equals(".")) {
            throw new IllegalArgumentException("an archive cannot have this name");
        }
    }

    /** Where it is, for people; without a secret. */
    String describe();
}
