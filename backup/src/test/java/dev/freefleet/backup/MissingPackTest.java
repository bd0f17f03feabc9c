package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pack that a store has lost, and a snapshot that needs it: prunes leave nothing that a later backup would count on. */
class MissingPackTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(clock);
    private final Repository repository = Repository.init(
            store, Fixture.PASSPHRASE, "k", Fixture.SOFT, Fixture.options(), Fixture.environment(clock));

    @AfterEach
    void close() {
        repository.close();
    }

    private StoredSnapshot backup(byte[] stream) {
        return repository
                .backup(Fixture.stream(stream), List.of(), Progress.NONE)
                .stored();
    }

    private PruneReport prune() {
        clock.advance(Duration.ofDays(7));
        return repository.prune(0.05, Progress.NONE);
    }

    @Test
    void whatIsGoneIsSentAgainWheneverTheNextBackupComes() throws IOException {
        for (int prunes = 1; prunes <= 4; prunes++) {
            byte[] bytes = Fixture.random(prunes, 300_000);
            clock.advance(Duration.ofHours(1)); // so that the pack is the newest
            backup(bytes);
            store.list("packs/").stream()
                    .max(Comparator.comparing(ObjectInfo::modified).thenComparingLong(ObjectInfo::size))
                    .ifPresent(pack -> store.delete(pack.name()));
            for (int week = 0; week < prunes; week++) {
                prune();
            }
            StoredSnapshot again = backup(bytes);
            assertThat(again.snapshot().added()).as("after %s prunes", prunes).isGreaterThan(bytes.length);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            repository.archive(again.snapshot(), out, Progress.NONE);
            assertThat(out.toByteArray()).isEqualTo(bytes);
        }
        assertThat(repository.verify(1, new Random(1), Progress.NONE).isSound())
                .as("the same chunks serve the older snapshots too")
                .isTrue();
    }
}
