package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.archive.FolderArchive;
import dev.freefleet.data.jobs.Job;
import dev.freefleet.data.jobs.Jobs;
import dev.freefleet.data.jobs.JobsConfig;
import dev.freefleet.data.jobs.PastRun;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.data.upkeep.Upkeep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The data plane's jobs, all of them, on whatever server and with whatever roles a test has. */
final class UpkeepInUse {
    private static final UsageFilter ALL = UsageFilter.between(Instant.MIN, Instant.MAX);

    private UpkeepInUse() {}

    /** What is older than a day goes to the archive, is read from there, and loses a user; the figures say what the rows said. */
    static void works(DataPlane plane, Clock clock) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("upkeep-");
        try (Database database = plane.pool("upkeep", 4);
                Database reading = plane.readingPool("reading", 3)) {
            Rollups rollups = new Rollups(database, reading, clock);
            Archives archives = new Archives(
                    database,
                    reading,
                    rollups,
                    new FolderArchive(folder.resolve("store")),
                    folder.resolve("work"),
                    clock);
            long rows = plane.usage().count(ALL);
            List<Job> jobs =
                    new Upkeep(plane, database, rollups, archives, new Archives.Policy(1, 1L << 40), clock).jobs();
            try (Jobs scheduled = Jobs.start(plane.pool("jobs", 7), clock, JobsConfig.of("here"), jobs)) {
                for (Job job : jobs) {
                    UUID run = scheduled.run(job.name());
                    eventually(
                            job.name() + " ended",
                            () -> scheduled
                                    .run(run)
                                    .filter(past -> past.outcome() != PastRun.Outcome.RUNNING)
                                    .isPresent());
                    assertThat(scheduled.run(run))
                            .hasValueSatisfying(past -> assertThat(past.outcome())
                                    .as("%s: %s", job.name(), past.summary())
                                    .isEqualTo(PastRun.Outcome.DONE));
                }
                assertThat(scheduled.pause("cleanup", true)).isTrue();
                assertThat(scheduled.pause("cleanup", false)).isTrue();
                assertThat(scheduled.list()).hasSize(jobs.size());
            }
            assertThat(plane.usage().count(ALL)).as("some are archived").isLessThan(rows);
            List<String> read = new ArrayList<>();
            assertThat(archives.read(ALL, false, Long.MAX_VALUE, event -> read.add(event.id())))
                    .isEqualTo(rows);
            assertThat(read).doesNotHaveDuplicates();
            LocalDate end = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).plusDays(1);
            assertThat(rollups.summary(LocalDate.EPOCH, end, Rollups.By.TOTAL).values())
                    .singleElement()
                    .satisfies(all -> assertThat(all.requests()).isEqualTo(rows));
            assertThat(rollups.users(LocalDate.EPOCH, end, 10)).isNotEmpty();
            assertThat(rollups.queries(LocalDate.EPOCH, end, 10)).isNotEmpty();
            long user = rollups.users(LocalDate.EPOCH, end, 10).getFirst().userId();
            rollups.forget(user, false);
            assertThat(archives.forget(user, false).requests()).isGreaterThanOrEqualTo(0);
        } finally {
            TestServer.delete(folder);
        }
    }
}
