package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 45 days of jobs, as a fleet has them: three sources a day, a sample each night, all each week, a prune each week, a drill each month. What is
 * stored is small: the requests for the packs that 10 GB have beyond it are added where all are read.
 */
class DaysOfRequestsTest {
    private static final int FILES = 60;
    private static final int PACKS_OF_10_GB = 10_000 / 16;
    /** What the newest snapshot takes of the largest Brain whose history fits: 0.89 of 9.8 GB. */
    private static final int PACKS_OF_LARGEST_BRAIN = 8_700 / 16;

    /**
     * What the busiest weekly prune of a full store does in packs, of the Brains whose history fits 10 GB for a year: {@code bench/backup/Prunes}
     * follows their rows.
     */
    private static final int PACKED_ANEW = 57;

    private static final int WRITTEN = 46;
    private static final int DELETED = 72;
    private static final int WRITTEN_BEFORE = 61;

    private static final double SAMPLE = 0.05;
    private static final int REQUESTS_A_PACK = 2;
    /** Lists, index and trash objects, manifests, lists of files, the store's clock. */
    private static final int A_PRUNES_OWN = 40;

    private static final int MOST_REQUESTS = 1_600;
    private static final int DAYS = 45;

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T02:00:00Z"));
    private final MemoryStore memory = new MemoryStore(clock);
    private final AtomicInteger requests = new AtomicInteger();
    private final Random random = new Random(45);
    private final Map<String, Map<String, String>> expected = new HashMap<>();
    private int drills;

    /** Counts what an object store's API would be asked. */
    private static class Counting implements ObjectStore {
        private final ObjectStore store;
        private final AtomicInteger requests;

        Counting(ObjectStore store, AtomicInteger requests) {
            this.store = store;
            this.requests = requests;
        }

        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
            requests.incrementAndGet();
            return store.putIfAbsent(name, bytes, length);
        }

        @Override
        public byte[] get(String name) {
            requests.incrementAndGet();
            return store.get(name);
        }

        @Override
        public byte[] get(String name, long offset, int length) {
            requests.incrementAndGet();
            return store.get(name, offset, length);
        }

        @Override
        public List<ObjectInfo> list(String prefix) {
            List<ObjectInfo> found = store.list(prefix);
            requests.addAndGet(1 + found.size() / 1000);
            return found;
        }

        @Override
        public void delete(String name) {
            requests.incrementAndGet();
            store.delete(name);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() {}
    }

    /** A drill restores the Brain, and so does whoever has lost it: 10 GB in two requests for each 16 MB. */
    @Test
    void aRestoreReadsAPackInTwoRequests() {
        Repository.init(memory, Fixture.PASSPHRASE, "test", Fixture.SOFT, Fixture.options(), Fixture.environment(clock))
                .close();
        AtomicInteger ofPacks = new AtomicInteger();
        ObjectStore counted = new Counting(memory, requests) {
            @Override
            public byte[] get(String name, long offset, int length) {
                ofPacks.addAndGet(name.startsWith("packs/") ? 1 : 0);
                return super.get(name, offset, length);
            }
        };
        try (Repository r =
                Repository.open(counted, Fixture.PASSPHRASE, RepositoryOptions.DEFAULT, Fixture.environment(clock))) {
            r.backup(Fixture.stream(bytes(70_000_000)), List.of(), Progress.NONE);
            long packs = memory.list("packs/").stream()
                    .filter(o -> o.size() > 1 << 20)
                    .count();
            long lists = memory.list("packs/").size() - packs;
            assertThat(packs).isEqualTo(5);
            Path out = folder.resolve("out");
            r.restore(r.list().getFirst().snapshot(), "", out, false, Progress.NONE);
            assertThat(ofPacks.get()).isBetween((int) packs, (int) (REQUESTS_A_PACK * packs + 2 * lists));
        }
    }

    /** What is packed anew is read and written; later what was written is read, and what it came from deleted. */
    @Test
    void aPruneReadsWhatItPacksAnewAndBeforeItDeletesWhatThatCameFromWhatItWrote() throws IOException {
        init(memory);
        ObjectStore counted = new Counting(memory, requests);
        byte[] all = bytes(52_000_000);
        byte[] some = Arrays.copyOf(all, 38_000_000);
        for (int at = 0; at + 4_000_000 < some.length; at += 4_000_000) {
            System.arraycopy(all, 0, some, at, 1_000_000); // which is there once
        }
        try (Repository r =
                Repository.open(counted, Fixture.PASSPHRASE, RepositoryOptions.DEFAULT, Fixture.environment(clock))) {
            StoredSnapshot gone =
                    r.backup(Fixture.stream(all), List.of(), Progress.NONE).stored();
            r.backup(Fixture.stream(some), List.of(), Progress.NONE);
            r.forget(List.of(gone));
            clock.advance(Duration.ofDays(7));
            int before = memory.list("packs/").size();
            requests.set(0);
            int anew = r.prune(0.05, Progress.NONE).repacked();
            int written = memory.list("packs/").size() - before;
            assertThat(anew).isPositive();
            assertThat(written).isPositive();
            assertThat(requests.get()).isLessThanOrEqualTo(REQUESTS_A_PACK * anew + written + A_PRUNES_OWN);
            clock.advance(Duration.ofDays(7));
            requests.set(0);
            int deleted = r.prune(0.05, Progress.NONE).deleted();
            assertThat(deleted).isGreaterThanOrEqualTo(anew);
            assertThat(requests.get()).isLessThanOrEqualTo(REQUESTS_A_PACK * written + deleted + A_PRUNES_OWN);
        }
    }

