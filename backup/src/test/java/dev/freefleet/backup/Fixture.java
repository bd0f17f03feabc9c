package dev.freefleet.backup;

import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Repositories and trees to test with. */
public final class Fixture {
    public static final Unlock PASSPHRASE = Unlock.passphrase("correct horse battery staple");

    /** The cheapest that Argon2id can be: these tests are about what stands behind it. */
    public static final KeyHardness SOFT = new KeyHardness(8, 1, 1);

    private Fixture() {}

    /** A clock that stands until it is moved. */
    public static final class SettableClock extends Clock {
        private Instant now;

        public SettableClock(Instant now) {
            this.now = now;
        }

        public void advance(Duration d) {
            now = now.plus(d);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    public static Environment environment() {
        return environment(Clock.systemUTC());
    }

    public static Environment environment(Clock clock) {
        return new Environment(clock, System::nanoTime, new SecureRandom(), "testhost");
    }

    public static RepositoryOptions options() {
        RepositoryOptions d = RepositoryOptions.DEFAULT;
        return new RepositoryOptions(
                1 << 20, 3, 2, false, Long.MAX_VALUE, d.longestRun(), d.minimumAge(), d.scratch(), null);
    }

    /** The same with one worker, so that blocks stand in a pack in the order of the stream. */
    static RepositoryOptions oneWorker(RepositoryOptions o) {
        return new RepositoryOptions(
                o.packSize(),
                o.compressionLevel(),
                1,
                o.appendOnly(),
                o.roomBytes(),
                o.longestRun(),
                o.minimumAge(),
                o.scratch(),
                o.cache());
    }

    public static Repository init(ObjectStore store) {
        return Repository.init(store, PASSPHRASE, "test", SOFT, options(), environment());
    }

    public static Repository init(Path folder) {
        return init(new FolderStore(folder));
    }

    public static Repository open(ObjectStore store) {
        return Repository.open(store, PASSPHRASE, options(), environment());
    }

    public static Repository open(Path folder) {
        return open(new FolderStore(folder));
    }

    public static StoredSnapshot backup(Repository r, Path folder) {
        return r.backup(Source.Folder.of("src", folder), List.of(), Progress.NONE)
                .stored();
    }

    public static Source.Stream stream(byte[] bytes) {
        return new Source.Stream("stream", () -> new ByteArrayInputStream(bytes), bytes.length, null, false);
    }

    public static byte[] random(long seed, int length) {
        byte[] b = new byte[length];
        new Random(seed).nextBytes(b);
        return b;
    }

    /** Returns everything that should come back from a restore, as text by raw path. */
    public static Map<String, String> describe(Path root) {
        Map<String, String> all = new TreeMap<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path d, BasicFileAttributes a) throws IOException {
                    if (!d.equals(root)) {
                        all.put(root.toUri().relativize(d.toUri()).getRawPath(), facts(d));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path f, BasicFileAttributes a) throws IOException {
                    all.put(root.toUri().relativize(f.toUri()).getRawPath(), facts(f));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static String facts(Path f) throws IOException {
        Map<String, Object> a = Files.readAttributes(
                f, "unix:mode,uid,gid,lastModifiedTime,size,isDirectory,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
        String text = "mode " + a.get("mode") + " uid " + a.get("uid") + " gid " + a.get("gid") + " at "
                + a.get("lastModifiedTime");
        if (Boolean.TRUE.equals(a.get("isSymbolicLink"))) {
            return text + " -> " + HexFormat.of().formatHex(PathBytes.target(Files.readSymbolicLink(f)));
        }
        if (Boolean.TRUE.equals(a.get("isDirectory"))) {
            return text;
        }
        return text + " size " + a.get("size") + " " + dev.freefleet.backup.format.ChunkId.hex(Files.readAllBytes(f));
    }

    /** Whether a restore into a folder began and did not end. */
    public static boolean isUnfinished(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.anyMatch(file -> file.getFileName().toString().startsWith(".fleet-restore-unfinished-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void deleteTree(Path root) {
        try {
            if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path f, BasicFileAttributes a) throws IOException {
                    Files.delete(f);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path d, @org.jspecify.annotations.Nullable IOException e)
                        throws IOException {
                    Files.delete(d);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
