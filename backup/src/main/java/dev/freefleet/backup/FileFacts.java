package dev.freefleet.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * What the file system says of a file.
 *
 * @param type what it is; links are not followed
 * @param mode permission bits
 * @param uid owner's number
 * @param gid group's number
 * @param modified time of last modification
 * @param changed time of last change of the inode in nanoseconds since 1970; 0 where unknown
 * @param size length in bytes
 */
record FileFacts(Entry.Type type, int mode, int uid, int gid, Instant modified, long changed, long size) {
    static FileFacts of(Path file) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Entry.Type type = basic.isDirectory()
                ? Entry.Type.FOLDER
                : basic.isSymbolicLink()
                        ? Entry.Type.SYMLINK
                        : basic.isRegularFile() ? Entry.Type.FILE : Entry.Type.OTHER;
        Instant modified = basic.lastModifiedTime().toInstant();
        long size = type == Entry.Type.FILE ? basic.size() : 0;
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            int mode = type == Entry.Type.FOLDER ? 0755 : 0644;
            return new FileFacts(type, mode, 0, 0, modified, 0, size);
        }
        Map<String, Object> unix = Files.readAttributes(file, "unix:mode,uid,gid,ctime", LinkOption.NOFOLLOW_LINKS);
        Instant changed = ((FileTime) value(unix, "ctime")).toInstant();
        return new FileFacts(
                type,
                (int) value(unix, "mode") & 07777,
                (int) value(unix, "uid") & Integer.MAX_VALUE,
                (int) value(unix, "gid") & Integer.MAX_VALUE,
                modified,
                Math.addExact(Math.multiplyExact(changed.getEpochSecond(), 1_000_000_000L), changed.getNano()),
                size);
    }

    private static Object value(Map<String, Object> unix, String name) throws IOException {
        Object v = unix.get(name);
        if (v == null) {
            throw new IOException("the file system does not tell " + name);
        }
        return v;
    }

    Entry entry(byte[] path, dev.freefleet.backup.format.ContentRef content, byte[] target) {
        return new Entry(path, type, mode, uid, gid, modified, changed, content.size(), content, 0, target);
    }

    /** Returns whether a file is, by all that can be told without reading it, as it was. */
    boolean sameAs(Entry before) {
        return before.type() == Entry.Type.FILE
                && type == Entry.Type.FILE
                && before.size() == size
                && before.modified().equals(modified)
                && before.changed() == changed
                && changed != 0;
    }
}
