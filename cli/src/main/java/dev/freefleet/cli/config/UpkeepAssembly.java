package dev.freefleet.cli.config;

import dev.freefleet.data.archive.Archives;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the fleet does on a schedule, and where old usage goes. */
final class UpkeepAssembly {
    private static final Buckets BUCKET = new Buckets(
            ArchiveSettings.BUCKET,
            ArchiveSettings.ENDPOINT,
            ArchiveSettings.REGION,
            ArchiveSettings.PREFIX,
            ArchiveSettings.ACCESS,
            ArchiveSettings.SECRET,
            ArchiveSettings.PATH_STYLE,
            ArchiveSettings.REQUESTS);

    private final Path home;
    private final Values values;

    UpkeepAssembly(Path home, Values values) {
        this.home = home;
        this.values = values;
    }

    /** Notes what is wrong between values. */
    void check() {
        BUCKET.check(values);
        if (values.find(ArchiveSettings.BUCKET) != null && values.find(ArchiveSettings.FOLDER) != null) {
            values.problem(
                    values.source(ArchiveSettings.FOLDER),
                    ArchiveSettings.FOLDER.path(),
                    "is one place for archives, and archive.s3.bucket another; remove one of them");
        }
    }

    FleetConfig.Upkeep upkeep() {
        return new FleetConfig.Upkeep(
                values.get(Settings.JOBS_ZONE),
                Map.of(
                        "aggregate", values.get(Settings.JOBS_AGGREGATE),
                        "partitions", values.get(Settings.JOBS_PARTITIONS),
                        "retention", values.get(Settings.JOBS_RETENTION),
                        "cleanup", values.get(Settings.JOBS_CLEANUP),
                        "backup", values.get(Settings.JOBS_BACKUP),
                        "backup-sample", values.get(Settings.JOBS_BACKUP_SAMPLE),
                        "backup-verify", values.get(Settings.JOBS_BACKUP_VERIFY),
                        "backup-prune", values.get(Settings.JOBS_BACKUP_PRUNE),
                        "backup-drill", values.get(Settings.JOBS_BACKUP_DRILL)),
                new Archives.Policy(values.get(Settings.RETENTION_DAYS), values.get(Settings.RETENTION_SIZE)),
                archive());
    }

    private FleetConfig.Archive archive() {
        @Nullable String bucket = values.find(ArchiveSettings.BUCKET);
        if (bucket != null) {
            // An archive that is written anew after a failure takes the place of what the failure may have left.
            return new FleetConfig.Archive.Bucket(BUCKET.settings(values, bucket, false));
        }
        @Nullable Path folder = values.find(ArchiveSettings.FOLDER);
        return new FleetConfig.Archive.Folder(
                home.resolve(folder == null ? values.get(Settings.DATA).resolve("archive") : folder));
    }
}
