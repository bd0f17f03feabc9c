package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bit rot, truncation and loss, one at a time, in every object of a small repository. */
class DamageTest {
    @TempDir
    Path tmp;

    private Path repo;
    private Map<String, String> expected = Map.of();

    @BeforeEach
    void repository() throws IOException {
        repo = tmp.resolve("repo");
        Path src = Files.createDirectories(tmp.resolve("src/d"));
        Files.write(src.resolve("one"), Fixture.random(1, 120));
        Files.write(src.resolve("two"), Fixture.random(2, 120));
        Files.writeString(src.resolve("three"), "three");
        try (Repository r = Repository.init(
                new FolderStore(repo),
                Fixture.PASSPHRASE,
                "k",
                Fixture.SOFT,
                Fixture.options().withPackSize(1024),
                Fixture.environment())) {
            Fixture.backup(r, tmp.resolve("src"));
            Files.write(src.resolve("four"), Fixture.random(4, 80));
            Fixture.backup(r, tmp.resolve("src"));
        }
        expected = Fixture.describe(tmp.resolve("src"));
    }

    private List<String> objects() {
        try (FolderStore s = new FolderStore(repo)) {
            return s.list("").stream().map(ObjectInfo::name).sorted().toList();
        }
    }

    /** What the newest snapshot gives back, with what is lost of it. */
    private void allElseRestores(String object, boolean damaged) {
        Path out = tmp.resolve("out");
        Fixture.deleteTree(out);
        try (Repository r = Fixture.open(repo)) {
            VerifyReport report = r.verify(1, new Random(1), Progress.NONE);
            List<String> named =
                    new ArrayList<>(report.damage().stream().map(Problem::where).toList());
            if (damaged) {
                assertThat(report.isSound()).as("%s", object).isFalse();
                if (!object.startsWith("index/")) {
                    assertThat(named).as("%s", object).contains(object);
                } else {
                    assertThat(named).as("%s", object).anyMatch(n -> n.equals(object) || n.startsWith("packs/"));
                }
            }
            RestoreResult result = r.restore(r.list().getLast().snapshot(), "", out, false, Progress.NONE);
            Map<String, String> got = Fixture.describe(out);
            Set<String> lost = new HashSet<>();
            result.lost().forEach(p -> lost.add(p.where()));
            if (!object.startsWith("packs/")) {
                assertThat(got).as("%s", object).isEqualTo(expected);
            } else {
                expected.forEach((path, facts) -> {
                    boolean gone = lost.stream().anyMatch(l -> l.equals(path) || l.startsWith("snapshot"));
                    if (!gone && !path.endsWith("/")) {
                        assertThat(got).as("%s", object).containsEntry(path, facts);
                    }
                });
                if (got.size() < expected.size()) {
                    assertThat(lost).as("%s", object).isNotEmpty();
                    assertThat(report.affected()).as("%s", object).isNotEmpty();
                }
            }
        }
    }

    private void with(String object, UnaryOperator<byte[]> change, boolean damaged) throws IOException {
        Path file = repo.resolve(object);
        byte[] good = Files.readAllBytes(file);
        Files.write(file, change.apply(good.clone()));
        try {
            allElseRestores(object, damaged);
        } finally {
            Files.write(file, good);
        }
    }

    @Test
    void anUndamagedRepositoryIsSound() {
        try (Repository r = Fixture.open(repo)) {
            VerifyReport report = r.verify(1, new Random(1), Progress.NONE);
            assertThat(report.isSound()).isTrue();
            assertThat(report.notes()).isEmpty();
            assertThat(report.packsRead()).isEqualTo(report.packs()).isGreaterThan(2);
        }
    }

    /** An array for reading is given back before smaller parts are tried, however often the parts are halved. */
    @Test
    void ofAPackThatWasCutTheRestIsReadWithNoMoreArraysThanReaders() throws IOException {
        Path many = Files.createDirectories(tmp.resolve("many"));
        for (int i = 0; i < 400; i++) {
            Files.write(many.resolve("file-" + i), Fixture.random(i, 3_000));
        }
        MemoryStore whole = new MemoryStore(Clock.systemUTC());
        try (Repository r = Fixture.init(whole)) {
            Fixture.backup(r, many);
        }
        CutStore cut = new CutStore(whole, 500_000);
        try (Repository r = Repository.open(cut, Fixture.PASSPHRASE, Fixture.options(), Fixture.environment())) {
            RestoreResult result =
                    r.restore(r.find("latest").snapshot(), "", tmp.resolve("some"), false, Progress.NONE);
            assertThat(result.lostCount()).isBetween(1L, 399L);
        }
        assertThat(cut.arrays).hasSizeBetween(1, 5);
    }

