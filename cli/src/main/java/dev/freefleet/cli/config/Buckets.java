package dev.freefleet.cli.config;

import dev.freefleet.backup.store.S3Settings;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the settings of a bucket have in common, whatever it is for. */
record Buckets(
        Setting<String> bucket,
        Setting<URI> endpoint,
        Setting<String> region,
        Setting<String> prefix,
        Setting<String> access,
        Setting<String> secret,
        Setting<Boolean> pathStyle,
        Setting<Integer> requests) {

    /** Notes keys that are missing, and settings of a bucket that is not named. */
    void check(Values values) {
        if (values.find(bucket) != null) {
            for (Setting<?> key : List.of(access, secret)) {
                if (values.find(key) == null) {
                    values.problem(values.source(bucket), bucket.path(), "needs " + key.path() + ", which is missing");
                }
            }
            return;
        }
        for (Setting<?> other : List.of(access, secret, endpoint, prefix)) {
            if (values.find(other) != null) {
                values.problem(
                        values.source(other),
                        other.path(),
                        "is for the bucket " + bucket.path() + ", which is missing");
            }
        }
    }

    /** @param conditional whether writes may say that nothing is to be replaced */
    S3Settings settings(Values values, String name, boolean conditional) {
        S3Settings usual = S3Settings.of(
                values.find(endpoint),
                values.get(region),
                name,
                orEmpty(values.find(access)),
                orEmpty(values.find(secret)));
        String begin = orEmpty(values.find(prefix));
        return new S3Settings(
                usual.endpoint(),
                usual.region(),
                usual.bucket(),
                begin.isEmpty() || begin.endsWith("/") ? begin : begin + "/",
                usual.accessKey(),
                usual.secretKey(),
                values.get(pathStyle),
                conditional,
                usual.attempts(),
                usual.firstBackoff(),
                usual.maxBackoff(),
                usual.timeout(),
                usual.multipartThreshold(),
                values.get(requests));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
