package dev.freefleet.data.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.TestClock;
import dev.freefleet.data.TestServer;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.data.rollup.UsageFixture;
import dev.freefleet.edge.UsageEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of a process that archives, at random moments of writing, verifying and dropping. */
class ArchiveKillTest {
    private static final int KILLS = Integer.getInteger("archive.kills", 4);
    private static final String NOW = "2026-11-23T12:00:00Z";

    @TempDir
    Path folder;

    /** Archives what there is until it is killed or done. Arguments: URL, user, password, folder. */
    public static void main(String[] args) {
        TestClock clock = new TestClock(NOW);
        try (DataPlane plane =
                        DataPlane.open(DataConfig.of(new DataConfig.External(args[0], args[1], args[2])), clock);
                Database database = plane.pool("archives", 5)) {
            Archives archives = open(database, Path.of(args[3]), clock);
            System.out.println("ready");
            archives.retain(new Archives.Policy(1, 1L << 40), () -> false);
        }
    }

    private static Archives open(Database database, Path folder, TestClock clock) {
        return new Archives(
                database,
                new Rollups(database, clock),
                new FolderArchive(folder.resolve("store")),
                folder.resolve("work-" + ProcessHandle.current().pid()),
                clock);
    }

    private Process start(DataConfig.External external) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ArchiveKillTest.class.getName(),
                        external.url(),
                        external.user(),
                        external.password(),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.equals("ready")) {
            line = out.readLine();
        }
        assertThat(line).as("it begins").isEqualTo("ready");
        return process;
    }

    @Test
    void nothingIsLostAndNothingDoubledHoweverOftenTheProcessIsKilled() throws Exception {
        long seed = Long.getLong("archive.seed", System.nanoTime());
        Random random = new Random(seed);
        DataConfig.External external = TestServer.newDatabase();
        TestClock clock = new TestClock(NOW);
        try (DataPlane plane = DataPlane.open(DataConfig.of(external), clock);
                Database database = plane.pool("archives", 5)) {
            List<UsageEvent> written = new ArrayList<>(
                    new UsageFixture(seed).events(Instant.parse("2026-11-01T00:00:00Z"), Instant.parse(NOW), 4_000));
            UsageFixture.write(plane, written);
            written.sort(Comparator.comparingLong(UsageEvent::timeMillis).thenComparing(UsageEvent::id));
            Archives archives = open(database, folder, clock);
            for (int kill = 0; kill < KILLS; kill++) {
                Process process = start(external);
                process.waitFor(random.nextInt(100, 2_500), TimeUnit.MILLISECONDS);
                process.destroyForcibly().waitFor();

                List<UsageEvent> read = new ArrayList<>();
                archives.read(UsageFilter.between(Instant.MIN, Instant.MAX), false, Long.MAX_VALUE, read::add);
                assertThat(read).as("seed %d, kill %d", seed, kill).isEqualTo(written);
            }
            Process last = start(external);
            assertThat(last.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(last.exitValue()).isZero();

            List<UsageEvent> read = new ArrayList<>();
            archives.read(UsageFilter.between(Instant.MIN, Instant.MAX), false, Long.MAX_VALUE, read::add);
            assertThat(read).as("seed %d", seed).isEqualTo(written);
            assertThat(TestServer.strings(external, "select count(distinct day) from usage_archives"))
                    .containsExactly("21");
        }
    }
}