    private interface Command {
        void run(Repository r) throws IOException;
    }

    private RepositoryOptions options(String cache) {
        return Fixture.options().withPackSize(32 << 10).withFolders(folder, folder.resolve(cache));
    }

    /** Each command is a process of its own, with the cache that the command line gives it. */
    private void command(MemoryStore store, Command command) throws IOException {
        try (Repository r = Repository.open(
                new Counting(store, requests), Fixture.PASSPHRASE, options("cache"), Fixture.environment(clock))) {
            command.run(r);
        }
    }

    private byte[] bytes(int length) {
        byte[] b = new byte[length];
        random.nextBytes(b);
        return b;
    }

    /** A bucket that is the only store: what a drill restores is read from it as well. */
    @Test
    void fewerThan1600RequestsADayAndEverySnapshotThatIsKeptComesBack() throws IOException {
        init(memory);
        days(() -> command(memory, this::makeSnapshots), () -> {
            command(memory, r -> {
                StoredSnapshot newest = ofBrain(r).getLast();
                r.restore(newest.snapshot(), "", folder.resolve("drill"), false, Progress.NONE);
                Fixture.deleteTree(folder.resolve("drill"));
            });
            drills++;
            requests.addAndGet(REQUESTS_A_PACK * PACKS_OF_LARGEST_BRAIN);
        });
        assertThat(drills).isEqualTo(2);
    }

    /** A bucket that takes copies; the drill restores from the local store. */
    @Test
    void copiesToABucketTakeFewerThan1600RequestsADay() throws IOException {
        MemoryStore local = new MemoryStore(clock);
        init(local);
        init(memory);
        days(
                () -> {
                    try (Repository from =
                            Repository.open(local, Fixture.PASSPHRASE, options("none"), Fixture.environment(clock))) {
                        makeSnapshots(from);
                        command(memory, r -> {
                            r.plan("brain", 10L << 30, 1_000_000, Retention.DEFAULT);
                            from.copyTo(
                                    r,
                                    from.list()
                                            .subList(
                                                    from.list().size() - 3,
                                                    from.list().size()),
                                    Progress.NONE);
                        });
                    }
                },
                () -> {});
    }

    private interface Part {
        void run() throws IOException;
    }

    private void init(MemoryStore store) {
        Repository.init(store, Fixture.PASSPHRASE, "test", Fixture.SOFT, Fixture.options(), Fixture.environment(clock))
                .close();
    }

    private void makeSnapshots(Repository r) throws IOException {
        Path brain = folder.resolve("brain");
        r.plan("src", 10L << 30, 1_000_000, Retention.DEFAULT);
        expected.put(Fixture.backup(r, brain).snapshot().id(), Fixture.describe(brain));
        r.backup(Fixture.stream(bytes(20_000)), List.of(), Progress.NONE);
        r.backup(Source.Folder.of("fleet", brain), List.of(), Progress.NONE);
    }

    private static List<StoredSnapshot> ofBrain(Repository r) {
        return r.list().stream()
                .filter(s -> s.snapshot().source().equals("src"))
                .toList();
    }

    /** The jobs at their usual times. */
    private void days(Part run, Part drill) throws IOException {
        Path brain = Files.createDirectory(folder.resolve("brain"));
        for (int i = 0; i < FILES; i++) {
            // A pack is closed after the block that fills it.
            Files.write(brain.resolve("file" + i), bytes(ChunkWriter.BLOCK));
        }
        int most = 0;
        for (int day = 0; day < DAYS; day++) {
            requests.set(0);
            Files.write(brain.resolve("file" + random.nextInt(FILES)), bytes(1000));
            run.run();
            command(
                    memory,
                    r -> assertThat(r.verify(SAMPLE, random, Progress.NONE).isSound())
                            .isTrue());
            requests.addAndGet((int) (SAMPLE * (PACKS_OF_10_GB - FILES)));
            OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
            switch (now.getDayOfWeek()) {
                case SUNDAY -> {
                    int before = requests.get();
                    command(
                            memory,
                            r -> assertThat(r.verify(1, random, Progress.NONE).isSound())
                                    .isTrue());
                    assertThat(requests.get() - before).isGreaterThanOrEqualTo(FILES);
                    requests.addAndGet(PACKS_OF_10_GB - FILES);
                }
                case MONDAY -> {
                    command(memory, r -> {
                        r.forget(r.toForget(Retention.DEFAULT));
                        r.prune(0.05, Progress.NONE);
                    });
                    requests.addAndGet(REQUESTS_A_PACK * (PACKED_ANEW + WRITTEN_BEFORE) + WRITTEN + DELETED);
                }
                case SATURDAY -> {
                    if (now.getDayOfMonth() <= 7) {
                        drill.run();
                    }
                }
                default -> {}
            }
            if (day > 0) {
                most = Math.max(most, requests.get());
            }
            clock.advance(Duration.ofDays(1));
        }
        assertThat(most).isBetween(PACKS_OF_10_GB, MOST_REQUESTS - 1);
        everySnapshotComesBack();
    }

    private void everySnapshotComesBack() throws IOException {
        command(memory, r -> {
            List<StoredSnapshot> kept = ofBrain(r);
            assertThat(kept).hasSizeBetween(30, DAYS - 1);
            for (StoredSnapshot s : kept) {
                Path out = folder.resolve("out");
                r.restore(s.snapshot(), "", out, false, Progress.NONE);
                assertThat(Fixture.describe(out))
                        .isEqualTo(expected.get(s.snapshot().id()));
                Fixture.deleteTree(out);
            }
        });
    }
}
