package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.store.FolderStore;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapacityPlanTest {
    private static final long GB = 1_000_000_000;

    @TempDir
    Path tmp;

    @Test
    void aFirstBackupThatCannotFitIsSeenBeforehand() {
        CapacityPlan p = CapacityPlan.of(10 * GB, 0, List.of(), 20 * GB, Retention.DEFAULT);
        assertThat(p.fits()).isFalse();
        assertThat(p.daysOfHistory()).isZero();
    }

    @Test
    void aSmallBrainFitsWithItsHistory() {
        CapacityPlan p = CapacityPlan.of(10 * GB, 0, List.of(), 2 * GB, Retention.DEFAULT);
        assertThat(p.fits()).isTrue();
        assertThat(p.steadyFits()).isTrue();
        assertThat(p.daysUntilFull()).isEqualTo(Integer.MAX_VALUE);
        assertThat(p.daysOfHistory()).isGreaterThan(30);
    }

    @Test
    void aGrowingStoreTellsWhenItIsFull() {
        List<Long> added = new java.util.ArrayList<>(List.of(5 * GB));
        added.addAll(Collections.nCopies(10, GB / 5));
        CapacityPlan p = CapacityPlan.of(10 * GB, 7 * GB, added, 6 * GB, Retention.DEFAULT);
        assertThat(p.nextBytes()).isEqualTo(GB / 5);
        assertThat(p.steadyFits()).isFalse();
        assertThat(p.daysUntilFull()).isEqualTo(15);
        assertThat(p.daysOfHistory()).isLessThan(30);
    }

    @Test
    void aRunStopsAtTheCapAndLeavesNoHalfState() {
        try (Repository r = Repository.init(
                new FolderStore(tmp.resolve("repo")),
                Fixture.PASSPHRASE,
                "k",
                Fixture.SOFT,
                Fixture.options().withPackSize(64 << 10).withRoomBytes(300_000),
                Fixture.environment())) {
            assertThatThrownBy(() -> r.backup(Fixture.stream(Fixture.random(1, 1_000_000)), List.of(), Progress.NONE))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_FULL))
                    .hasMessageContaining("Raise the cap");
            assertThat(r.list()).isEmpty();
            assertThat(r.verify(1, new java.util.Random(1), Progress.NONE).isSound())
                    .isTrue();
            assertThat(r.backup(Fixture.stream(new byte[10]), List.of(), Progress.NONE)
                            .stored()
                            .snapshot()
                            .bytes())
                    .isEqualTo(10);
            assertThat(r.plan("stream", 1_000_000, 10, Retention.DEFAULT).fits())
                    .isTrue();
        }
    }
}
