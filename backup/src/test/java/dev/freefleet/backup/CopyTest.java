package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.MemoryStore;
import dev.freefleet.backup.store.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyTest {
    @TempDir
    Path tmp;

    @Test
    void onlyWhatIsMissingIsSent() throws IOException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        Files.write(src.resolve("big"), Fixture.random(1, 4_000_000));
        Unlock other = Unlock.passphrase("another passphrase");
        try (Repository here = Fixture.init(tmp.resolve("here"));
                Repository there = Repository.init(
                        new FolderStore(tmp.resolve("there")),
                        other,
                        "k",
                        Fixture.SOFT,
                        Fixture.options(),
                        Fixture.environment())) {
            Fixture.backup(here, src);
            assertThat(here.copyTo(there, here.list(), Progress.NONE).copied())
                    .singleElement()
                    .satisfies(s -> assertThat(s.snapshot().added()).isGreaterThan(4_000_000));
            Files.write(src.resolve("little"), Fixture.random(2, 50_000));
            Fixture.backup(here, src);
            List<StoredSnapshot> second =
                    here.copyTo(there, here.list(), Progress.NONE).copied();
            assertThat(second)
                    .singleElement()
                    .satisfies(s -> assertThat(s.snapshot().added()).isBetween(50_000L, 60_000L));
            assertThat(here.copyTo(there, here.list(), Progress.NONE).copied()).isEmpty();
            assertThat(there.list().stream().map(s -> s.snapshot().id()))
                    .containsExactlyElementsOf(
                            here.list().stream().map(s -> s.snapshot().id()).toList());
            assertThat(there.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            there.restore(there.find("latest").snapshot(), "", tmp.resolve("out"), false, Progress.NONE);
            assertThat(Fixture.describe(tmp.resolve("out"))).isEqualTo(Fixture.describe(src));
        }
    }

    /** One that is damaged where it comes from keeps none of the others from going off-site. */
    @Test
    void whatIsDamagedIsNamedAndTheOthersAreCopied() {
        MemoryStore store = new MemoryStore(Clock.systemUTC());
        try (Repository here = Fixture.init(store);
                Repository there = Fixture.init(new MemoryStore(Clock.systemUTC()))) {
            List<StoredSnapshot> all = new ArrayList<>();
            List<String> packs = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                store.list("packs/").forEach(o -> packs.add(o.name()));
                all.add(here.backup(Fixture.stream(Fixture.random(i, 300_000)), List.of(), Progress.NONE)
                        .stored());
                if (i == 1) {
                    store.list("packs/").stream()
                            .filter(o -> !packs.contains(o.name()))
                            .forEach(o -> store.delete(o.name()));
                }
            }
            CopyReport report = here.copyTo(there, all, Progress.NONE);
            String damaged = all.get(1).snapshot().id();
            assertThat(report.copied().stream().map(s -> s.snapshot().id()))
                    .containsExactly(
                            all.get(0).snapshot().id(), all.get(2).snapshot().id());
            assertThat(report.unreadable()).extracting(Problem::where).containsExactly(damaged);
            assertThat(there.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            assertThat(there.list()).hasSize(2);
        }
    }

    /** What a run may add is what the cap leaves to all of it. */
    @Test
    void severalSnapshotsShareTheRoom() {
        MemoryStore target = new MemoryStore(Clock.systemUTC());
        Fixture.init(target).close();
        long before = bytes(target);
        try (Repository here = Fixture.init(new MemoryStore(Clock.systemUTC()));
                Repository there = Repository.open(
                        target,
                        Fixture.PASSPHRASE,
                        Fixture.options().withRoomBytes(1_000_000),
                        Fixture.environment())) {
            for (int i = 0; i < 4; i++) {
                here.backup(Fixture.stream(Fixture.random(i, 400_000)), List.of(), Progress.NONE);
            }
            assertThatThrownBy(() -> here.copyTo(there, here.list(), Progress.NONE))
                    .isInstanceOfSatisfying(
                            BackupException.class,
                            e -> assertThat(e.reason()).isEqualTo(BackupException.Reason.STORE_FULL));
            assertThat(there.list()).hasSize(2);
            for (int i = 10; i < 13; i++) {
                byte[] more = Fixture.random(i, 150_000);
                try {
                    there.backup(Fixture.stream(more), List.of(), Progress.NONE);
                } catch (BackupException full) {
                    assertThat(full.reason()).isEqualTo(BackupException.Reason.STORE_FULL);
                }
            }
            assertThat(there.list()).as("one that is smaller fits").hasSize(3);
            assertThat(bytes(target) - before).isLessThan(1_010_000);
        }
    }

    private static long bytes(MemoryStore store) {
        return store.list("").stream().mapToLong(ObjectInfo::size).sum();
    }
}
