package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks that are in two packs, of which one is damaged: a prune never deletes the last whole copy. */
class SpareCopyTest {
    private static final int MANY = 300_000;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(clock);
    private final Repository repository = open();
    private final Repository other = open();

    private Repository open() {
        if (store.list("config").isEmpty()) {
            Fixture.init(store).close();
        }
        return Repository.open(
                store, Fixture.PASSPHRASE, Fixture.oneWorker(Fixture.options()), Fixture.environment(clock));
    }

    @AfterEach
    void close() {
        repository.close();
        other.close();
    }

    private static StoredSnapshot backup(Repository r, byte[] stream) {
        return r.backup(Fixture.stream(stream), List.of(), Progress.NONE).stored();
    }

    /** Two runs at once send the same chunks twice. */
    private StoredSnapshot twice(byte[] bytes, byte[] meanwhile, Consumer<StoredSnapshot> first) {
        Source.Stream slow = new Source.Stream(
                "stream",
                () -> {
                    first.accept(backup(other, meanwhile));
                    clock.advance(Duration.ofMinutes(1));
                    return new ByteArrayInputStream(bytes);
                },
                bytes.length,
                null,
                false);
        return repository.backup(slow, List.of(), Progress.NONE).stored();
    }

    private Set<String> packs() {
        Set<String> names = new HashSet<>();
        store.list("packs/").forEach(o -> names.add(o.name()));
        return names;
    }

    /** In the first block, which in these streams holds nothing that only one of them has. */
    private void rot(String pack) {
        byte[] bytes = store.get(pack);
        bytes[Math.min(1000, bytes.length / 3)] ^= 1;
        store.delete(pack);
        store.putIfAbsent(pack, bytes);
    }

    private long size(String pack) {
        return store.list(pack).getFirst().size();
    }

    private PruneReport prune() {
        clock.advance(Duration.ofDays(7));
        return repository.prune(0.05, Progress.NONE);
    }

