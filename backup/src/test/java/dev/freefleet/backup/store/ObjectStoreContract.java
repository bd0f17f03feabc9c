package dev.freefleet.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Fixture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class ObjectStoreContract {
    private ObjectStore store;

    /** Returns an empty store. */
    abstract ObjectStore create() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = create();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static void fails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void whatWasPutIsThere() {
        byte[] bytes = Fixture.random(1, 100_000);
        assertThat(store.putIfAbsent("packs/abc", bytes)).isTrue();
        assertThat(store.get("packs/abc")).isEqualTo(bytes);
        assertThat(store.get("packs/abc", 99_990, 10)).isEqualTo(java.util.Arrays.copyOfRange(bytes, 99_990, 100_000));
        assertThat(store.get("packs/abc", 0, 1)).containsExactly(bytes[0]);
    }

    @Test
    void arraysMayBeLongerThanWhatIsPutOrRead() {
        byte[] bytes = Fixture.random(2, 700_000);
        assertThat(store.putIfAbsent("packs/abc", bytes, 600_000)).isTrue();
        assertThat(store.get("packs/abc")).isEqualTo(java.util.Arrays.copyOf(bytes, 600_000));
        byte[] into = new byte[599_000];
        store.get("packs/abc", 1_000, into, 598_000);
        assertThat(java.util.Arrays.copyOf(into, 598_000))
                .isEqualTo(java.util.Arrays.copyOfRange(bytes, 1_000, 599_000));
        assertThat(java.util.Arrays.copyOfRange(into, 598_000, 599_000)).containsOnly(0);
        fails(() -> store.get("packs/abc", 1_001, into, 599_000), Reason.DAMAGED);
        fails(() -> store.get("packs/abd", 0, into, 1), Reason.MISSING);
    }

    @Test
    void whatIsThereIsNotOverwritten() {
        store.putIfAbsent("config", new byte[] {1});
        assertThat(store.putIfAbsent("config", new byte[] {2, 3})).isFalse();
        assertThat(store.get("config")).containsExactly(1);
    }

    @Test
    void whatIsNotThereIsMissing() {
        fails(() -> store.get("packs/none"), Reason.MISSING);
        fails(() -> store.get("packs/none", 0, 10), Reason.MISSING);
        store.delete("packs/none");
    }

    @Test
    void aPartBeyondTheEndIsDamage() {
        store.putIfAbsent("packs/short", new byte[10]);
        fails(() -> store.get("packs/short", 5, 10), Reason.DAMAGED);
        fails(() -> store.get("packs/short", 50, 10), Reason.DAMAGED);
    }

    @Test
    void listsTellNamesSizesAndTimes() {
        Instant before = Instant.now().minus(Duration.ofMinutes(1));
        store.putIfAbsent("packs/a", new byte[3]);
        store.putIfAbsent("packs/b", new byte[4]);
        store.putIfAbsent("index/a", new byte[5]);
        assertThat(store.list("packs/")).extracting(ObjectInfo::name).containsExactlyInAnyOrder("packs/a", "packs/b");
        assertThat(store.list(""))
                .hasSize(3)
                .allSatisfy(o ->
                        assertThat(o.modified()).isBetween(before, Instant.now().plus(Duration.ofMinutes(1))));
        assertThat(store.list("packs/b"))
                .singleElement()
                .satisfies(o -> assertThat(o.size()).isEqualTo(4));
        assertThat(store.list("none/")).isEmpty();
    }

    @Test
    void listsAreWhole() {
        for (int i = 0; i < 1100; i++) {
            store.putIfAbsent("many/" + i, new byte[] {1});
        }
        assertThat(store.list("many/")).hasSize(1100);
    }

    @Test
    void whatWasDeletedIsGone() {
        store.putIfAbsent("packs/a", new byte[3]);
        store.delete("packs/a");
        assertThat(store.list("packs/")).isEmpty();
        fails(() -> store.get("packs/a"), Reason.MISSING);
        assertThat(store.putIfAbsent("packs/a", new byte[3])).isTrue();
    }

    @Test
    void ofManyWritersOneWinsAndNothingIsTorn() throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                byte[] mine = Fixture.random(i, 50_000);
                puts.add(() -> store.putIfAbsent("config", mine));
            }
            int wins = 0;
            for (Future<Boolean> f : pool.invokeAll(puts)) {
                wins += f.get() ? 1 : 0;
            }
            byte[] there = store.get("config");
            assertThat(wins).isEqualTo(1);
            assertThat(java.util.stream.IntStream.range(0, 8)
                            .anyMatch(i -> java.util.Arrays.equals(there, Fixture.random(i, 50_000))))
                    .isTrue();
        }
    }
}
