package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random trees and streams come back as they were, also after they changed. */
class RandomTreesTest {
    @Property(tries = 15)
    void treesComeBack(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path tmp = Files.createTempDirectory("fleet-trees");
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Path src = Files.createDirectories(tmp.resolve("src"));
            for (int round = 0; round < 3; round++) {
                grow(random, src, 0);
                Snapshot s = Fixture.backup(r, src).snapshot();
                Path out = tmp.resolve("out" + round);
                assertThat(r.restore(s, "", out, false, Progress.NONE).lost()).isEmpty();
                assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
            }
            assertThat(r.verify(1, random, Progress.NONE).isSound()).isTrue();
        } finally {
            Fixture.deleteTree(tmp);
        }
    }

    private static Path child(Random random, Path folder) {
        StringBuilder name = new StringBuilder();
        int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 12);
        for (int i = 0; i < n; i++) {
            int b = 1 + random.nextInt(255);
            name.append("%%%02X".formatted(b == '/' ? 'x' : b));
        }
        if (name.toString().matches("(%2E){1,2}")) {
            name.append("%61");
        }
        return Path.of(URI.create(folder.toUri() + name.toString()));
    }

    private static void grow(Random random, Path folder, int depth) throws IOException {
        for (int i = random.nextInt(6); i >= 0; i--) {
            Path p = child(random, folder);
            if (Files.exists(p, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    if (depth < 4) {
                        Files.createDirectory(p);
                        grow(random, p, depth + 1);
                    }
                }
                case 2 -> Files.createSymbolicLink(p, child(random, folder).getFileName());
                case 3 -> Files.createFile(p);
                case 4 -> {
                    try (RandomAccessFile f =
                            new RandomAccessFile(Files.createFile(p).toFile(), "rw")) {
                        f.setLength(random.nextInt(2_000_000));
                        f.write(7);
                    } catch (java.io.FileNotFoundException e) {
                        // java.io cannot name every file that java.nio can; it stays empty.
                    }
                }
                default ->
                    Files.write(
                            p,
                            Fixture.random(
                                    random.nextInt(5), random.nextInt(random.nextInt(5) == 0 ? 900_000 : 9_000)));
            }
            if (Files.exists(p) && !Files.isSymbolicLink(p)) {
                Files.setAttribute(p, "unix:mode", 0700 | random.nextInt(07777));
                long seconds = random.nextLong(-1_000_000_000L, 5_000_000_000L);
                Files.setLastModifiedTime(
                        p, FileTime.from(Instant.ofEpochSecond(seconds, random.nextInt(1_000_000_000))));
            }
        }
    }

    @Property(tries = 60)
    void streamsComeBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6_000_000) int length) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            // Runs of noise, of zeros and of what was there before.
            int n = Math.min(length - at, 1 + random.nextInt(400_000));
            switch (random.nextInt(3)) {
                case 0 -> System.arraycopy(Fixture.random(random.nextInt(9), n), 0, bytes, at, n);
                case 1 -> System.arraycopy(bytes, 0, bytes, at, Math.min(n, at));
                default -> {}
            }
            at += n;
        }
        dev.freefleet.backup.store.MemoryStore store =
                new dev.freefleet.backup.store.MemoryStore(java.time.Clock.systemUTC());
        try (Repository r = Fixture.init(store)) {
            Snapshot s = r.backup(Fixture.stream(bytes), List.of(), Progress.NONE)
                    .stored()
                    .snapshot();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            r.archive(s, out, Progress.NONE);
            assertThat(out.toByteArray()).isEqualTo(bytes);
        }
    }
}