    private byte[] read(StoredSnapshot s) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        repository.archive(s.snapshot(), out, Progress.NONE);
        return out.toByteArray();
    }

    private void isWhole(StoredSnapshot s, byte[] bytes) throws IOException {
        assertThat(read(s)).isEqualTo(bytes);
        assertThat(repository.verify(1, new Random(1), Progress.NONE).affected())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWholeCopyStaysWhicheverIsDamaged(boolean newer) throws IOException {
        byte[] bytes = Fixture.random(1, MANY);
        Set<String> older = new HashSet<>();
        StoredSnapshot s = twice(bytes, bytes, first -> older.addAll(packs()));
        assertThat(packs()).as("the same twice").hasSize(2 * older.size());
        Set<String> rotten = packs();
        rotten.removeIf(pack -> older.contains(pack) == newer);
        rotten.forEach(this::rot);
        for (int week = 0; week < 5; week++) {
            PruneReport report = prune();
            assertThat(report.rescued()).as("let go too early in week %s", week).isZero();
            if (newer && week == 0) {
                assertThat(report.notes()).extracting(Problem::where).containsAll(rotten);
            }
            isWhole(s, bytes);
        }
        Set<String> whole = packs();
        whole.removeAll(rotten);
        assertThat(whole).as("each once").hasSize(older.size());
    }

    @Test
    void nothingIsLetGoWhereBothAreDamaged() {
        byte[] bytes = Fixture.random(2, MANY);
        StoredSnapshot s = twice(bytes, bytes, first -> {});
        Set<String> all = packs();
        all.removeIf(pack -> size(pack) < MANY); // lists, without which no prune goes on
        assertThat(all).hasSize(2);
        all.forEach(this::rot);
        for (int week = 0; week < 3; week++) {
            assertThat(prune().notes()).extracting(Problem::where).containsAll(all);
            assertThat(packs()).containsAll(all);
        }
        assertThat(repository.find(s.snapshot().id())).isNotNull();
    }

    /** Until the packs that it came from are deleted, a moved chunk is there twice. */
    @Test
    void whatRotsAfterItWasMovedIsTakenBackOutOfTheTrash() throws IOException {
        byte[] all = Fixture.random(3, 6_000_000);
        byte[] some = most(all);
        StoredSnapshot whole = backup(repository, all);
        StoredSnapshot part = backup(repository, some);
        repository.forget(List.of(whole));
        Set<String> before = packs();
        assertThat(prune().repacked()).isPositive();
        Set<String> moved = packs();
        moved.removeAll(before);
        assertThat(moved).isNotEmpty();
        moved.forEach(this::rot);
        PruneReport second = prune();
        assertThat(second.rescued()).isPositive();
        assertThat(second.notes()).extracting(Problem::where).containsAnyElementsOf(moved);
        isWhole(part, some);
        for (int week = 0; week < 5; week++) {
            prune();
            isWhole(part, some);
        }
        assertThat(prune().rescued()).as("it has come to rest").isZero();
        assertThat(store.list("trash/")).isEmpty();
    }

    /** What is whole in one pack alone is not taken to be there already because a damaged pack has it too. */
    @Test
    void aWholeCopyIsMovedThoughADamagedOneIsThere() throws IOException {
        byte[] all = Fixture.random(4, 3_000_000);
        byte[] some = Arrays.copyOf(all, 2_000_000);
        Set<String> older = new HashSet<>();
        StoredSnapshot[] first = new StoredSnapshot[1];
        StoredSnapshot part = twice(some, all, s -> {
            older.addAll(packs());
            first[0] = s;
        });
        Set<String> newer = packs();
        newer.removeIf(pack -> older.contains(pack) || size(pack) < MANY);
        assertThat(newer).isNotEmpty();
        clock.advance(Duration.ofDays(3));
        newer.forEach(this::rot); // and young by that, so that they stay when the older are packed anew
        repository.forget(List.of(first[0]));
        int repacked = 0;
        for (int week = 0; week < 6; week++) {
            PruneReport report = week == 0 ? repository.prune(0.05, Progress.NONE) : prune();
            repacked += report.repacked();
            assertThat(report.rescued()).as("let go unmoved in week %s", week).isZero();
            isWhole(part, some);
        }
        assertThat(repacked).isPositive();
        PruneReport rest = prune();
        assertThat(rest.rescued() + rest.toTrash() + rest.repacked())
                .as("it has come to rest")
                .isZero();
        assertThat(store.list("packs/").stream().mapToLong(ObjectInfo::size).sum())
                .isLessThan(2L * some.length + all.length);
    }

    /** What a pack that stays has of a chunk is not counted on unread: the copy that was found whole is moved. */
    @Test
    void aWholeCopyIsMovedThoughAnOlderDamagedOneStays() throws IOException {
        int shared = 4 * MANY / 3; // more than the first block, which is the one that rots
        byte[] stays = Fixture.random(9, 3 * MANY);
        byte[] goes = Fixture.random(10, 3 * MANY);
        System.arraycopy(stays, 0, goes, 0, shared);
        StoredSnapshot[] first = new StoredSnapshot[1];
        StoredSnapshot gone = twice(goes, stays, s -> {
            first[0] = s;
            packs().stream().filter(pack -> size(pack) >= MANY).forEach(this::rot);
        });
        repository.forget(List.of(gone));
        int repacked = 0;
        for (int week = 0; week < 6; week++) {
            clock.advance(Duration.ofDays(7));
            PruneReport report = repository.prune(0.3, Progress.NONE);
            repacked += report.repacked();
            assertThat(report.rescued()).as("let go unmoved in week %s", week).isZero();
            isWhole(first[0], stays);
        }
        assertThat(repacked).isPositive();
    }

    /** Returns two of three parts. */
    private static byte[] most(byte[] all) {
        ByteArrayOutputStream some = new ByteArrayOutputStream();
        for (int at = 0; at < all.length; at += 900_000) {
            some.writeBytes(Arrays.copyOfRange(all, at, Math.min(at + 600_000, all.length)));
        }
        return some.toByteArray();
    }

    /** A backup after the damage counts on what is damaged: without this, each later snapshot would lack it too. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherRepositorysCopyMendsWhatIsDamaged(boolean lists) throws IOException {
        byte[] bytes = Fixture.random(5, 5 * MANY); // more chunks than a manifest lists
        StoredSnapshot before = backup(repository, bytes);
        try (Repository offSite = Fixture.init(new MemoryStore(clock))) {
            repository.copyTo(offSite, repository.list(), Progress.NONE);
            packs().stream().filter(pack -> size(pack) < MANY == lists).forEach(this::rot);
            StoredSnapshot after = backup(repository, bytes);
            VerifyReport found = repository.verify(1, new Random(1), Progress.NONE);
            assertThat(found.affected()).isNotEmpty();
            assertThat(offSite.mend(repository, found, Progress.NONE).bytes()).isPositive();
            isWhole(before, bytes);
            isWhole(after, bytes);
        }
        VerifyReport mended = repository.verify(1, new Random(1), Progress.NONE);
        assertThat(mended.damage()).as("the pack is still there").isNotEmpty();
        assertThat(prune().toTrash()).isPositive();
        VerifyReport setAside = repository.verify(1, new Random(1), Progress.NONE);
        assertThat(setAside.isSound()).isTrue();
        assertThat(setAside.notes()).isNotEmpty();
        assertThat(prune().deleted()).isPositive();
        assertThat(repository.verify(1, new Random(1), Progress.NONE).notes()).isEmpty();
        isWhole(before, bytes);
    }

    @Test
    void nothingIsSentWhereNothingIsDamaged() {
        backup(repository, Fixture.random(6, MANY));
        try (Repository offSite = Fixture.init(new MemoryStore(clock))) {
            repository.copyTo(offSite, repository.list(), Progress.NONE);
            VerifyReport found = repository.verify(1, new Random(1), Progress.NONE);
            assertThat(offSite.mend(repository, found, Progress.NONE).bytes()).isZero();
        }
    }

    /** What the other repository lost too keeps nothing else from being mended, and is named. */
    @Test
    void whatIsDamagedInBothIsNamedAndTheRestIsMended() throws IOException {
        byte[] lost = Fixture.random(7, MANY);
        byte[] whole = Fixture.random(8, MANY);
        StoredSnapshot first = backup(repository, lost);
        MemoryStore elsewhere = new MemoryStore(clock);
        try (Repository offSite = Fixture.init(elsewhere)) {
            repository.copyTo(offSite, repository.list(), Progress.NONE);
            elsewhere.list("packs/").stream().filter(o -> o.size() >= MANY).forEach(o -> elsewhere.delete(o.name()));
            StoredSnapshot second = backup(repository, whole);
            repository.copyTo(offSite, repository.list(), Progress.NONE);
            packs().stream().filter(pack -> size(pack) >= MANY).forEach(this::rot);
            VerifyReport found = repository.verify(1, new Random(1), Progress.NONE);
            CopyReport report = offSite.mend(repository, found, Progress.NONE);
            assertThat(report.bytes()).isGreaterThan(MANY / 2);
            assertThat(report.unreadable())
                    .isNotEmpty()
                    .allMatch(p -> p.where().startsWith(first.snapshot().id()));
            assertThat(read(second)).isEqualTo(whole);
        }
    }
}
