package dev.freefleet.cli.config;

import dev.freefleet.backup.Retention;
import dev.freefleet.cli.config.BackupConfig.Place;
import dev.freefleet.cli.config.BackupConfig.Store;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the backups' part of the configuration from the values. */
final class BackupAssembly {
    private static final long FREE_BUCKET = 10L << 30;
    private static final Buckets BUCKET = new Buckets(
            BackupSettings.S3_BUCKET,
            BackupSettings.S3_ENDPOINT,
            BackupSettings.S3_REGION,
            BackupSettings.S3_PREFIX,
            BackupSettings.S3_ACCESS,
            BackupSettings.S3_SECRET,
            BackupSettings.S3_PATH_STYLE,
            BackupSettings.S3_REQUESTS);

    private final Path home;
    private final Values values;

    BackupAssembly(Path home, Values values) {
        this.home = home;
        this.values = values;
    }

    /** Notes what is wrong between values. */
    void check() {
        boolean bucket = values.find(BackupSettings.S3_BUCKET) != null;
        boolean folder = values.find(BackupSettings.OFF_SITE) != null;
        if (bucket && folder) {
            problem(BackupSettings.OFF_SITE, "is one off-site store, and backup.s3.bucket another; remove one of them");
        }
        BUCKET.check(values);
        if (!values.get(BackupSettings.KEEP_LOCAL) && !bucket && !folder) {
            problem(
                    BackupSettings.KEEP_LOCAL,
                    "leaves no store at all; set backup.off-site or backup.s3.bucket, or keep the local one");
        }
        if (values.get(BackupSettings.KEEP_DAILY)
                        + values.get(BackupSettings.KEEP_WEEKLY)
                        + values.get(BackupSettings.KEEP_MONTHLY)
                == 0) {
            problem(BackupSettings.KEEP_DAILY, "and the weekly and monthly one keep nothing at all; keep something");
        }
        Path questions = values.find(BackupSettings.DRILL_QUESTIONS);
        if (questions != null && !Files.isReadable(questions)) {
            problem(BackupSettings.DRILL_QUESTIONS, questions + " cannot be read");
        }
        checkPlaces();
    }

    /** What is lost with the data directory is no backup of it. */
    private void checkPlaces() {
        Path data = home.resolve(values.get(Settings.DATA)).normalize();
        for (Setting<Path> setting : List.of(BackupSettings.LOCAL, BackupSettings.OFF_SITE, BackupSettings.KEY_FILE)) {
            Path place = values.find(setting);
            if (place != null && home.resolve(place).normalize().startsWith(data)) {
                problem(
                        setting,
                        "lies in the data directory " + data + ", and would be lost with it; name another place");
            }
        }
    }

    private void problem(Setting<?> setting, String message) {
        values.problem(values.source(setting), setting.path(), message);
    }

    BackupConfig config(FleetConfig.Brain brain) {
        Path folder = values.find(BackupSettings.OFF_SITE);
        String bucket = values.find(BackupSettings.S3_BUCKET);
        Store offSite = null;
        if (bucket != null) {
            offSite = new Store(
                    new Place.Bucket(BUCKET.settings(values, bucket, values.get(BackupSettings.S3_CONDITIONAL))),
                    cap(BackupSettings.OFF_SITE_CAP, FREE_BUCKET));
        } else if (folder != null) {
            offSite = new Store(new Place.Folder(folder), cap(BackupSettings.OFF_SITE_CAP, Long.MAX_VALUE));
        }
        Store local = values.get(BackupSettings.KEEP_LOCAL)
                ? new Store(
                        new Place.Folder(home.resolve(values.get(BackupSettings.LOCAL))),
                        cap(BackupSettings.LOCAL_CAP, Long.MAX_VALUE))
                : null;
        return new BackupConfig(
                local,
                offSite,
                values.find(BackupSettings.PASSPHRASE),
                home.resolve(values.get(BackupSettings.KEY_FILE)),
                values.get(BackupSettings.SOURCES),
                orNone(values.find(BackupSettings.FOLDERS)),
                orNone(values.find(BackupSettings.EXCLUDE)),
                new BackupConfig.BrainSnapshot(
                        snapshot(brain), values.find(BackupSettings.BRAIN_KEY), values.get(BackupSettings.BRAIN_WAIT)),
                new Retention(
                        values.get(BackupSettings.KEEP_DAILY),
                        values.get(BackupSettings.KEEP_WEEKLY),
                        values.get(BackupSettings.KEEP_MONTHLY),
                        Retention.DEFAULT.grace()),
                values.get(BackupSettings.APPEND_ONLY),
                new BackupConfig.Drill(
                        orNone(values.find(BackupSettings.DRILL_COMMAND)),
                        values.find(BackupSettings.DRILL_QUESTIONS),
                        values.get(BackupSettings.DRILL_COUNT),
                        values.get(BackupSettings.DRILL_AGREE)),
                new BackupConfig.Scheduled(
                        values.get(BackupSettings.SCHEDULED),
                        values.get(BackupSettings.SAMPLE),
                        values.get(BackupSettings.TIME_LIMIT)));
    }

    private @Nullable URI snapshot(FleetConfig.Brain brain) {
        URI named = values.find(BackupSettings.BRAIN_URL);
        return switch (brain) {
            case FleetConfig.Brain.Reference reference -> named;
            case FleetConfig.Brain.External external -> {
                String base = external.url().toString();
                String path = (base.endsWith("/") ? "" : "/") + "admin/snapshot";
                yield named == null ? URI.create(base + path) : named;
            }
        };
    }

    private long cap(Setting<Long> setting, long without) {
        Long cap = values.find(setting);
        return cap == null ? without : cap;
    }

    private static <E> List<E> orNone(@Nullable List<E> list) {
        return list == null ? List.of() : list;
    }
}
