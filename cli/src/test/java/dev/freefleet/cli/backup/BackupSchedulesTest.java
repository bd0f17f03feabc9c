package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.Flags;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.data.jobs.Job;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The usual times of backups' jobs beside each other. */
class BackupSchedulesTest {
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2036-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private static Set<LocalDate> days(List<Job> jobs, String name) {
        Job job = jobs.stream().filter(j -> j.name().equals(name)).findFirst().orElseThrow();
        Set<LocalDate> days = new HashSet<>();
        Instant due = job.schedule().next(FIRST, ZoneOffset.UTC);
        while (due.isBefore(LAST)) {
            days.add(LocalDate.ofInstant(due, ZoneOffset.UTC));
            due = job.schedule().next(due, ZoneOffset.UTC);
        }
        return days;
    }

    /** Each reads a store as good as whole: on one day they would be more requests than a month's free ones allow for a day. */
    @Test
    void whatReadsAStoreWholeFallsOnDaysOfItsOwn() {
        FleetConfig config =
                new ConfigLoader(folder, folder, Map.of()).load(Flags.none()).config();
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        List<Job> jobs = BackupJobs.of(
                config, new Surroundings(folder, folder, Map.of(), nowhere, nowhere, false, Clock.systemUTC()));

        Set<LocalDate> drills = days(jobs, "backup-drill");

        assertThat(drills).hasSize(120);
        assertThat(drills).doesNotContainAnyElementsOf(days(jobs, "backup-verify"));
        assertThat(drills).doesNotContainAnyElementsOf(days(jobs, "backup-prune"));
    }
}
