package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.testkit.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A machine that sleeps in the middle of its work: the clock that measures how long something takes stands still meanwhile. */
class SuspendedTest {
    private static final Duration SLEEP = Duration.ofDays(4);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(clock);
    private final Environment sleeper = new Environment(clock, () -> 0, new SecureRandom(), "laptop");
    private final Repository repository =
            Repository.init(store, Fixture.PASSPHRASE, "k", Fixture.SOFT, Fixture.options(), sleeper);

    @AfterEach
    void close() {
        repository.close();
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
    }

    @Test
    void aCopyThatSleptRecordsNothingThatAPruneHasTakenAway() {
        byte[] bytes = Fixture.random(1, 300_000);
        MemoryStore here = new MemoryStore(clock);
        try (Repository from =
                        Repository.init(here, Fixture.PASSPHRASE, "k", Fixture.SOFT, Fixture.options(), sleeper);
                Repository to = Repository.open(
                        new PausedStore(store, "put packs/", this::sleep),
                        Fixture.PASSPHRASE,
                        Fixture.options(),
                        sleeper);
                Repository elsewhere =
                        Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment(clock))) {
            from.backup(Fixture.stream(bytes), List.of(), Progress.NONE);
            elsewhere.forget(from.copyTo(elsewhere, from.list(), Progress.NONE).copied());
            byte[] more = Arrays.copyOf(bytes, 2 * bytes.length);
            List<StoredSnapshot> next = List.of(
                    from.backup(Fixture.stream(more), List.of(), Progress.NONE).stored());
            refused(() -> from.copyTo(to, next, Progress.NONE));
            assertThat(elsewhere.list()).isEmpty();
            assertThat(from.copyTo(elsewhere, next, Progress.NONE).copied()).hasSize(1);
            assertThat(elsewhere.verify(1, new Random(1), Progress.NONE).isSound())
                    .isTrue();
        }
    }

    /** While this one sleeps, other machines prune what it counts on. */
    private void sleep() {
        try (Repository other =
                Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment(clock))) {
            for (int i = 0; i < 2; i++) {
                clock.advance(SLEEP);
                other.prune(0.05, Progress.NONE);
            }
        }
    }

    /** What is counted on is there, and all of it comes back. */
    private void isSentAgain(byte[] bytes) {
        try (Repository elsewhere =
                Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment(clock))) {
            StoredSnapshot again = elsewhere
                    .backup(Fixture.stream(bytes), List.of(), Progress.NONE)
                    .stored();
            VerifyReport report = elsewhere.verify(1, new Random(1), Progress.NONE);
            assertThat(report.damage()).isEmpty();
            assertThat(report.affected()).isEmpty();
            assertThat(report.snapshots()).contains(again.snapshot().id());
        }
    }

    /** The packs that it had sent before are gone by then. */
    @Test
    void aBackupThatSleptNamesNothingInTheIndexThatAPruneHasTakenAway() {
        byte[] bytes = Fixture.random(4, 14_000_000);
        InputStream slow = new InputStream() {
            private final InputStream all = new ByteArrayInputStream(bytes);
            private int left = 13_000_000;

            @Override
            public int read() {
                throw new UnsupportedOperationException("nobody reads single bytes");
            }

            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                if (left == 0) {
                    left = Integer.MAX_VALUE;
                    Await.until("a pack is stored", () -> !names("packs/").isEmpty());
                    sleep();
                }
                int n = all.read(b, off, Math.min(len, left));
                left -= Math.max(n, 0);
                return n;
            }
        };
        refused(() -> repository.backup(
                new Source.Stream("s", () -> slow, bytes.length, null, false), List.of(), Progress.NONE));
        isSentAgain(bytes);
    }

    /** It had seen two copies of a chunk, and read one of them when the machine fell asleep. */
    @Test
    void aPruneThatSleptNamesNothingInTheIndexThatAnotherHasTakenAway() {
        byte[] bytes = Fixture.random(5, 300_000);
        try (Repository other =
                Repository.open(store, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment(clock))) {
            Source.Stream twice = new Source.Stream(
                    "s",
                    () -> {
                        other.backup(Fixture.stream(bytes), List.of(), Progress.NONE);
                        return new ByteArrayInputStream(bytes);
                    },
                    bytes.length,
                    null,
                    false);
            repository.backup(twice, List.of(), Progress.NONE);
            repository.forget(List.of(repository
                    .backup(Fixture.stream(Fixture.random(6, 300_000)), List.of(), Progress.NONE)
                    .stored()));
            clock.advance(SLEEP);
            Runnable asleep = () -> {
                other.forget(other.list());
                sleep();
                assertThat(names("packs/")).isEmpty();
            };
            try (Repository slow = Repository.open(
                    new PausedStore(store, "get packs/", asleep), Fixture.PASSPHRASE, Fixture.options(), sleeper)) {
                refused(() -> slow.prune(0.05, Progress.NONE));
            }
        }
        isSentAgain(bytes);
    }

    /** It had read the first pack that no index names when the machine fell asleep. */
    @Test
    void aRepairThatSleptNamesNothingInTheIndexThatAPruneHasTakenAway() {
        byte[] bytes = Fixture.random(7, 3_000_000);
        repository.forget(List.of(repository
                .backup(Fixture.stream(bytes), List.of(), Progress.NONE)
                .stored()));
        names("index/").forEach(store::delete);
        List<String> packs = names("packs/");
        assertThat(packs).hasSizeGreaterThan(1);
        try (Repository slow = Repository.open(
                new PausedStore(store, "get " + packs.get(1), this::sleep),
                Fixture.PASSPHRASE,
                Fixture.options(),
                sleeper)) {
            refused(slow::repair);
        }
        isSentAgain(bytes);
    }

    /** What it had not yet taken out of the index was counted on meanwhile, and is in a trash object that is old by now. */
    @Test
    void aPruneThatSleptBetweenTwoDeletesGoesNoFurther() {
        for (int i = 0; i < 3; i++) {
            StoredSnapshot made = repository
                    .backup(Fixture.stream(Fixture.random(i, 300_000)), List.of(), Progress.NONE)
                    .stored();
            if (i > 0) {
                repository.forget(List.of(made));
            }
        }
        List<String> indexed = names("index/");
        assertThat(indexed).hasSize(3);
        clock.advance(SLEEP);
        prunesAndSleepsBefore("delete index/");
        assertThat(names("index/").stream().filter(indexed::contains)).hasSize(2);

        repository.prune(0.05, Progress.NONE);
        clock.advance(SLEEP);
        int packs = names("packs/").size();
        prunesAndSleepsBefore("delete packs/");
        assertThat(names("packs/")).hasSize(packs - 1);
        assertThat(repository.prune(0.05, Progress.NONE).deleted()).isPositive();
        assertThat(repository.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
    }

    private List<String> names(String prefix) {
        return store.list(prefix).stream().map(ObjectInfo::name).toList();
    }

    private void prunesAndSleepsBefore(String step) {
        try (Repository slow = Repository.open(
                new PausedStore(store, step, () -> clock.advance(SLEEP)),
                Fixture.PASSPHRASE,
                Fixture.options(),
                sleeper)) {
            refused(() -> slow.prune(0.05, Progress.NONE));
        }
    }

    @Test
    void aPruneThatSleptDeletesNothing() {
        byte[] bytes = Fixture.random(2, 300_000);
        StoredSnapshot gone = repository
                .backup(Fixture.stream(bytes), List.of(), Progress.NONE)
                .stored();
        repository.forget(List.of(gone));
        clock.advance(SLEEP);
        int before = store.list("packs/").size();
        assertThat(repository.prune(0.05, Progress.NONE).toTrash()).isEqualTo(before);
        clock.advance(SLEEP);
        try (Repository slow = Repository.open(
                new PausedStore(store, "put trash/", () -> clock.advance(SLEEP)),
                Fixture.PASSPHRASE,
                Fixture.options(),
                sleeper)) {
            byte[] other = Fixture.random(3, 300_000);
            StoredSnapshot second = repository
                    .backup(Fixture.stream(other), List.of(), Progress.NONE)
                    .stored();
            repository.forget(List.of(second));
            clock.advance(SLEEP);
            refused(() -> slow.prune(0.05, Progress.NONE));
            assertThat(store.list("packs/")).hasSizeGreaterThanOrEqualTo(2 * before);
        }
    }
}
