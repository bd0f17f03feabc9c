package dev.freefleet.backup.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A store in a folder, one file per object. An object is written to {@code tmp/}, forced to the disk, given its name by a
 * hard link (which fails if the name is taken; a rename where the file system has no links), and then its folder is forced: after a
 * crash it is whole or absent. What a crash leaves in {@code tmp/} is removed when it is a day old.
 */
public final class FolderStore implements ObjectStore {
    /** What is read or written at once. The JDK keeps memory outside of the heap as long as that, for each thread. */
    private static final int SLICE = 256 << 10;

    private static final Duration TEMP_LIFE = Duration.ofDays(1);
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+(/[a-z0-9-]+)*");

    private final Path root;
    private final Path temp;
    /** Why the store may be open for reading alone. */
    private final @Nullable IOException unprepared;

    /**
     * Opens the store, making the folder if it is not there. One that cannot be written is open for reading.
     *
     * @param root the folder
     */
    public FolderStore(Path root) {
        this.root = root.toAbsolutePath();
        this.temp = this.root.resolve("tmp");
        this.unprepared = prepare();
    }

    /** What can only be read, such as a disk that is mounted so, is good for a restore: a write that fails says why. */
    private @Nullable IOException prepare() {
        try {
            Files.createDirectories(temp);
            removeOldTemps();
            return null;
        } catch (IOException e) {
            if (!Files.isDirectory(root)) {
                throw failed("open", root.toString(), e);
            }
            return e;
        }
    }

    private void removeOldTemps() throws IOException {
        // The file system's own clock judges its own times: on a network share it is not ours.
        Path probe = Files.createTempFile(temp, "now", "");
        FileTime now = Files.getLastModifiedTime(probe);
        Files.delete(probe);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(temp)) {
            for (Path file : files) {
                FileTime old = FileTime.from(now.toInstant().minus(TEMP_LIFE));
                try {
                    if (Files.getLastModifiedTime(file).compareTo(old) < 0) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    // Its writer has finished meanwhile.
                }
            }
        }
    }

    private Path path(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not an object's name: " + name);
        }
        return root.resolve(name);
    }

    @Override
    public boolean putIfAbsent(String name, byte[] bytes, int length) {
        Path target = path(name);
        if (Files.exists(target)) {
            return false;
        }
        Path file = temp.resolve(UUID.randomUUID().toString());
        try {
            Path folder = requireNonNull(target.getParent());
            Files.createDirectories(folder);
            try (FileChannel out = FileChannel.open(file, CREATE_NEW, WRITE)) {
                for (int at = 0; at < length; ) {
                    at += out.write(ByteBuffer.wrap(bytes, at, Math.min(SLICE, length - at)));
                }
                out.force(true);
            }
            boolean created = give(file, target);
            force(folder);
            return created;
        } catch (IOException e) {
            throw failed("write", name, e);
        } finally {
            discard(file);
        }
    }

    private static boolean give(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException noLinks) {
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is in tmp/, where its age will remove it.
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel dir = FileChannel.open(folder, READ)) {
            dir.force(true);
        }
    }

    @Override
    public byte[] get(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (NoSuchFileException e) {
            throw missing(name, e);
        } catch (IOException e) {
            throw failed("read", name, e);
        }
    }

    @Override
    public byte[] get(String name, long offset, int length) {
        byte[] part = new byte[length];
        get(name, offset, part, length);
        return part;
    }

    @Override
    public void get(String name, long offset, byte[] into, int length) {
        try (FileChannel in = FileChannel.open(path(name), READ)) {
            for (int at = 0; at < length; ) {
                int n = in.read(ByteBuffer.wrap(into, at, Math.min(SLICE, length - at)), offset + at);
                if (n < 0) {
                    throw BackupException.damaged(name, "it ends at " + in.size() + ", before " + (offset + length));
                }
                at += n;
            }
        } catch (NoSuchFileException e) {
            throw missing(name, e);
        } catch (IOException e) {
            throw failed("read", name, e);
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
        List<ObjectInfo> found = new ArrayList<>();
        try {
            walk(root, "", prefix, found);
        } catch (IOException e) {
            throw failed("list", prefix, e);
        }
        return found;
    }

    private static void walk(Path folder, String at, String prefix, List<ObjectInfo> found) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = at + file.getFileName();
                BasicFileAttributes a;
                try {
                    a = Files.readAttributes(file, BasicFileAttributes.class);
                } catch (NoSuchFileException deletedMeanwhile) {
                    continue;
                }
                if (a.isDirectory()) {
                    String inner = name + "/";
                    if (!inner.equals("tmp/") && (inner.startsWith(prefix) || prefix.startsWith(inner))) {
                        walk(file, inner, prefix, found);
                    }
                } else if (name.startsWith(prefix) && NAME.matcher(name).matches()) {
                    found.add(
                            new ObjectInfo(name, a.size(), a.lastModifiedTime().toInstant()));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException gone) {
            // Removed since its parent was listed: nothing is in it.
        }
    }

    @Override
    public void delete(String name) {
        try {
            Files.deleteIfExists(path(name));
        } catch (IOException e) {
            throw failed("delete", name, e);
        }
    }

    @Override
    public String describe() {
        return "folder " + root;
    }

    @Override
    public void close() {}

    private BackupException missing(String name, IOException e) {
        return new BackupException(Reason.MISSING, name, name + " is not in " + describe(), e);
    }

    private BackupException failed(String what, String name, IOException e) {
        String why = String.valueOf(e.getMessage());
        String before = unprepared == null || !what.equals("write")
                ? ""
                : "When the store was opened, " + temp
                        + ", where objects wait until they are whole, could not be used (" + unprepared + "). ";
        boolean full = why.toLowerCase(Locale.ROOT).matches("(?s).*(no space left|quota exceeded|file too large).*");
        return new BackupException(
                full ? Reason.STORE_FULL : Reason.STORE_UNAVAILABLE,
                name,
                describe() + ": cannot " + what + " " + name + " (" + e + "). " + before
                        + (full ? "Make room and run again." : "Check that the folder is there and may be written."),
                e);
    }

    @Override
    public int rangeBytes() {
        return 1 << 20;
    }
}
