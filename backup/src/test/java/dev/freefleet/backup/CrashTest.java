package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.DyingStore;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The process dies at every single change of the store that an operation makes, before it and after it. */
class CrashTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final RepositoryOptions options = Fixture.options().withPackSize(32 << 10);

    private Repository open(ObjectStore store) {
        return Repository.open(store, Fixture.PASSPHRASE, options, Fixture.environment(clock));
    }

    private MemoryStore base() {
        MemoryStore store = new MemoryStore(clock);
        Repository.init(store, Fixture.PASSPHRASE, "k", Fixture.SOFT, options, Fixture.environment(clock))
                .close();
        try (Repository r = open(store)) {
            backup(r, 1);
            backup(r, 2);
        }
        return store;
    }

    private StoredSnapshot backup(Repository r, long seed) {
        clock.advance(Duration.ofMinutes(1));
        return r.backup(Fixture.stream(content(seed)), List.of(), Progress.NONE).stored();
    }

    /** More than half of each content are the same in all. */
    private static byte[] content(long seed) {
        byte[] b = Fixture.random(77, 2_400_000);
        System.arraycopy(Fixture.random(seed, 900_000), 0, b, 100_000, 900_000);
        return b;
    }

    private static byte[] read(Repository r, StoredSnapshot s) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            r.archive(s.snapshot(), out, Progress.NONE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Returns at how many moments the operation died. */
    private int everywhere(MemoryStore base, Consumer<Repository> operation, Consumer<Repository> afterwards) {
        int moments = 0;
        for (boolean after : new boolean[] {false, true}) {
            boolean died = true;
            for (int n = 0; died; n++) {
                MemoryStore store = base.copy();
                DyingStore dying = new DyingStore(store, n, after);
                try (Repository r = open(dying)) {
                    operation.accept(r);
                } catch (DyingStore.Died | IllegalStateException e) {
                    assertThat(dying.isDead()).isTrue();
                }
                died = dying.isDead();
                moments += died ? 1 : 0;
                try (Repository r = open(store)) {
                    afterwards.accept(r);
                }
            }
        }
        return moments;
    }

    /** Without a repair: what a death left is no damage, or the next run has finished it. */
    private static void sound(Repository r) {
        VerifyReport v = r.verify(1, new Random(1), Progress.NONE);
        assertThat(v.damage()).isEmpty();
        assertThat(v.affected()).isEmpty();
    }

    @Test
    void deathInEveryPhaseOfABackup() {
        int moments = everywhere(base(), r -> backup(r, 3), r -> {
            assertThat(r.list().size()).isBetween(2, 3);
            assertThat(r.verify(1, new Random(1), Progress.NONE).affected()).isEmpty();
            int before = r.list().size();
            assertThat(read(r, backup(r, 3))).isEqualTo(content(3));
            assertThat(r.list()).hasSize(before + 1);
            assertThat(read(r, r.list().getFirst())).isEqualTo(content(1));
            sound(r);
        });
        assertThat(moments).isGreaterThan(12);
    }

    @Test
    void deathInEveryPhaseOfAPrune() {
        MemoryStore base = base();
        try (Repository r = open(base)) {
            r.forget(List.of(r.list().getFirst()));
        }
        clock.advance(Duration.ofHours(49));
        int marking = everywhere(base, r -> r.prune(0, Progress.NONE), this::stillWhole);
        try (Repository r = open(base)) {
            r.prune(0, Progress.NONE);
        }
        clock.advance(Duration.ofHours(49));
        int sweeping = everywhere(base, r -> r.prune(0, Progress.NONE), this::stillWhole);
        assertThat(marking).isGreaterThan(8);
        assertThat(sweeping).isGreaterThan(4);
    }

    private void stillWhole(Repository r) {
        assertThat(read(r, r.list().getLast())).isEqualTo(content(2));
        sound(r);
        Instant now = clock.instant();
        for (int i = 0; i < 3; i++) {
            r.prune(0, Progress.NONE);
            assertThat(read(r, r.list().getLast())).isEqualTo(content(2));
            clock.advance(Duration.ofHours(49));
        }
        finished(r);
        clock.advance(Duration.between(clock.instant(), now));
        sound(r);
        assertThat(read(r, backup(r, 3))).isEqualTo(content(3));
    }

    /** Nothing waits to be deleted, and of what was forgotten no more is left than packs too small to be worth their while. */
    private void finished(Repository r) {
        assertThat(r.store().list("trash/")).isEmpty();
        assertThat(r.store().list("probe/")).isEmpty();
        assertThat(r.store().list("packs/").stream().mapToLong(ObjectInfo::size).sum())
                .isLessThan(content(2).length + 8L * options.packSize());
    }

    @Test
    void deathInEveryPhaseOfACopy() {
        MemoryStore from = base();
        MemoryStore empty = new MemoryStore(clock);
        Repository.init(empty, Fixture.PASSPHRASE, "k", Fixture.SOFT, options, Fixture.environment(clock))
                .close();
        try (Repository source = open(from)) {
            int moments = everywhere(empty, r -> source.copyTo(r, source.list(), Progress.NONE), r -> {
                assertThat(r.verify(1, new Random(1), Progress.NONE).affected()).isEmpty();
                source.copyTo(r, source.list(), Progress.NONE);
                assertThat(r.list()).hasSize(2);
                assertThat(read(r, r.list().getFirst())).isEqualTo(content(1));
                sound(r);
            });
            assertThat(moments).isGreaterThan(20);
        }
    }

    @Test
    void deathInEveryPhaseOfInitLeavesNothingThatLooksWhole() {
        for (int n = 0; n < 4; n++) {
            MemoryStore store = new MemoryStore(Clock.systemUTC());
            try {
                Fixture.init(new DyingStore(store, n, false)).close();
            } catch (DyingStore.Died e) {
                // What is left either opens or says that there is no repository.
            }
            try (Repository r = Fixture.open(store)) {
                assertThat(n).isGreaterThanOrEqualTo(3);
                assertThat(r.list()).isEmpty();
            } catch (BackupException e) {
                assertThat(e.reason()).isEqualTo(BackupException.Reason.NO_REPOSITORY);
            }
        }
    }
}
