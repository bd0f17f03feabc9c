package dev.freefleet.cli.backup;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * A folder for what a command needs only while it runs, readable by its user alone. Its mark is locked for as long, and the system gives the
 * lock back when the process ends, however it ends: what a killed command left, the next one that makes such a folder deletes.
 */
final class Scratch implements AutoCloseable {
    static final String NAME = "fleet-scratch-";
    static final String MARK = ".fleet-scratch";
    static final String MARKED = "A command of ./fleet backup works in this folder, and deletes it.\n";
    private static final String PRIVATE = "rwx------";

    private final Path folder;
    private final FileChannel mark;

    private Scratch(Path folder, FileChannel mark) {
        this.folder = folder;
        this.mark = mark;
    }

    /** Makes it among the system's temporary files. */
    static Scratch make(PrintWriter err) throws IOException {
        return in(Path.of(System.getProperty("java.io.tmpdir")), err);
    }

    static Scratch in(Path parent, PrintWriter err) throws IOException {
        Path folder = Files.createTempDirectory(
                parent, NAME, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
        FileChannel mark = FileChannel.open(
                folder.resolve(MARK), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            // Before it says whose it is, so that nobody finds it marked and free.
            mark.lock();
            mark.write(ByteBuffer.wrap(MARKED.getBytes(StandardCharsets.US_ASCII)));
            clear(parent, folder, Files.getOwner(folder), err);
        } catch (IOException | RuntimeException e) {
            mark.close();
            throw e;
        }
        return new Scratch(folder, mark);
    }

    private static void clear(Path parent, Path own, UserPrincipal user, PrintWriter err) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, NAME + "*")) {
            for (Path folder : found) {
                if (folder.equals(own)) {
                    continue;
                }
                try (FileChannel left = leftBehind(folder, user)) {
                    if (left != null) {
                        delete(folder);
                        err.println("backup: deleted " + folder + ", which a command that was killed had left");
                    }
                } catch (IOException | OverlappingFileLockException e) {
                    err.println(
                            "backup: " + folder + " may be what a command that was killed left, and cannot be deleted ("
                                    + e + "); delete it if no ./fleet backup runs");
                }
            }
        }
    }

    /** Returns the mark's lock if the folder is this user's, was made here, and no process works in it; else null. */
    private static @Nullable FileChannel leftBehind(Path folder, UserPrincipal user) throws IOException {
        PosixFileAttributes a = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        // What others cannot write to holds no trap of theirs.
        boolean ours = a.isDirectory()
                && a.owner().equals(user)
                && PosixFilePermissions.toString(a.permissions()).equals(PRIVATE);
        Path mark = folder.resolve(MARK);
        if (!ours || !Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS) || Files.size(mark) != MARKED.length()) {
            return null;
        }
        FileChannel channel = FileChannel.open(mark, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (Files.readString(mark).equals(MARKED) && channel.tryLock() != null) {
            return channel;
        }
        channel.close();
        return null;
    }

    /** The mark goes last, so that what is left of a deletion that is killed is known again. */
    private static void delete(Path folder) throws IOException {
        WorkFolder.delete(folder, MARK);
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        try (mark) {
            delete(folder);
        }
    }
}
