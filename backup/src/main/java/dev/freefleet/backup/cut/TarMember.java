package dev.freefleet.backup.cut;

import java.time.Instant;

/**
 * A member of a tar stream.
 *
 * @param path its name, without a slash at the end
 * @param kind file, folder, symbolic link, hard link or anything else
 * @param mode permission bits
 * @param uid owner's number
 * @param gid group's number
 * @param modified when it was modified
 * @param size length of its content
 * @param at where the content begins in the stream
 * @param target a link's target
 */
public record TarMember(
        byte[] path, Kind kind, int mode, int uid, int gid, Instant modified, long size, long at, byte[] target) {
    /** What a member is. */
    public enum Kind {
        FILE,
        FOLDER,
        SYMLINK,
        HARDLINK,
        OTHER
    }
}
