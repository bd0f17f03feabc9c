package dev.freefleet.cli.backup;

import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.gateway.OriginTrust;
import dev.freefleet.gateway.RedisConfig;
import dev.freefleet.gateway.Tls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's own files as a tar: {@code data/...}, what of the data directory is neither database, index, cache, spool nor of the
 * moment; {@code config/fleet.yaml}, with {@code config/path}, which says where it lay; and, under {@code config/named}, the certificates
 * and keys elsewhere that it names, with their absolute paths.
 */
final class FleetFiles {
    /** What has a source of its own, comes back by itself, or belongs to a process. */
    private static final Set<String> LEFT_OUT = Set.of(
            "postgres",
            "brain",
            "cache",
            "spool",
            "archive",
            "archive-work",
            "lock",
            "run.json",
            "restored-brain",
            "restored-spool",
            "restored-archive",
            "restored-files",
            "restored-data.tar");

    private static final String NAMED = "config/named";
    private static final long MOST_BYTES = 64 << 20;

    private final Path data;
    private final @Nullable Path config;
    private final List<Path> named;

    /** @param named absolute paths of files that the configuration names; those in the data directory are left out, and those that are gone */
    FleetFiles(Path data, @Nullable Path config, List<Path> named) {
        this.data = data;
        this.config = config;
        this.named = List.copyOf(named);
    }

    /** The certificates and keys that a configuration names. */
    static List<Path> named(FleetConfig config) {
        Tls tls = config.gateway().listener().tls();
        OriginTrust trust = config.gateway().origin().trust();
        RedisConfig redis = config.redis();
        return Stream.of(
                        tls == null ? null : tls.certificate(),
                        tls == null ? null : tls.key(),
                        trust.ca(),
                        trust.clientCert(),
                        trust.clientKey(),
                        redis == null ? null : redis.ca())
                .flatMap(Stream::ofNullable)
                .map(path -> path.toAbsolutePath().normalize())
                .distinct()
                .toList();
    }

    /** Reads them all; they are small. @throws IOException if one cannot be read, or all are too much to be what they should be */
    byte[] tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Path file : files()) {
                add(tar, "data/" + data.relativize(file), file, bytes);
            }
            if (config != null) {
                add(tar, "config/fleet.yaml", config, bytes);
                entry(tar, "config/path", config.toString().getBytes(StandardCharsets.UTF_8), 0);
            }
            for (Path file : named) {
                if (Files.isRegularFile(file) && !file.startsWith(data)) {
                    add(tar, NAMED + file, file, bytes);
                }
            }
        }
        return bytes.toByteArray();
    }

    private Set<Path> files() throws IOException {
        Set<Path> files = new TreeSet<>();
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) {
                return isLeftOut(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
                // A name that begins with a dot is a file that is just being written.
                if (a.isRegularFile()
                        && !isLeftOut(file)
                        && !String.valueOf(file.getFileName()).startsWith(".")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return files;
    }

    private boolean isLeftOut(Path path) {
        return path.getNameCount() == data.getNameCount() + 1 && LEFT_OUT.contains(String.valueOf(path.getFileName()));
    }

    private static void add(TarArchiveOutputStream tar, String name, Path file, ByteArrayOutputStream so)
            throws IOException {
        if (so.size() + Files.size(file) > MOST_BYTES) {
            throw new IOException("the fleet's own files are more than " + (MOST_BYTES >> 20) + " MiB, with " + file
                    + "; move what does not belong there elsewhere");
        }
        try {
            entry(
                    tar,
                    name,
                    Files.readAllBytes(file),
                    Files.getLastModifiedTime(file).toMillis());
        } catch (NoSuchFileException e) {
            // Replaced or deleted since it was listed.
        }
    }

    private static void entry(TarArchiveOutputStream tar, String name, byte[] content, long modified)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setMode(0600);
        entry.setModTime(modified / 1_000 * 1_000);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
