package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeLogTest {
    private static final long NOW = 1_764_000_000_000L;

    @TempDir
    Path folder;

    private final AtomicLong millis = new AtomicLong(NOW);

    private PurgeLog open() {
        return PurgeLog.open(folder.resolve("purges"), millis::get);
    }

    @Test
    void purgesOutlastARestart() throws Exception {
        PurgeLog log = open();
        log.add("query", null, null);
        millis.addAndGet(1_000);
        log.add(null, "notes/ä.md", "query:01");
        assertThat(open().purged()).isEqualTo(log.purged());
        assertThat(log.purged().last()).extracting(PurgeLog.Purge::seq).containsExactly(1L, 2L);
        assertThat(Files.getPosixFilePermissions(folder.resolve("purges")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aPurgeOfAllIsAFloor() {
        PurgeLog log = open();
        log.add("query", null, null);
        log.add(null, null, null);
        assertThat(log.purged().floor()).isEqualTo(NOW + PurgeLog.SKEW);
        assertThat(log.purged().last()).hasSize(1);
        log.add("query", null, null);
        assertThat(log.purged().last()).extracting(PurgeLog.Purge::seq).containsExactly(2L, 3L);
    }

    @Test
    void whatFallsOffTheListIsPurgedAsAWhole() {
        PurgeLog log = open();
        for (int i = 0; i < PurgeLog.KEPT + 2; i++) {
            millis.addAndGet(1_000);
            log.add(null, "tag" + i, null);
        }
        assertThat(log.purged().last()).hasSize(PurgeLog.KEPT);
        assertThat(log.purged().floor()).isEqualTo(NOW + 2_000 + PurgeLog.SKEW);
        assertThat(open().purged()).isEqualTo(log.purged());
    }

    @Test
    void aClockThatIsSetBackPurgesNoLess() {
        PurgeLog log = open();
        log.add(null, "a", null);
        millis.set(NOW - 3_600_000);
        log.add(null, "b", null);
        assertThat(log.purged().last()).extracting(PurgeLog.Purge::at).containsExactly(NOW + 5_000, NOW + 5_000);
    }

    @Test
    void aDamagedListPurgesEverything() throws Exception {
        for (String damaged : new String[] {"", "{", "{\"floor\":1}", "{\"floor\":0,\"last\":[{}]}", "\u0000\u0000"}) {
            Files.writeString(folder.resolve("purges"), damaged);
            assertThat(open().purged().floor()).as(damaged).isEqualTo(NOW + PurgeLog.SKEW);
        }
    }

    @Test
    void aPurgeThatCannotBeWrittenIsNotNoted() throws Exception {
        PurgeLog log = open();
        Files.createDirectories(folder.resolve("purges").resolve("in the way"));
        assertThatThrownBy(() -> log.add("query", null, null)).isInstanceOf(UncheckedIOException.class);
        assertThat(log.purged().last()).isEmpty();
    }
}
