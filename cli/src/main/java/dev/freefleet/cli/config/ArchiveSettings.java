package dev.freefleet.cli.config;

import static dev.freefleet.cli.config.ValueTypes.bool;
import static dev.freefleet.cli.config.ValueTypes.integer;
import static dev.freefleet.cli.config.ValueTypes.path;
import static dev.freefleet.cli.config.ValueTypes.text;
import static dev.freefleet.cli.config.ValueTypes.url;
import static dev.freefleet.cli.config.ValueTypes.visible;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where archived usage is kept: a part of the table in {@link Settings}. */
final class ArchiveSettings {
    private static final List<Setting<?>> TABLE = new ArrayList<>();

    static final Setting<Path> FOLDER = add(
            "archive.folder",
            path(),
            null,
            "Where archived usage is kept, as Parquet; the folder archive of the data directory by default. Use this or"
                    + " archive.s3.bucket.");
    static final Setting<String> BUCKET = add(
            "archive.s3.bucket",
            text(255),
            null,
            "The bucket in which archived usage is kept instead: of AWS, Oracle, R2, MinIO or any that speaks the S3 API.");
    static final Setting<URI> ENDPOINT = add(
            "archive.s3.endpoint",
            url(),
            null,
            "The service's address, e.g. https://ACCOUNT.r2.cloudflarestorage.com; without it AWS.");
    static final Setting<String> REGION =
            add("archive.s3.region", text(64), "us-east-1", "The bucket's region; auto for R2.");
    static final Setting<String> PREFIX = add(
            "archive.s3.prefix",
            text(200),
            null,
            "What the objects' names begin with, e.g. fleet/. Nothing by default. The archive's own names begin with"
                    + " usage/ behind it.");
    static final Setting<String> ACCESS = secret("archive.s3.access-key", "The id of the access key.");
    static final Setting<String> SECRET = secret("archive.s3.secret-key", "The secret key to it.");
    static final Setting<Boolean> PATH_STYLE = add(
            "archive.s3.path-style",
            bool(),
            "true",
            "Whether the bucket stands in the path of the address rather than in the host's name; Oracle and MinIO know"
                    + " no other way.");
    static final Setting<Integer> REQUESTS = add(
            "archive.s3.requests",
            integer(10, 100_000_000),
            "1000",
            "Requests that a fleet may send to the bucket in a day of UTC since its start, repeats included; three for each"
                    + " archived day that is written and one for each that is read, more where it has over 16 MiB.");

    private ArchiveSettings() {}

    static List<Setting<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    private static <T> Setting<T> add(String path, ValueType<T> type, @Nullable String standard, String doc) {
        return enter(new Setting<>(path, type, standard == null ? null : List.of(standard), false, false, doc));
    }

    private static Setting<String> secret(String path, String doc) {
        return enter(new Setting<>(path, visible(1_000), null, false, true, doc));
    }

    private static <T> Setting<T> enter(Setting<T> setting) {
        TABLE.add(setting);
        return setting;
    }
}