    /** A store whose packs end early; it notes the arrays that it is given. */
    private static final class CutStore implements ObjectStore {
        private final ObjectStore whole;
        private final long end;
        private final Set<byte[]> arrays =
                Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

        CutStore(ObjectStore whole, long end) {
            this.whole = whole;
            this.end = end;
        }

        @Override
        public void get(String name, long offset, byte[] into, int length) {
            arrays.add(into);
            requireThere(name, offset + length);
            whole.get(name, offset, into, length);
        }

        private void requireThere(String name, long to) {
            if (name.startsWith("packs/") && to > end) {
                throw BackupException.damaged(name, "it ends before " + to);
            }
        }

        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
            return whole.putIfAbsent(name, bytes, length);
        }

        @Override
        public byte[] get(String name) {
            return whole.get(name);
        }

        @Override
        public byte[] get(String name, long offset, int length) {
            requireThere(name, offset + length);
            return whole.get(name, offset, length);
        }

        @Override
        public List<ObjectInfo> list(String prefix) {
            return whole.list(prefix);
        }

        @Override
        public void delete(String name) {
            whole.delete(name);
        }

        @Override
        public String describe() {
            return whole.describe();
        }

        @Override
        public void close() {}
    }

    @Test
    void everySingleByteFlipIsFoundAndNamedAndAllElseRestores() throws IOException {
        Random random = new Random(7);
        int flips = 0;
        for (String object : objects()) {
            int size = (int) Files.size(repo.resolve(object));
            for (int i = 0; i < size; i++) {
                int at = i;
                with(
                        object,
                        b -> {
                            b[at] ^= (byte) (1 << random.nextInt(8));
                            return b;
                        },
                        true);
                flips++;
            }
        }
        assertThat(flips).isGreaterThan(2500);
    }

    @Test
    void everyTruncationIsFound() throws IOException {
        for (String object : objects()) {
            int size = (int) Files.size(repo.resolve(object));
            for (int length : new int[] {0, 1, 20, size / 2, size - 1}) {
                with(object, b -> java.util.Arrays.copyOf(b, length), true);
            }
        }
    }

    @Test
    void everyMissingObjectIsFoundAndRepairedWhereItCanBe() throws IOException {
        for (String object : objects()) {
            Path file = repo.resolve(object);
            byte[] good = Files.readAllBytes(file);
            Files.delete(file);
            allElseRestores(object, true);
            if (!object.startsWith("packs/")) {
                try (Repository r = Fixture.open(repo)) {
                    assertThat(r.repair()).as("%s", object).isNotEmpty();
                    assertThat(r.verify(1, new Random(1), Progress.NONE).isSound())
                            .as("%s", object)
                            .isTrue();
                }
            }
            Files.write(file, good);
        }
    }

    @Test
    void theIndexIsRebuiltFromPacksAlone() throws IOException {
        for (String object : objects()) {
            if (object.startsWith("index/")) {
                Files.delete(repo.resolve(object));
            }
        }
        allElseRestores("index/all", false);
        try (Repository r = Fixture.open(repo)) {
            assertThat(r.repair()).hasSize(1);
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            assertThat(Fixture.backup(r, tmp.resolve("src")).snapshot().added()).isLessThan(2000);
        }
    }

    /** What is not named would not be mended from another repository either. */
    @Test
    void allThatIsDamagedIsNamedHoweverMuchItIs() {
        MemoryStore store = new MemoryStore(Clock.systemUTC());
        try (Repository r = Fixture.init(store)) {
            Set<String> packs = new HashSet<>();
            for (int i = 0; i < BackupResult.MOST_PROBLEMS + 100; i++) {
                packs.add("packs/%064x".formatted(i));
            }
            packs.forEach(pack -> store.putIfAbsent(pack, new byte[200]));
            List<Problem> damage = r.verify(1, new Random(1), Progress.NONE).damage();
            assertThat(damage).extracting(Problem::where).containsAll(packs);
        }
    }

    @Test
    void aSampleReadsPartOfThePacks() {
        try (Repository r = Fixture.open(repo)) {
            assertThat(r.verify(0, new Random(1), Progress.NONE).packsRead()).isZero();
            int sum = 0;
            Random random = new Random(5);
            for (int i = 0; i < 50; i++) {
                sum += r.verify(0.3, random, Progress.NONE).packsRead();
            }
            int packs = r.verify(0, random, Progress.NONE).packs();
            assertThat(sum / (50.0 * packs)).isBetween(0.15, 0.45);
        }
    }
}
