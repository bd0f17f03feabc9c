package dev.freefleet.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of a spool: held by one process at a time, with an id that the database knows it by. */
final class SpoolDirectory implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("(\\d{18})\\.spool");
    static final String ID = "id";

    private final Path path;
    private final FileChannel lock;
    private final UUID id;

    /** @throws DataException UNUSABLE if the folder cannot be made or written, or another process holds it */
    SpoolDirectory(Path path) {
        this.path = path.toAbsolutePath().normalize();
        try {
            Files.createDirectories(
                    this.path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            lock = lock(this.path);
            try {
                id = id(this.path);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(this.path, e);
        }
    }

    static DataException unusable(Path path, IOException e) {
        return new DataException(
                DataException.Kind.UNUSABLE,
                "The folder " + path + " cannot keep usage events (" + e
                        + "); make it writable with room for a few MB, or name another.",
                e);
    }

    static String name(long segment) {
        return String.format("%018d.spool", segment);
    }

    Path path() {
        return path;
    }

    Path file(long segment) {
        return path.resolve(name(segment));
    }

    UUID id() {
        return id;
    }

    /** The number of the segment that a file is, or null where it is none. */
    static @Nullable Long number(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.valueOf(name.group(1)) : null;
    }

    /** The segments' numbers and sizes, oldest first. */
    SortedMap<Long, Long> segments() throws IOException {
        SortedMap<Long, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                @Nullable Long number = number(file);
                if (number != null) {
                    sizes.put(number, Files.size(file));
                }
            }
        }
        return sizes;
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // This process holds it already, which is the same to the caller.
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        if (held == null) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "Another fleet keeps its usage events in " + path + "; stop it, or give this one another folder.");
        }
        return channel;
    }

    /** The id is also in each segment, and is found there again if its own file is gone or damaged. */
    private static UUID id(Path path) throws IOException {
        Path file = path.resolve(ID);
        if (Files.exists(file)) {
            try {
                return UUID.fromString(Files.readString(file).strip());
            } catch (IllegalArgumentException e) {
                // Falls through.
            }
        }
        UUID id = UUID.randomUUID();
        try (Stream<Path> files = Files.list(path)) {
            for (Path segment : files.sorted().toList()) {
                SpoolFormat.@Nullable Header header =
                        NAME.matcher(segment.getFileName().toString()).matches() ? header(segment) : null;
                if (header != null) {
                    id = header.spool();
                }
            }
        }
        Path fresh = path.resolve(ID + ".new");
        Files.writeString(fresh, id + "\n");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(path);
        return id;
    }

    /** What a segment's header says, or null where it is damaged. */
    static SpoolFormat.@Nullable Header header(Path segment) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SpoolFormat.HEADER_BYTES);
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Reads on.
            }
        }
        return SpoolFormat.header(bytes.flip());
    }

    /** Makes the names of new files last (fsync of a directory, which Java does by opening it to read). */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
