package dev.freefleet.data.upkeep;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.jobs.Job;
import dev.freefleet.data.jobs.Schedule;
import dev.freefleet.data.rollup.Rollups;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** The data plane's own jobs, at their usual times. */
public final class Upkeep {
    /** How long runs of jobs and the texts of frequent questions are kept. */
    static final Duration KEPT = Duration.ofDays(400);

    private final DataPlane plane;
    private final Database database;
    private final Rollups rollups;
    private final Archives archives;
    private final Archives.Policy policy;
    private final Clock clock;

    /** @param database for the clean-up */
    public Upkeep(
            DataPlane plane,
            Database database,
            Rollups rollups,
            Archives archives,
            Archives.Policy policy,
            Clock clock) {
        this.plane = requireNonNull(plane, "plane");
        this.database = requireNonNull(database, "database");
        this.rollups = requireNonNull(rollups, "rollups");
        this.archives = requireNonNull(archives, "archives");
        this.policy = requireNonNull(policy, "policy");
        this.clock = requireNonNull(clock, "clock");
    }

    /** aggregate, partitions, retention and cleanup. */
    public List<Job> jobs() {
        return List.of(
                new Job(
                        "aggregate",
                        "Brings the usage of past days into figures.",
                        Schedule.parse("daily 03:00"),
                        run -> rollups.aggregate(run.stopping())),
                new Job("partitions", "Makes the partitions of the coming days.", Schedule.parse("hourly :05"), run -> {
                    plane.makePartitions();
                    return "The partitions of the coming week are there.";
                }),
                new Job(
                        "retention",
                        "Archives usage that is old, or for which there is no room.",
                        Schedule.parse("hourly :20"),
                        run -> archives.retain(policy, run.stopping())),
                new Job(
                        "cleanup",
                        "Removes what nobody needs any more.",
                        Schedule.parse("weekly sun 05:00"),
                        run -> cleanUp()));
    }

    private String cleanUp() {
        Instant before = clock.instant().minus(KEPT);
        int runs = database.query(
                h -> h.createUpdate("delete from job_runs where started_at < :before and outcome <> 'running'")
                        .bind("before", Database.utc(before))
                        .execute());
        int texts = database.query(h -> h.createUpdate(
                        "update queries_top set query_text = null where day < :before and query_text is not null")
                .bind("before", LocalDate.ofInstant(before, ZoneOffset.UTC))
                .execute());
        int objects = archives.sweep();
        for (String table : List.of("usage_hourly", "usage_daily", "usage_daily_users", "queries_top")) {
            database.query(h -> h.execute("analyze " + table));
        }
        return runs + " old runs, " + texts + " old texts of questions and " + objects
                + " unfinished archives removed.";
    }
}
