package dev.freefleet.cli.config;

import static dev.freefleet.cli.config.ValueTypes.bool;
import static dev.freefleet.cli.config.ValueTypes.duration;
import static dev.freefleet.cli.config.ValueTypes.integer;
import static dev.freefleet.cli.config.ValueTypes.listOf;
import static dev.freefleet.cli.config.ValueTypes.oneOf;
import static dev.freefleet.cli.config.ValueTypes.path;
import static dev.freefleet.cli.config.ValueTypes.size;
import static dev.freefleet.cli.config.ValueTypes.text;
import static dev.freefleet.cli.config.ValueTypes.url;
import static dev.freefleet.cli.config.ValueTypes.visible;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of backups: a part of the table in {@link Settings}. */
final class BackupSettings {
    private static final List<Setting<?>> TABLE = new ArrayList<>();

    static final Setting<Path> LOCAL = add(
            "backup.local",
            path(),
            "fleet-backup",
            "The folder of the local store. The default lies in the project's folder, beside the data directory: not in"
                    + " it, so that it outlives it.");
    static final Setting<Boolean> KEEP_LOCAL = add(
            "backup.keep-local",
            bool(),
            "true",
            "Whether there is a local store. Without one, backups go straight to the off-site store.");
    static final Setting<Path> OFF_SITE = add(
            "backup.off-site",
            path(),
            null,
            "A folder on another disk or machine that takes a copy of each snapshot. Use this or backup.s3.bucket.");
    static final Setting<String> S3_BUCKET = add(
            "backup.s3.bucket",
            text(255),
            null,
            "The bucket that takes a copy of each snapshot: of AWS, Oracle, R2, MinIO or any that speaks the S3 API.");
    static final Setting<URI> S3_ENDPOINT = add(
            "backup.s3.endpoint",
            url(),
            null,
            "The service's address, e.g. https://ACCOUNT.r2.cloudflarestorage.com; without it AWS.");
    static final Setting<String> S3_REGION =
            add("backup.s3.region", text(64), "us-east-1", "The bucket's region; auto for R2.");
    static final Setting<String> S3_PREFIX = add(
            "backup.s3.prefix",
            text(200),
            null,
            "What the objects' names begin with, e.g. brain/. Nothing by default.");
    static final Setting<String> S3_ACCESS = secret("backup.s3.access-key", visible(255), "The id of the access key.");
    static final Setting<String> S3_SECRET = secret("backup.s3.secret-key", visible(1_000), "The secret key to it.");
    static final Setting<Boolean> S3_PATH_STYLE = add(
            "backup.s3.path-style",
            bool(),
            "true",
            "Whether the bucket stands in the path of the address rather than in the host's name; Oracle and MinIO know"
                    + " no other way.");
    static final Setting<Boolean> S3_CONDITIONAL = add(
            "backup.s3.conditional-writes",
            bool(),
            "true",
            "Whether writes say If-None-Match: *. Where the service does not know that, it is not said again.");
    static final Setting<Integer> S3_REQUESTS = add(
            "backup.s3.requests",
            integer(10, 100_000_000),
            "1500",
            "Requests that one command may send to the bucket, repeats included.");

    static final Setting<String> PASSPHRASE = secret(
            "backup.passphrase", text(1_000), "What the backups are encrypted under. Without it backup.key-file is.");
    static final Setting<Path> KEY_FILE = add(
            "backup.key-file",
            path(),
            "fleet-backup.key",
            "The key file that the backups are encrypted under where there is no passphrase; made by the first backup."
                    + " The default lies in the project's folder. Keep a copy of it elsewhere.");

