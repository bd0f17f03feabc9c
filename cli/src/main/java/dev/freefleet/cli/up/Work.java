package dev.freefleet.cli.up;

import dev.freefleet.admin.UsageBook;
import dev.freefleet.cli.backup.BackupJobs;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.archive.ArchiveStore;
import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.archive.FolderArchive;
import dev.freefleet.data.jobs.Job;
import dev.freefleet.data.jobs.Jobs;
import dev.freefleet.data.jobs.JobsConfig;
import dev.freefleet.data.jobs.Schedule;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.data.upkeep.Upkeep;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the fleet does on a schedule, and the records that it works on. */
record Work(Jobs jobs, UsageBook usage, Database records, Database reading) implements AutoCloseable {
    /** One for each job at once and three for the scheduler. */
    private static final int JOB_CONNECTIONS = 7;
    /** For what jobs and the admin API do with records: an archive being compared takes three. */
    private static final int RECORD_CONNECTIONS = 6;
    /** For what the admin API tells of them. */
    private static final int READING_CONNECTIONS = 3;

    static Work start(FleetConfig config, DataDirectory directory, DataPlane data, Surroundings surroundings) {
        Clock clock = surroundings.clock();
        Database records = data.pool("fleet-records", RECORD_CONNECTIONS);
        Database reading = data.readingPool("fleet-reading", READING_CONNECTIONS);
        try {
            Rollups rollups = new Rollups(records, reading, clock);
            Archives archives = new Archives(
                    records, reading, rollups, store(config.upkeep().archive(), clock), directory.archiveWork(), clock);
            List<Job> jobs = new ArrayList<>(
                    new Upkeep(data, records, rollups, archives, config.upkeep().retention(), clock).jobs());
            jobs.addAll(BackupJobs.of(config, surroundings));
            return new Work(
                    Jobs.start(
                            data.pool("fleet-jobs", JOB_CONNECTIONS),
                            clock,
                            JobsConfig.of(config.policy().node())
                                    .in(config.upkeep().zone()),
                            scheduled(jobs, config.upkeep().schedules())),
                    new UsageBook(rollups, archives),
                    records,
                    reading);
        } catch (RuntimeException e) {
            reading.close();
            records.close();
            throw e;
        }
    }

    private static ArchiveStore store(FleetConfig.Archive archive, Clock clock) {
        return switch (archive) {
            case FleetConfig.Archive.Folder folder -> new FolderArchive(folder.path());
            case FleetConfig.Archive.Bucket bucket -> new S3Archive(bucket.settings(), clock);
        };
    }

    private static List<Job> scheduled(List<Job> jobs, Map<String, Schedule> schedules) {
        return jobs.stream()
                .map(job -> job.at(schedules.getOrDefault(job.name(), job.schedule())))
                .toList();
    }

    @Override
    public void close() {
        jobs.close();
        reading.close();
        records.close();
    }
}
