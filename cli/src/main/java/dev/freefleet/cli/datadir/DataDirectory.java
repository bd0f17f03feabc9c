package dev.freefleet.cli.datadir;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A data directory that this process alone uses, until it is closed:
 *
 * <pre>
 * VERSION      the layout's version
 * lock         held while a fleet runs; holds its process id
 * run.json     while a fleet runs: where it is reached
 * admin-token  what commands show to the admin port
 * brain-admin-key  what the reference Brain's snapshot wants to be shown
 * first-key    the key that the first start made
 * secrets/     the signing secrets of keys
 * postgres/    the embedded database
 * spool/       usage that the database does not have yet
 * quotas       how much of the daily and monthly quotas is used
 * brain/       the reference Brain's index
 * cache/       answers that outlast a restart; only copies: it may be deleted while no fleet runs
 * edge/        what belongs to edges elsewhere; see EdgeFiles
 * tls/         the certificate that the fleet made for itself, and its key
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
    private static final int VERSION = 1;
    /** What a first start may leave that was killed before it wrote VERSION. */
    private static final Set<String> BEFORE_VERSION = Set.of("lock", "VERSION");

    private final Path path;
    private final InstanceLock lock;

    private DataDirectory(Path path, InstanceLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Opens the directory for this process, and makes it, with mode 0700, where it is missing.
     *
     * @throws DataDirectoryException if another fleet uses it, it cannot be written, it holds something else, it is
     *     damaged, or a newer fleet made it
     */
    public static DataDirectory open(Path path) {
        requireNonNull(path, "path");
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new DataDirectoryException(
                    "The data directory " + path + " is not a folder; name another with --data.");
        }
        try {
            PrivateFiles.makeFolder(path);
            checkKind(path);
            InstanceLock lock = InstanceLock.take(path);
            try {
                checkVersion(path.resolve("VERSION"));
                return new DataDirectory(path, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /** A directory that no fleet uses, nor can until this is closed. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Keeps fleets from a directory, whatever is in it: also one that is damaged, or that a newer fleet made.
     *
     * @throws DataDirectoryException if a fleet uses it
     * @throws IOException if its lock cannot be taken
     */
    public static Held hold(Path path) throws IOException {
        if (!Files.exists(path.resolve("lock"))) {
            return () -> {}; // No fleet has been here.
        }
        return InstanceLock.take(path)::close;
    }

    static DataDirectoryException unusable(Path path, IOException e) {
        String why = e instanceof AccessDeniedException
                ? "access denied"
                : e instanceof FileSystemException file && file.getReason() != null ? file.getReason() : e.getMessage();
        return new DataDirectoryException(
                "The data directory " + path + " cannot be written (" + why + "); make it writable or name another with"
                        + " --data.",
                e);
    }

    private static void checkKind(Path path) throws IOException {
        if (Files.exists(path.resolve("VERSION"))) {
            return;
        }
        try (Stream<Path> entries = Files.list(path)) {
            Set<String> others = entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !BEFORE_VERSION.contains(name) && !name.startsWith(".VERSION"))
                    .collect(Collectors.toSet());
            if (!others.isEmpty()) {
                throw new DataDirectoryException("The folder " + path
                        + " holds files that are not a fleet's data, and no file VERSION; name an empty or a new folder"
                        + " with --data.");
            }
        }
    }

    private static void checkVersion(Path file) throws IOException {
        if (!Files.exists(file)) {
            PrivateFiles.write(file, VERSION + "\n");
            return;
        }
        String text =
                Files.size(file) > 100 ? "" : new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).strip();
        boolean number = !text.isEmpty() && text.length() < 9 && text.chars().allMatch(Character::isDigit);
        if (!number || Integer.parseInt(text) < 1) {
            throw new DataDirectoryException("The data directory is damaged: " + file
                    + " does not hold a version; restore the directory from a backup or name another with --data.");
        }
        if (Integer.parseInt(text) > VERSION) {
            throw new DataDirectoryException(
                    "The data directory " + file.getParent() + " is of version " + text + ", and this fleet knows "
                            + VERSION + " at the most; start it with the newer fleet that made it.");
        }
    }

    /** Where it is, absolute. */
    public Path path() {
        return path;
    }

    /** Where the embedded database keeps its files. */
    public Path postgres() {
        return path.resolve("postgres");
    }

    /**
     * Refuses a directory in which keys were made and whose embedded database is gone: it must not come back empty, for
     * revoked keys would be good again, and nobody would be told.
     *
     * @throws DataDirectoryException if so
     */
    public void requireDatabase() {
        boolean made = secrets().isFirstKeyMade() || Files.exists(firstKey());
        if (made && !Files.exists(postgres())) {
            throw new DataDirectoryException("The data directory is damaged: keys were made here, but the database "
                    + postgres() + " is gone; restore it from a backup, or, to begin anew with an empty one, delete the"
                    + " folder " + path.resolve("secrets") + " and the file " + firstKey() + " too.");
        }
    }

    /** Where the reference Brain keeps its index. */
    public Path brain() {
        return path.resolve("brain");
    }

    /** Where the cache keeps answers. */
    public Path cache() {
        return path.resolve("cache");
    }

    /** Where usage waits for the database. */
    public Path spool() {
        return path.resolve("spool");
    }

    /** Where archives are made and read; what is in it means nothing once the fleet is gone. */
    public Path archiveWork() {
        return path.resolve("archive-work");
    }

    /** Where the quotas' counts are kept. */
    public Path quotas() {
        return path.resolve("quotas");
    }

    /** Where it is kept which purges of other gateways this one knows of. */
    public Path purges() {
        return path.resolve("purges");
    }

    /** The file of the key that the first start makes. */
    public Path firstKey() {
        return path.resolve("first-key");
    }

    /** The secrets in it, made where they are missing. */
    public Secrets secrets() {
        return new Secrets(path);
    }

    /** Says where the running fleet is reached, for the commands. */
    public void announce(RunFile run) {
        try {
            run.write(path);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /** Takes the announcement back and lets go of the directory. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path.resolve(RunFile.NAME));
        } catch (IOException e) {
            throw unusable(path, e);
        } finally {
            lock.close();
        }
    }
}
