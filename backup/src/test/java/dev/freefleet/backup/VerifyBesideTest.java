package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others delete as they may, while a verification reads, is no damage. */
class VerifyBesideTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(clock);
    private StoredSnapshot old = made();

    private StoredSnapshot made() {
        try (Repository r = Fixture.init(store)) {
            StoredSnapshot first = r.backup(Fixture.stream(Fixture.random(1, 300_000)), List.of(), Progress.NONE)
                    .stored();
            r.backup(Fixture.stream(Fixture.random(2, 300_000)), List.of(), Progress.NONE);
            return first;
        }
    }

    @BeforeEach
    void grownOld() {
        clock.advance(Duration.ofDays(7));
    }

    private void forgetAndPrune() {
        try (Repository other =
                Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment(clock))) {
            other.forget(List.of(old));
            assertThat(other.prune(0.05, Progress.NONE).toTrash()).isPositive();
        }
    }

    /** Between any two of its steps. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "get snapshots/",
                "list mirror/snapshots/",
                "get mirror/snapshots/",
                "list index/",
                "get index/",
                "list trash/",
                "list packs/",
                "get packs/"
            })
    void aPruneIsNoDamage(String step) {
        try (Repository r = Fixture.open(new PausedStore(store, step, this::forgetAndPrune))) {
            VerifyReport report = r.verify(1, new Random(1), Progress.NONE);
            assertThat(report.damage()).isEmpty();
            assertThat(report.affected()).isEmpty();
            assertThat(report.snapshots()).hasSizeBetween(1, 2);
        }
        assertThat(store.list("snapshots/")).hasSize(1);
    }

    /** When the index was read it was in the trash, and when the trash was read in the index. */
    @ParameterizedTest
    @ValueSource(strings = {"list trash/", "list packs/"})
    void whatAPrunePutsBackIsNoDamage(String step) {
        byte[] manifest = store.get(old.object());
        forgetAndPrune();
        store.putIfAbsent(old.object(), manifest); // as of a backup that began before the prune
        store.putIfAbsent("mirror/" + old.object(), manifest);
        clock.advance(Duration.ofDays(7));
        Runnable prune = () -> {
            try (Repository other =
                    Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment(clock))) {
                assertThat(other.prune(0.05, Progress.NONE).rescued()).isPositive();
            }
        };
        try (Repository r = Fixture.open(new PausedStore(store, step, prune))) {
            VerifyReport report = r.verify(1, new Random(1), Progress.NONE);
            assertThat(report.damage()).isEmpty();
            assertThat(report.affected()).isEmpty();
            assertThat(report.snapshots()).hasSize(2);
        }
        assertThat(store.list("trash/")).isEmpty();
    }

    /** One copy of its manifest was listed, the other was written behind that. */
    @ParameterizedTest
    @ValueSource(strings = {"get snapshots/", "list mirror/snapshots/", "get mirror/snapshots/", "list index/"})
    void aBackupIsNoDamage(String step) {
        Runnable backup = () -> {
            try (Repository other = Fixture.open(store)) {
                other.backup(Fixture.stream(Fixture.random(3, 300_000)), List.of(), Progress.NONE);
            }
        };
        try (Repository r = Fixture.open(new PausedStore(store, step, backup))) {
            VerifyReport report = r.verify(1, new Random(1), Progress.NONE);
            assertThat(report.damage()).isEmpty();
            assertThat(report.affected()).isEmpty();
            assertThat(report.snapshots()).hasSizeBetween(2, 3);
        }
        assertThat(store.list("snapshots/")).hasSize(3);
    }

    /** That it was written meanwhile does not make it whole. */
    @Test
    void aSecondCopyThatComesMeanwhileIsReadToo() {
        Runnable backup = () -> {
            try (Repository other = Fixture.open(store)) {
                String made = other.backup(Fixture.stream(Fixture.random(3, 300_000)), List.of(), Progress.NONE)
                        .stored()
                        .object();
                byte[] bytes = store.get(made);
                bytes[bytes.length / 2] ^= 1;
                store.delete(made);
                store.putIfAbsent(made, bytes);
            }
        };
        try (Repository r = Fixture.open(new PausedStore(store, "list mirror/snapshots/", backup))) {
            assertThat(r.verify(1, new Random(1), Progress.NONE).damage())
                    .singleElement()
                    .satisfies(p -> assertThat(p.where()).startsWith("snapshots/"))
                    .satisfies(p -> assertThat(p.what()).doesNotContain("is missing"));
        }
    }

    /** Not a byte of it was read. */
    @Test
    void aSnapshotThatIsMadeMeanwhileIsNotCalledVerified() {
        Runnable backup = () -> {
            try (Repository other = Fixture.open(store)) {
                other.backup(Fixture.stream(Fixture.random(3, 300_000)), List.of(), Progress.NONE);
            }
        };
        try (Repository r = Fixture.open(new PausedStore(store, "list packs/", backup))) {
            List<String> before = r.list().stream().map(s -> s.snapshot().id()).toList();
            VerifyReport report = r.verify(1, new Random(1), Progress.NONE);
            assertThat(report.isSound()).isTrue();
            assertThat(report.snapshots()).containsExactlyInAnyOrderElementsOf(before);
            assertThat(r.list()).hasSizeGreaterThan(before.size());
        }
    }
}
