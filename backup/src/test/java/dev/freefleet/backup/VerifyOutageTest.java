package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A store that stops to answer is no damage: a verification says that it was not finished, whenever that was. */
class VerifyOutageTest {
    private final MemoryStore memory = new MemoryStore(Clock.systemUTC());
    private int reads;
    private int most = Integer.MAX_VALUE;

    private final ObjectStore store = new ObjectStore() {
        private void read(String name) {
            if (++reads > most) {
                throw new BackupException(Reason.BUDGET_EXHAUSTED, name, "no more requests", null);
            }
        }

        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
            return memory.putIfAbsent(name, bytes, length);
        }

        @Override
        public synchronized byte[] get(String name) {
            read(name);
            return memory.get(name);
        }

        @Override
        public synchronized byte[] get(String name, long offset, int length) {
            read(name);
            return memory.get(name, offset, length);
        }

        @Override
        public List<ObjectInfo> list(String prefix) {
            return memory.list(prefix);
        }

        @Override
        public void delete(String name) {
            memory.delete(name);
        }

        @Override
        public String describe() {
            return "a store that stops";
        }

        @Override
        public void close() {}
    };

    @Test
    void whatWasNotReadIsNotCalledDamaged() {
        try (Repository r = Fixture.init(store)) {
            r.backup(Fixture.stream(Fixture.random(1, 300_000)), List.of(), Progress.NONE);
            ObjectInfo largest = memory.list("packs/").stream()
                    .max(java.util.Comparator.comparingLong(ObjectInfo::size))
                    .orElseThrow();
            byte[] bytes = memory.get(largest.name());
            bytes[100] ^= 1;
            memory.delete(largest.name());
            memory.putIfAbsent(largest.name(), bytes);
            reads = 0;
            VerifyReport whole = r.verify(1, new Random(1), Progress.NONE);
            int needed = reads;
            assertThat(whole.affected()).isNotEmpty();
            for (most = 0; most < needed; most++) {
                reads = 0;
                assertThatThrownBy(() -> r.verify(1, new Random(1), Progress.NONE))
                        .as("after %s of %s reads", most, needed)
                        .isInstanceOfSatisfying(
                                BackupException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.BUDGET_EXHAUSTED));
            }
        }
    }
}
