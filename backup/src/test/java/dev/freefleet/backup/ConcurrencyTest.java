package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.store.FolderStore;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two backups and two prunes at once, as processes of their own would be: each with its own repository object. */
class ConcurrencyTest {
    private static final Duration LEAST = Duration.ofSeconds(16);
    private static final Duration MOST = Duration.ofMinutes(2);

    @TempDir
    Path tmp;

    private final AtomicInteger written = new AtomicInteger();
    private final AtomicInteger deleted = new AtomicInteger();
    private final long began = System.nanoTime();

    /** On a busy machine it takes longer until there was something to lose. */
    private boolean goesOn() {
        Duration passed = Duration.ofNanos(System.nanoTime() - began);
        boolean enough = written.get() > 4 && deleted.get() > 0;
        return passed.compareTo(enough ? LEAST : MOST) < 0;
    }

    /** Half of the content is shared by all. */
    private static byte[] content(int writer, int round) {
        byte[] b = Fixture.random(5, 600_000);
        System.arraycopy(Fixture.random(1000L * writer + round, 300_000), 0, b, 0, 300_000);
        return b;
    }

    private Repository open(RepositoryOptions options) {
        return Repository.open(
                new FolderStore(tmp.resolve("repo")), Fixture.PASSPHRASE, options, Fixture.environment());
    }

    @Test
    void twoBackupsAndTwoPrunesLoseNothing() throws Exception {
        Fixture.init(tmp.resolve("repo")).close();
        // An age that lets prune work on what is six seconds old, and runs of at most two: between them lies what a
        // busy machine may take
        // from a run's last look at the clock to its manifest.
        RepositoryOptions options =
                Fixture.options().withPackSize(64 << 10).withAges(Duration.ofSeconds(2), Duration.ofSeconds(6));
        List<StoredSnapshot> all = new ArrayList<>();
        Set<String> forgotten = ConcurrentHashMap.newKeySet();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Future<List<StoredSnapshot>>> writers = new ArrayList<>();
            for (int w = 1; w <= 2; w++) {
                int writer = w;
                writers.add(pool.submit(() -> write(writer, options)));
            }
            Future<?> prunes = pool.submit(() -> prune(options, forgotten));
            Future<?> others = pool.submit(() -> prune(options, forgotten));
            for (Future<List<StoredSnapshot>> f : writers) {
                all.addAll(f.get());
            }
            prunes.get();
            others.get();
        }
        assertThat(all.size()).isGreaterThan(4);
        assertThat(deleted.get()).as("packs that were deleted meanwhile").isPositive();
        Set<String> left = objects(all);
        left.removeAll(forgotten);
        try (Repository r = open(options)) {
            assertThat(objects(r.list()))
                    .as("what was made and not forgotten")
                    .containsAll(left)
                    .isSubsetOf(objects(all));
            assertThat(left.size()).isPositive();
            VerifyReport v = r.verify(1, new Random(1), Progress.NONE);
            assertThat(v.damage()).isEmpty();
            assertThat(v.affected()).isEmpty();
            for (StoredSnapshot s : r.list()) {
                String[] tags = s.snapshot().tags().getFirst().split("-", 2);
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                r.archive(s.snapshot(), out, Progress.NONE);
                assertThat(out.toByteArray()).isEqualTo(content(Integer.parseInt(tags[0]), Integer.parseInt(tags[1])));
            }
        }
    }

    private static Set<String> objects(List<StoredSnapshot> snapshots) {
        return snapshots.stream().map(StoredSnapshot::object).collect(Collectors.toCollection(HashSet::new));
    }

    private List<StoredSnapshot> write(int writer, RepositoryOptions options) {
        List<StoredSnapshot> made = new ArrayList<>();
        for (int round = 0; goesOn(); round++) {
            try (Repository r = open(options)) {
                // Rounds repeat, so that what prune is about to delete is wanted again.
                int which = round % 5;
                made.add(r.backup(Fixture.stream(content(writer, which)), List.of(writer + "-" + which), Progress.NONE)
                        .stored());
                written.incrementAndGet();
            } catch (BackupException e) {
                // A machine under load may need longer than the two seconds; then nothing may be recorded.
                assertThat(e.reason()).isEqualTo(BackupException.Reason.REFUSED);
            }
        }
        return made;
    }

    private void prune(RepositoryOptions options, Set<String> forgotten) {
        while (goesOn()) {
            try (Repository r = open(options)) {
                List<StoredSnapshot> all = r.list();
                if (all.size() > 6) {
                    List<StoredSnapshot> old = all.subList(0, all.size() - 6);
                    forgotten.addAll(objects(old));
                    r.forget(old);
                }
                deleted.addAndGet(r.prune(0.05, Progress.NONE).deleted());
            } catch (BackupException e) {
                assertThat(e.reason()).isEqualTo(BackupException.Reason.REFUSED);
            }
        }
    }
}
