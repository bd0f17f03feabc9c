package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a prune moves out of packs that are mostly needed no more. */
class RepackTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore memory = new MemoryStore(clock);
    private final Rotting store = new Rotting(memory);

    /** Counts reads of packs' parts, and has one pack with a byte that is not as it was. */
    private static final class Rotting implements ObjectStore {
        private final ObjectStore store;
        private final AtomicInteger reads = new AtomicInteger();
        private @Nullable String pack;
        private long rotten;

        Rotting(ObjectStore store) {
            this.store = store;
        }

        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
            return store.putIfAbsent(name, bytes, length);
        }

        @Override
        public byte[] get(String name) {
            byte[] all = store.get(name);
            return rot(name, 0, all);
        }

        @Override
        public byte[] get(String name, long offset, int length) {
            reads.addAndGet(name.startsWith("packs/") ? 1 : 0);
            return rot(name, offset, store.get(name, offset, length));
        }

        private byte[] rot(String name, long offset, byte[] part) {
            if (name.equals(pack) && rotten >= offset && rotten < offset + part.length) {
                part[(int) (rotten - offset)] ^= 1;
            }
            return part;
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

    private Repository open(RepositoryOptions options) {
        if (memory.list("config").isEmpty()) {
            Repository.init(memory, Fixture.PASSPHRASE, "k", Fixture.SOFT, options, Fixture.environment(clock))
                    .close();
        }
        return Repository.open(store, Fixture.PASSPHRASE, options, Fixture.environment(clock));
    }

    private static StoredSnapshot backup(Repository r, byte[] stream) {
        return r.backup(Fixture.stream(stream), List.of(), Progress.NONE).stored();
    }

    /** Returns two of three parts. */
    private static byte[] most(byte[] all) {
        ByteArrayOutputStream some = new ByteArrayOutputStream();
        for (int at = 0; at < all.length; at += 900_000) {
            some.write(all, at, Math.min(600_000, all.length - at));
        }
        return some.toByteArray();
    }

    private Set<String> packs() {
        Set<String> names = new HashSet<>();
        memory.list("packs/").forEach(o -> names.add(o.name()));
        return names;
    }

    private static byte[] read(Repository r, StoredSnapshot s) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        r.archive(s.snapshot(), out, Progress.NONE);
        return out.toByteArray();
    }

    /** Each is a request to a bucket, of which a command has 1,500: a full one has 600 packs. */
    @Test
    void aPackIsReadInTwoRequests() throws IOException {
        byte[] all = Fixture.random(1, 52_000_000);
        byte[] some = most(all);
        try (Repository r = open(RepositoryOptions.DEFAULT)) {
            StoredSnapshot whole = backup(r, all);
            StoredSnapshot part = backup(r, some);
            r.forget(List.of(whole));
            clock.advance(Duration.ofHours(49));
            store.reads.set(0);
            PruneReport report = r.prune(0.05, Progress.NONE);
            assertThat(report.repacked()).isGreaterThan(2);
            assertThat(store.reads.get()).isLessThanOrEqualTo(2 * report.repacked() + 4);
            assertThat(read(r, part)).isEqualTo(some);
        }
    }

    /** What was moved before the damage was met is in two packs: the copy counts, and is not made once more each week. */
    @Test
    void whatWasMovedOutOfAPackBeforeItsDamageWasMetIsMovedOnce() throws IOException {
        for (int seed = 0; seed < 6; seed++) {
            byte[] all = Fixture.random(seed, 6_000_000);
            byte[] some = most(all);
            try (Repository r = open(Fixture.oneWorker(Fixture.options().withPackSize(5 << 20)))) {
                StoredSnapshot whole = backup(r, all);
                ObjectInfo largest = memory.list("packs/").stream()
                        .max(Comparator.comparingLong(ObjectInfo::size))
                        .orElseThrow();
                StoredSnapshot part = backup(r, some);
                r.forget(List.of(whole));
                clock.advance(Duration.ofHours(49));
                store.pack = largest.name();
                store.rotten = 3_900_000; // in the middle of a part that stays
                Set<String> before = packs();
                PruneReport met = r.prune(0.05, Progress.NONE);
                assertThat(met.notes()).extracting(Problem::where).contains(largest.name());
                Set<String> moved = packs();
                moved.removeAll(before);
                assertThat(moved).as("some was moved").isNotEmpty();
                assertThat(packs()).as("nothing goes at once").containsAll(before);
                for (int week = 0; week < 3; week++) {
                    clock.advance(Duration.ofDays(7));
                    r.prune(0.05, Progress.NONE);
                    assertThat(packs()).as("week %s", week).containsAll(moved).contains(largest.name());
                    Set<String> more = packs();
                    more.removeAll(moved);
                    more.removeAll(before);
                    assertThat(more).as("copied again in week %s", week).isEmpty();
                }
                store.pack = null; // a disk that was mended, to see that all is there but for that byte
                assertThat(read(r, part)).isEqualTo(some);
                assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
                r.forget(List.of(part));
                for (int week = 0; week < 2; week++) {
                    clock.advance(Duration.ofDays(7));
                    r.prune(0.05, Progress.NONE);
                }
                assertThat(packs()).isEmpty();
            }
        }
    }

    /** Two runs at once send the same chunks twice; then one of the packs is lost. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChunkWhoseOtherPackIsGoneStays(boolean firstIsLost) throws IOException {
        byte[] bytes = Fixture.random(7, 300_000);
        try (Repository r = open(Fixture.options());
                Repository other = open(Fixture.options())) {
            Set<String> ofOther = new HashSet<>();
            Source.Stream meanwhile = new Source.Stream(
                    "stream",
                    () -> {
                        backup(other, bytes);
                        ofOther.addAll(packs());
                        clock.advance(Duration.ofMinutes(1));
                        return new ByteArrayInputStream(bytes);
                    },
                    bytes.length,
                    null,
                    false);
            StoredSnapshot s = r.backup(meanwhile, List.of(), Progress.NONE).stored();
            assertThat(packs()).as("the same twice").hasSize(2 * ofOther.size());
            for (String pack : packs()) {
                if (ofOther.contains(pack) == firstIsLost) {
                    memory.delete(pack);
                }
            }
            for (int week = 0; week < 4; week++) {
                clock.advance(Duration.ofDays(7));
                r.prune(0.05, Progress.NONE);
                assertThat(read(r, s)).as("week %s", week).isEqualTo(bytes);
            }
        }
    }
}
