package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A prune that decides what may go, and another that decides otherwise before the first has deleted anything. */
class TwoPrunesTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(clock);

    private Repository open(dev.freefleet.backup.store.ObjectStore seen) {
        return Repository.open(seen, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment(clock));
    }

    private Set<String> packs() {
        Set<String> names = new HashSet<>();
        store.list("packs/").forEach(o -> names.add(o.name()));
        return names;
    }

    private void rot(String pack) {
        byte[] bytes = store.get(pack);
        bytes[Math.min(1000, bytes.length / 3)] ^= 1;
        store.delete(pack);
        store.putIfAbsent(pack, bytes);
    }

    /**
     * A prune that slept has named a pack in the trash and left it in the index; the next took it out days later and was killed before it
     * could delete the old trash object.
     */
    @Test
    void whatLeftTheIndexBehindAnOldTrashObjectWaitsAnew() {
        byte[] bytes = Fixture.random(1, 300_000);
        Repository.init(store, Fixture.PASSPHRASE, "k", Fixture.SOFT, Fixture.options(), Fixture.environment(clock))
                .close();
        try (Repository one = open(store);
                Repository two = open(store)) {
            two.forget(List.of(
                    two.backup(Fixture.stream(bytes), List.of(), Progress.NONE).stored()));
            clock.advance(Duration.ofDays(3));
            try (Repository slept =
                    open(new PausedStore(store, "put trash/", () -> clock.advance(Duration.ofHours(25))))) {
                assertThatThrownBy(() -> slept.prune(0.05, Progress.NONE)).hasMessageContaining("took longer");
            }
            clock.advance(Duration.ofDays(3));
            Source.Stream meanwhile = new Source.Stream(
                    "stream",
                    () -> {
                        try (Repository killed = open(new PausedStore(store, "delete trash/", TwoPrunesTest::kill))) {
                            assertThatThrownBy(() -> killed.prune(0.05, Progress.NONE))
                                    .hasMessage("killed");
                        }
                        two.prune(0.05, Progress.NONE);
                        return new ByteArrayInputStream(bytes);
                    },
                    bytes.length,
                    null,
                    false);
            one.backup(meanwhile, List.of(), Progress.NONE);
            assertThat(two.verify(1, new Random(1), Progress.NONE).affected()).isEmpty();
            clock.advance(Duration.ofDays(3));
            assertThat(two.prune(0.05, Progress.NONE).rescued()).isPositive();
            assertThat(two.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
        }
    }

    private static void kill() {
        throw new IllegalStateException("killed");
    }

    /** The other copy rots meanwhile: the second prune takes the pack back, and a backup counts on it. */
    @Test
    void whatAnotherPruneHasTakenBackIsNotDeleted() {
        byte[] bytes = Fixture.random(1, 300_000);
        Repository.init(store, Fixture.PASSPHRASE, "k", Fixture.SOFT, Fixture.options(), Fixture.environment(clock))
                .close();
        try (Repository one = open(store);
                Repository two = open(store)) {
            Set<String> older = new HashSet<>();
            Source.Stream meanwhile = new Source.Stream(
                    "stream",
                    () -> {
                        two.backup(Fixture.stream(bytes), List.of(), Progress.NONE);
                        older.addAll(packs());
                        clock.advance(Duration.ofMinutes(1));
                        return new ByteArrayInputStream(bytes);
                    },
                    bytes.length,
                    null,
                    false);
            one.backup(meanwhile, List.of(), Progress.NONE);
            StoredSnapshot gone = one.backup(Fixture.stream(Fixture.random(2, 300_000)), List.of(), Progress.NONE)
                    .stored();
            Set<String> newer = packs();
            newer.removeAll(older);
            clock.advance(Duration.ofDays(3));
            assertThat(one.prune(0.05, Progress.NONE).toTrash())
                    .as("one of two copies")
                    .isPositive();
            one.forget(List.of(gone)); // so that the next prune has something to write
            clock.advance(Duration.ofDays(3));
            Runnable other = () -> {
                newer.forEach(this::rot);
                assertThat(two.prune(0.05, Progress.NONE).rescued()).isPositive();
            };
            try (Repository slow = open(new PausedStore(store, "put trash/", other))) {
                slow.prune(0.05, Progress.NONE);
            }
            StoredSnapshot after =
                    two.backup(Fixture.stream(bytes), List.of(), Progress.NONE).stored();
            assertThat(two.verify(1, new Random(1), Progress.NONE).affected())
                    .noneMatch(hit -> hit.where().startsWith(after.snapshot().id()));
        }
    }
}
