package dev.freefleet.backup;

import static java.util.Objects.requireNonNull;

import dev.freefleet.backup.format.ContentRef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A file, folder, link or tar member in a snapshot.
 *
 * @param path its path relative to the source, as the file system's own bytes, parts divided by {@code /}
 * @param type what it is
 * @param mode Unix permission bits, 0..07777
 * @param uid owner's number
 * @param gid group's number
 * @param modified time of last modification
 * @param changed time of last change of its inode, nanoseconds since 1970 (0 where unknown)
 * @param size length in bytes; 0 for what has no content
 * @param content what it holds; {@link ContentRef#EMPTY} for what has none, and for tar members
 * @param at where a tar member's content begins in the stream; 0 for everything else
 * @param target a symbolic or hard link's target as bytes; empty for everything else
 */
public record Entry(
        byte[] path,
        Type type,
        int mode,
        int uid,
        int gid,
        Instant modified,
        long changed,
        long size,
        ContentRef content,
        long at,
        byte[] target) {

    /** What an entry is. */
    public enum Type {
        FILE,
        FOLDER,
        SYMLINK,
        /** A file that is a member of the snapshot's tar stream. */
        MEMBER,
        /** A second name, in a tar stream, of another member. */
        HARDLINK,
        /** A device, pipe or socket: its name is kept, its nature is not restored. */
        OTHER
    }

    public Entry {
        requireNonNull(path, "path");
        requireNonNull(type, "type");
        requireNonNull(modified, "modified");
        requireNonNull(content, "content");
        requireNonNull(target, "target");
    }

    /** Returns the path as text; bytes that are not UTF-8 appear as U+FFFD. */
    public String name() {
        return new String(path, StandardCharsets.UTF_8);
    }

    /**
     * Compares paths in the order in which snapshots list them: a folder, then what is in it, names by unsigned bytes.
     */
    public static int comparePaths(byte[] a, byte[] b) {
        int i = Arrays.mismatch(a, b);
        if (i < 0) {
            return 0;
        }
        return Integer.compare(rank(a, i), rank(b, i));
    }

    private static int rank(byte[] p, int i) {
        if (i >= p.length) {
            return -2;
        }
        return p[i] == '/' ? -1 : p[i] & 0xFF;
    }
}
