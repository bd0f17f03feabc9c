package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PruneTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(clock);
    private final Repository repository = Repository.init(
            store,
            Fixture.PASSPHRASE,
            "k",
            Fixture.SOFT,
            Fixture.options().withPackSize(64 << 10),
            Fixture.environment(clock));

    @AfterEach
    void close() {
        repository.close();
    }

    private StoredSnapshot backup(byte[] stream) {
        return repository
                .backup(Fixture.stream(stream), List.of(), Progress.NONE)
                .stored();
    }

    private PruneReport prune() {
        return repository.prune(0.05, Progress.NONE);
    }

    private long packs() {
        return store.list("packs/").stream().mapToLong(ObjectInfo::size).sum();
    }

    private void sound() {
        VerifyReport v = repository.verify(1, new Random(1), Progress.NONE);
        assertThat(v.damage()).isEmpty();
        assertThat(v.affected()).isEmpty();
    }

    private byte[] read(StoredSnapshot s) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        repository.archive(s.snapshot(), out, Progress.NONE);
        return out.toByteArray();
    }

    @Test
    void spaceIsFreedInTwoStepsAndWhatIsKeptStays() throws IOException {
        byte[] kept = Fixture.random(1, 700_000);
        StoredSnapshot first = backup(Fixture.random(2, 900_000));
        StoredSnapshot second = backup(kept);
        repository.forget(List.of(first));
        assertThat(prune().toTrash()).as("young packs are left alone").isZero();
        clock.advance(Duration.ofHours(49));
        PruneReport marked = prune();
        assertThat(marked.trashBytes()).isGreaterThan(800_000);
        assertThat(marked.deleted()).isZero();
        sound();
        clock.advance(Duration.ofHours(47));
        assertThat(prune().deleted()).as("not yet").isZero();
        clock.advance(Duration.ofHours(2));
        PruneReport swept = prune();
        assertThat(swept.deletedBytes()).isEqualTo(marked.trashBytes());
        assertThat(packs()).isLessThan(800_000);
        assertThat(store.list("trash/")).isEmpty();
        sound();
        assertThat(read(second)).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(ints = {-3650, 3650})
    void aClientsClockThatIsYearsOffLetsNothingYoungGoAndKeepsNothingOld(int days) throws IOException {
        Environment off = Fixture.environment(new SettableClock(clock.instant().plus(Duration.ofDays(days))));
        RepositoryOptions options = Fixture.options().withPackSize(64 << 10);
        Retention oneDay = new Retention(1, 0, 0, Duration.ofHours(24));
        byte[] kept = Fixture.random(2, 300_000);
        StoredSnapshot gone = backup(Fixture.random(1, 900_000));
        try (Repository client = Repository.open(store, Fixture.PASSPHRASE, options, off)) {
            clock.advance(Duration.ofHours(1));
            StoredSnapshot last = client.backup(Fixture.stream(kept), List.of(), Progress.NONE)
                    .stored();
            assertThat(client.toForget(oneDay)).isEmpty();
            client.forget(List.of(gone));
            PruneReport young = client.prune(0.05, Progress.NONE);
            assertThat(young.toTrash()).isZero();
            assertThat(young.deleted()).isZero();
            assertThat(packs()).isGreaterThan(1_200_000);

            clock.advance(Duration.ofHours(49));
            assertThat(client.prune(0.05, Progress.NONE).trashBytes()).isGreaterThan(800_000);
            assertThat(client.prune(0.05, Progress.NONE).deleted())
                    .as("the trash is young")
                    .isZero();
            clock.advance(Duration.ofHours(49));
            assertThat(client.prune(0.05, Progress.NONE).deletedBytes()).isGreaterThan(800_000);
            assertThat(packs()).isLessThan(400_000);
            sound();
            assertThat(read(last)).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-3650, 3650})
    void retentionAsksTheStoresClockNotTheClients(int days) {
        Environment off = Fixture.environment(new SettableClock(clock.instant().plus(Duration.ofDays(days))));
        Retention oneDay = new Retention(1, 0, 0, Duration.ofHours(24));
        StoredSnapshot first = backup(Fixture.random(1, 1000));
        clock.advance(Duration.ofHours(1));
        backup(Fixture.random(2, 1000));
        try (Repository client = Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), off)) {
            clock.advance(Duration.ofHours(22));
            assertThat(client.toForget(oneDay)).as("younger than the grace").isEmpty();
            clock.advance(Duration.ofHours(2));
            assertThat(client.toForget(oneDay))
                    .extracting(StoredSnapshot::object)
                    .containsExactly(first.object());
        }
    }

    @Test
    void mostlyDeadPacksAreRepacked() throws IOException {
        byte[] all = Fixture.random(3, 2_000_000);
        StoredSnapshot whole = backup(all);
        byte[] some = new byte[500_000];
        for (int i = 0; i < 5; i++) {
            System.arraycopy(all, 400_000 * i, some, 100_000 * i, 100_000);
        }
        StoredSnapshot part = backup(some);
        repository.forget(List.of(whole));
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofHours(50));
            prune();
            sound();
        }
        assertThat(packs()).isLessThan(700_000);
        assertThat(read(part)).isEqualTo(some);
    }

    @Test
    void aBackupThatCountedOnAPackInTheTrashKeepsIt() throws IOException {
        byte[] bytes = Fixture.random(4, 500_000);
        StoredSnapshot gone = backup(bytes);
        clock.advance(Duration.ofHours(49));
        // Another process has read the index before the prune, and commits after it.
        MemoryStore before = store.copy();
        repository.forget(List.of(gone));
        assertThat(prune().toTrash()).isPositive();
        try (Repository late = Repository.open(
                new StaleIndexStore(store, before),
                Fixture.PASSPHRASE,
                Fixture.options(),
                Fixture.environment(clock))) {
            StoredSnapshot s =
                    late.backup(Fixture.stream(bytes), List.of(), Progress.NONE).stored();
            assertThat(s.snapshot().added()).isLessThan(1000);
            sound();
            assertThat(read(s)).isEqualTo(bytes);
            clock.advance(Duration.ofHours(49));
            PruneReport report = prune();
            assertThat(report.rescued()).isPositive();
            assertThat(report.deleted()).isZero();
            clock.advance(Duration.ofHours(49));
            prune();
            sound();
            assertThat(read(s)).isEqualTo(bytes);
        }
    }

    /** What a process sees that listed the index before a prune. */
    private record StaleIndexStore(MemoryStore now, MemoryStore before)
            implements dev.freefleet.backup.store.ObjectStore {
        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
            return now.putIfAbsent(name, bytes, length);
        }

        @Override
        public byte[] get(String name) {
            return name.startsWith("index/") || name.startsWith("trash/") ? before.get(name) : now.get(name);
        }

        @Override
        public byte[] get(String name, long offset, int length) {
            return now.get(name, offset, length);
        }

        @Override
        public List<ObjectInfo> list(String prefix) {
            return prefix.equals("index/") || prefix.equals("trash/") ? before.list(prefix) : now.list(prefix);
        }

        @Override
        public void delete(String name) {
            now.delete(name);
        }

        @Override
        public String describe() {
            return now.describe();
        }

        @Override
        public void close() {}
    }

    @Test
    void aRunThatTakesTooLongRecordsNothing() {
        Environment slow = new Environment(
                clock,
                new java.util.concurrent.atomic.AtomicLong() {
                    long next() {
                        return getAndAdd(Duration.ofHours(13).toNanos());
                    }
                }::next,
                new java.security.SecureRandom(),
                "slow");
        try (Repository r = Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), slow)) {
            assertThatThrownBy(() -> r.backup(Fixture.stream(new byte[100]), List.of(), Progress.NONE))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
            assertThat(r.list()).isEmpty();
        }
    }

    @Test
    void manySmallPacksAndIndexObjectsAreMerged() {
        for (int i = 0; i < 20; i++) {
            backup(Fixture.random(100 + i, 2000));
        }
        int before = store.list("packs/").size();
        for (int i = 0; i < 2; i++) {
            clock.advance(Duration.ofHours(49));
            prune();
        }
        assertThat(before).isGreaterThan(19);
        assertThat(store.list("packs/")).hasSizeLessThan(8);
        assertThat(store.list("index/")).hasSizeLessThan(5);
        sound();
    }

    @Test
    void packsThatAKilledRunLeftAreFreed() {
        backup(Fixture.random(1, 1000));
        byte[] bytes = Fixture.random(8, 14_000_000);
        assertThatThrownBy(() -> repository.backup(
                        new Source.Stream("s", () -> new java.io.ByteArrayInputStream(bytes), 1, null, false),
                        List.of(),
                        Progress.NONE))
                .isInstanceOf(BackupException.class);
        store.list("index/").stream().skip(0).forEach(o -> store.delete(o.name()));
        assertThat(packs()).isGreaterThan(300_000);
        for (int i = 0; i < 2; i++) {
            clock.advance(Duration.ofHours(49));
            prune();
        }
        assertThat(packs()).isLessThan(10_000);
        sound();
    }

    @Test
    void damageThatHidesWhatIsNeededStopsAPrune() {
        StoredSnapshot s = backup(Fixture.random(1, 500_000));
        clock.advance(Duration.ofHours(49));
        store.delete(s.object());
        store.delete("mirror/" + s.object());
        store.putIfAbsent(s.object(), new byte[100]);
        assertThatThrownBy(this::prune)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                .hasMessageContaining(s.object());
        assertThat(packs()).isGreaterThan(500_000);
        assertThat(repository.forgetUnreadable()).containsExactly(s.object());
        assertThat(prune().trashBytes()).isGreaterThan(500_000);
    }

    /** An older program cannot read it, and is told to forget what nobody can. */
    @Test
    void aManifestOfANewerProgramIsNotForgottenAsUnreadable() {
        StoredSnapshot s = backup(Fixture.random(1, 100_000));
        byte[] newer = store.get(s.object());
        newer[5]++; // its version
        String name = "snapshots/" + ChunkId.hex(newer);
        store.putIfAbsent(name, newer);
        store.putIfAbsent("mirror/" + name, newer);
        assertThatThrownBy(repository::forgetUnreadable)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                .hasMessageContaining("newer program");
        assertThat(store.list(name)).hasSize(1);
        assertThat(store.list("mirror/" + name)).hasSize(1);
    }

    /** Of two copies that cannot be read the first is told of; the second may be what the newer program wrote. */
    @Test
    void aManifestOfANewerProgramOfWhichOneCopyIsDamagedIsNotForgotten() {
        StoredSnapshot s = backup(Fixture.random(1, 100_000));
        byte[] newer = store.get(s.object());
        newer[5]++; // its version
        String name = "snapshots/" + ChunkId.hex(newer);
        store.putIfAbsent("mirror/" + name, newer);
        byte[] damaged = newer.clone();
        damaged[0] ^= 1;
        store.putIfAbsent(name, damaged);
        assertThatThrownBy(repository::forgetUnreadable).hasMessageContaining("newer program");
        assertThat(store.list("mirror/" + name)).hasSize(1);
    }

    /** Which packs it names, the older program cannot tell, so that no repair of it has indexed them. */
    @Test
    void anIndexOfANewerProgramIsNotDeletedAsDamaged() {
        backup(Fixture.random(1, 100_000));
        byte[] newer = store.get(store.list("index/").getFirst().name());
        newer[5]++; // its version
        String name = "index/" + ChunkId.hex(newer);
        store.putIfAbsent(name, newer);
        String flipped = "index/" + "0".repeat(64);
        store.putIfAbsent(flipped, newer);
        assertThat(repository.repair()).extracting(Problem::where).containsExactly(flipped);
        assertThat(store.list(name)).hasSize(1);
        assertThatThrownBy(this::prune).hasMessageContaining(name);
    }

    /** Where a backup has met the cap, a prune must help, though nothing may be added to pack anew. */
    @Test
    void aStoreThatIsFullToItsCapIsPruned() throws IOException {
        StoredSnapshot dead = backup(Fixture.random(10, 600_000));
        byte[] all = Fixture.random(11, 2_000_000);
        StoredSnapshot whole = backup(all);
        byte[] some = new byte[500_000];
        for (int i = 0; i < 5; i++) {
            System.arraycopy(all, 400_000 * i, some, 100_000 * i, 100_000);
        }
        StoredSnapshot part = backup(some);
        repository.forget(List.of(whole, dead));
        RepositoryOptions options = Fixture.options().withPackSize(64 << 10);
        for (long room : new long[] {0, 200_000}) {
            long before = packs();
            try (Repository full = Repository.open(
                    store, Fixture.PASSPHRASE, options.withRoomBytes(room), Fixture.environment(clock))) {
                clock.advance(Duration.ofHours(49));
                PruneReport report = full.prune(0.05, Progress.NONE);
                assertThat(packs() - before).isLessThanOrEqualTo(room);
                assertThat(report.repacked() > 0).isEqualTo(room > 0);
                assertThat(report.notes()).extracting(Problem::what).anyMatch(what -> what.contains("no room"));
                clock.advance(Duration.ofHours(49));
                assertThat(full.prune(0.05, Progress.NONE).deleted()).isPositive();
            }
            assertThat(packs()).isLessThan(before);
            sound();
            assertThat(read(part)).isEqualTo(some);
        }
    }

    /** What is needed of a pack may be what could not be compressed: its part of the plain bytes tells little of what it takes. */
    @Test
    void roomIsReckonedByWhatIsNeededNotByItsPartOfAPack() throws IOException {
        byte[] noise = Fixture.random(12, 700_000);
        byte[] text = "a whale, and another. ".repeat(200_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (int i = 0; i < text.length; i += 97) {
            text[i] = (byte) ((i * 31 / 8) & 0x7F);
        }
        byte[] all = new byte[noise.length + text.length];
        System.arraycopy(noise, 0, all, 0, noise.length);
        System.arraycopy(text, 0, all, noise.length, text.length);
        RepositoryOptions options = Fixture.oneWorker(Fixture.options());
        StoredSnapshot whole;
        StoredSnapshot part;
        try (Repository r = Repository.open(store, Fixture.PASSPHRASE, options, Fixture.environment(clock))) {
            whole = r.backup(Fixture.stream(all), List.of(), Progress.NONE).stored();
            part = r.backup(Fixture.stream(noise), List.of(), Progress.NONE).stored();
        }
        repository.forget(List.of(whole));
        clock.advance(Duration.ofHours(49));
        long before = packs();
        for (long room : new long[] {100_000, 300_000, 600_000}) {
            try (Repository full = Repository.open(
                    store, Fixture.PASSPHRASE, options.withRoomBytes(room), Fixture.environment(clock))) {
                PruneReport report = full.prune(0.05, Progress.NONE);
                assertThat(report.repacked()).as("room for %s", room).isZero();
                assertThat(report.notes()).extracting(Problem::what).anyMatch(what -> what.contains("no room"));
                assertThat(packs()).as("room for %s", room).isEqualTo(before);
            }
        }
        assertThat(read(part)).isEqualTo(noise);
    }

    /** A disk that is full to its last megabyte, which nobody said beforehand. */
    @Test
    void whereThereIsNoRoomToPackAnewTheRestOfAPruneGoesOn() throws IOException {
        StoredSnapshot dead = backup(Fixture.random(13, 600_000));
        byte[] all = Fixture.random(14, 2_000_000);
        StoredSnapshot whole = backup(all);
        byte[] some = new byte[500_000];
        for (int i = 0; i < 5; i++) {
            System.arraycopy(all, 400_000 * i, some, 100_000 * i, 100_000);
        }
        StoredSnapshot part = backup(some);
        repository.forget(List.of(whole, dead));
        long before = packs();
        try (Repository full = Repository.open(
                new FullStore(store),
                Fixture.PASSPHRASE,
                Fixture.options().withPackSize(64 << 10),
                Fixture.environment(clock))) {
            for (int i = 0; i < 2; i++) {
                clock.advance(Duration.ofHours(49));
                PruneReport report = full.prune(0.05, Progress.NONE);
                assertThat(report.repacked()).isZero();
                assertThat(report.notes()).extracting(Problem::what).anyMatch(what -> what.contains("full"));
            }
        }
        assertThat(before - packs()).isGreaterThan(600_000);
        sound();
        assertThat(read(part)).isEqualTo(some);
    }

    /** Takes small objects, and no packs. */
    private record FullStore(MemoryStore store) implements dev.freefleet.backup.store.ObjectStore {
        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
            if (name.startsWith("packs/")) {
                throw new BackupException(Reason.STORE_FULL, "no space left on device");
            }
            return store.putIfAbsent(name, bytes, length);
        }

        @Override
        public byte[] get(String name) {
            return store.get(name);
        }

        @Override
        public byte[] get(String name, long offset, int length) {
            return store.get(name, offset, length);
        }

        @Override
        public List<ObjectInfo> list(String prefix) {
            return store.list(prefix);
        }

        @Override
        public void delete(String name) {
            store.delete(name);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() {}
    }
}
