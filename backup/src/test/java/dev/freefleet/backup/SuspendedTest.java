package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
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
