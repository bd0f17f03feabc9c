package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 45 days of jobs, as a fleet has them: three sources a day, a sample each night, all each week, a prune each week. What is stored is
 * small: for the packs that 10 GB have beyond it, a request each is added to the busiest day, on which all are read.
 */
class DaysOfRequestsTest {
    private static final int FILES = 60;
    private static final int PACKS_OF_10_GB = 10_000 / 16;
    private static final int REQUESTS_A_PACK = 2;
    private static final int MOST_REQUESTS = 1_600;
    private static final int DAYS = 45;

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T02:00:00Z"));
    private final MemoryStore memory = new MemoryStore(clock);
    private final AtomicInteger requests = new AtomicInteger();
    private final Random random = new Random(45);

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
        try (Repository r = Repository.open(
                counted, Fixture.PASSPHRASE, RepositoryOptions.DEFAULT, Fixture.environment(clock))) {
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

    private interface Command {
        void run(Repository r) throws IOException;
    }

    /** Each command is a process of its own, with the cache that the command line gives it. */
    private void command(Command command) throws IOException {
        RepositoryOptions options =
                Fixture.options().withPackSize(32 << 10).withFolders(folder, folder.resolve("cache"));
        try (Repository r = Repository.open(
                new Counting(memory, requests), Fixture.PASSPHRASE, options, Fixture.environment(clock))) {
            command.run(r);
        }
    }

    private byte[] bytes(int length) {
        byte[] b = new byte[length];
        random.nextBytes(b);
        return b;
    }

    @Test
    void fewerThan1600RequestsADayAndEverySnapshotThatIsKeptComesBack() throws IOException {
        Repository.init(memory, Fixture.PASSPHRASE, "test", Fixture.SOFT, Fixture.options(), Fixture.environment(clock))
                .close();
        Path brain = Files.createDirectory(folder.resolve("brain"));
        for (int i = 0; i < FILES; i++) {
            // A pack is closed after the block that fills it.
            Files.write(brain.resolve("file" + i), bytes(ChunkWriter.BLOCK));
        }
        Map<String, Map<String, String>> expected = new HashMap<>();
        int most = 0;
        for (int day = 0; day < DAYS; day++) {
            requests.set(0);
            Files.write(brain.resolve("file" + random.nextInt(FILES)), bytes(1000));
            command(r -> {
                r.plan("src", 10L << 30, 1_000_000, Retention.DEFAULT);
                expected.put(Fixture.backup(r, brain).snapshot().id(), Fixture.describe(brain));
                r.backup(Fixture.stream(bytes(20_000)), List.of(), Progress.NONE);
                r.backup(Source.Folder.of("fleet", brain), List.of(), Progress.NONE);
            });
            command(r ->
                    assertThat(r.verify(0.05, random, Progress.NONE).isSound()).isTrue());
            DayOfWeek weekday = clock.instant().atOffset(ZoneOffset.UTC).getDayOfWeek();
            if (weekday == DayOfWeek.SUNDAY) {
                command(r ->
                        assertThat(r.verify(1, random, Progress.NONE).isSound()).isTrue());
            } else if (weekday == DayOfWeek.MONDAY) {
                command(r -> {
                    r.forget(r.toForget(Retention.DEFAULT));
                    r.prune(0.05, Progress.NONE);
                });
            }
            if (day > 0) {
                most = Math.max(most, requests.get());
            }
            clock.advance(Duration.ofDays(1));
        }
        // Each file fills a pack, all of which are read on Sundays.
        assertThat(most).isGreaterThan(FILES);
        assertThat(most - FILES + PACKS_OF_10_GB).isLessThan(MOST_REQUESTS);
        command(r -> {
            List<StoredSnapshot> kept = r.list().stream()
                    .filter(s -> s.snapshot().source().equals("src"))
                    .toList();
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
