package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** "An attacker with the backup credentials": credentials that cannot delete suffice to back up, restore, verify and repair. */
class AppendOnlyTest {
    /** A store whose credentials cannot delete. */
    private record Undeletable(ObjectStore store) implements ObjectStore {
        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
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
            throw new AssertionError("delete was called for " + name);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() {}
    }

    @Test
    void appendOnlyCredentialsSufficeToBackUp() {
        MemoryStore memory = new MemoryStore(Clock.systemUTC());
        RepositoryOptions options = Fixture.options().withAppendOnly(true);
        try (Repository r = Repository.init(
                new Undeletable(memory), Fixture.PASSPHRASE, "k", Fixture.SOFT, options, Fixture.environment())) {
            r.backup(Fixture.stream(Fixture.random(1, 3_000_000)), List.of(), Progress.NONE);
            r.backup(Fixture.stream(Fixture.random(2, 3_000_000)), List.of(), Progress.NONE);
            memory.list("index/").stream().limit(1).forEach(o -> memory.delete(o.name()));
            assertThat(r.repair()).isNotEmpty();
            assertThat(r.verify(1, new java.util.Random(1), Progress.NONE).isSound())
                    .isTrue();
            for (org.assertj.core.api.ThrowableAssert.ThrowingCallable refused :
                    List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                            () -> r.prune(0, Progress.NONE),
                            () -> r.forget(r.list()),
                            () -> r.toForget(Retention.DEFAULT),
                            () -> r.removeKey(r.keys().getFirst().id()))) {
                assertThatThrownBy(refused)
                        .isInstanceOfSatisfying(
                                BackupException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
            }
            assertThat(r.list()).hasSize(2);
        }
    }

    @Test
    void whatAnAttackerWritesReplacesNothing() {
        MemoryStore memory = new MemoryStore(Clock.systemUTC());
        try (Repository r = Fixture.init(memory)) {
            r.backup(Fixture.stream(Fixture.random(1, 100_000)), List.of(), Progress.NONE);
            for (ObjectInfo o : memory.list("")) {
                assertThat(memory.putIfAbsent(o.name(), new byte[10])).isFalse();
            }
            // Objects that were sealed under another key neither open nor stand in the way.
            memory.putIfAbsent("snapshots/" + "0".repeat(64), Fixture.random(1, 500));
            memory.putIfAbsent("index/" + "0".repeat(64), Fixture.random(2, 500));
            memory.putIfAbsent("keys/" + "0".repeat(32), Fixture.random(3, 500));
            assertThat(r.list()).hasSize(1);
            VerifyReport v = r.verify(1, new java.util.Random(1), Progress.NONE);
            assertThat(v.damage().stream().map(Problem::where))
                    .contains("snapshots/" + "0".repeat(64), "index/" + "0".repeat(64), "keys/" + "0".repeat(32));
        }
        Fixture.open(memory).close();
    }
}