    static final Setting<List<BackupConfig.Part>> SOURCES = list(
            "backup.sources",
            listOf(oneOf(BackupConfig.Part.class)),
            List.of("brain", "data", "fleet"),
            "What is backed up: the Brain's snapshot, the data plane (users, keys, usage), the fleet's own configuration"
                    + " and secrets.");
    static final Setting<List<Path>> FOLDERS =
            add("backup.folders", listOf(path()), null, "Further folders that are backed up.");
    static final Setting<List<String>> EXCLUDE = add(
            "backup.exclude",
            listOf(text(1_000)),
            null,
            "Paths within those folders that are left out, as globs such as **/*.tmp.");
    static final Setting<URI> BRAIN_URL = add(
            "backup.brain.url",
            url(),
            null,
            "Where your Brain gives its snapshot; brain.url with /admin/snapshot by default.");
    static final Setting<String> BRAIN_KEY =
            secret("backup.brain.key", visible(1_000), "What your Brain's snapshot wants in X-Admin-Key.");
    static final Setting<Duration> BRAIN_WAIT = add(
            "backup.brain.answer-within",
            duration(Duration.ofSeconds(1), Duration.ofHours(6)),
            "10m",
            "How long the Brain may take until its snapshot begins.");

    static final Setting<Integer> KEEP_DAILY =
            add("backup.keep.daily", integer(0, 3_650), "30", "Days of which the last snapshot is kept.");
    static final Setting<Integer> KEEP_WEEKLY =
            add("backup.keep.weekly", integer(0, 1_000), "8", "Weeks of which the last snapshot is kept.");
    static final Setting<Integer> KEEP_MONTHLY =
            add("backup.keep.monthly", integer(0, 1_000), "12", "Months of which the last snapshot is kept.");
    static final Setting<Boolean> APPEND_ONLY = add(
            "backup.append-only",
            bool(),
            "false",
            "Whether nothing is ever deleted here, for credentials that cannot. Prune from another machine then.");
    static final Setting<Long> LOCAL_CAP = add(
            "backup.local-cap",
            size(1 << 20, 1L << 50),
            null,
            "Bytes that the local store may hold; by default what the disk has.");
    static final Setting<Long> OFF_SITE_CAP = add(
            "backup.off-site-cap",
            size(1 << 20, 1L << 50),
            null,
            "Bytes that the off-site store may hold; by default 10GiB for a bucket, as free tiers give, and what the disk"
                    + " has for a folder.");

    static final Setting<List<String>> DRILL_COMMAND = add(
            "backup.drill.command",
            listOf(text(1_000)),
            null,
            "The command, word by word, that starts your Brain on a restored snapshot; {dir} stands for the folder and"
                    + " {port} for the port on loopback. Without it the reference Brain is started.");
    static final Setting<Path> DRILL_QUESTIONS = add(
            "backup.drill.questions",
            path(),
            null,
            "A file with a question on each line that the drill asks; by default the most frequent ones of the usage.");
    static final Setting<Integer> DRILL_COUNT =
            add("backup.drill.count", integer(1, 1_000), "20", "Questions that a drill asks at the most.");
    static final Setting<Integer> DRILL_AGREE = add(
            "backup.drill.agree",
            integer(0, 100),
            "90",
            "Percent of the questions that the restored Brain must answer as the live one does. It may have read new"
                    + " documents since.");

    static final Setting<Boolean> SCHEDULED = add(
            "backup.scheduled",
            bool(),
            "true",
            "Whether the fleet makes, reads, tries and prunes backups by itself, at the times of jobs.backup and its like;"
                    + " false where a cron does.");
    static final Setting<Integer> SAMPLE = add(
            "backup.sample",
            integer(1, 100),
            "5",
            "Percent of each store's packs that the job backup-sample reads, drawn anew each time.");
    static final Setting<Duration> TIME_LIMIT = add(
            "backup.time-limit",
            duration(Duration.ofSeconds(1), Duration.ofDays(7)),
            "6h",
            "How long a command that one of these jobs starts may take; then it is ended, and the job has failed.");

    private BackupSettings() {}

    static List<Setting<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    private static <T> Setting<T> add(String path, ValueType<T> type, @Nullable String standard, String doc) {
        return enter(new Setting<>(path, type, standard == null ? null : List.of(standard), false, false, doc));
    }

    private static <T> Setting<T> list(String path, ValueType<T> type, List<String> standard, String doc) {
        return enter(new Setting<>(path, type, standard, false, false, doc));
    }

    private static <T> Setting<T> secret(String path, ValueType<T> type, String doc) {
        return enter(new Setting<>(path, type, null, false, true, doc));
    }

    private static <T> Setting<T> enter(Setting<T> setting) {
        TABLE.add(setting);
        return setting;
    }
}
