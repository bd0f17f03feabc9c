package dev.freefleet.backup.store;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a bucket is and how it is spoken to. Works against AWS, R2, MinIO and Oracle's compatibility API by its values.
 *
 * @param endpoint of the service, such as {@code https://<account>.r2.cloudflarestorage.com}; null for AWS itself
 * @param region to sign for, such as {@code eu-frankfurt-1}; {@code auto} for R2
 * @param bucket the bucket, which must exist
 * @param prefix put before each name, such as {@code brain/}; may be empty
 * @param accessKey id of the access key
 * @param secretKey the secret key, which never appears in messages
 * @param pathStyle whether the bucket stands in the path rather than in the host name; true works everywhere but on new AWS buckets
 *     with dots, and is the only way at Oracle and MinIO
 * @param conditionalWrites whether {@code If-None-Match: *} is sent with a write; where a store answers 501 to it, it is not sent again
 * @param attempts how often a request is tried, 1..20
 * @param firstBackoff longest wait before the first retry; doubled for each further one, each wait drawn between nothing and it
 * @param maxBackoff longest wait before any retry
 * @param timeout longest time for one attempt of a request
 * @param multipartThreshold bytes from which an object is sent in parts; 5 MiB at least
 * @param requestBudget most requests that this store object sends, retries included, 1..
 */
public record S3Settings(
        @Nullable URI endpoint,
        String region,
        String bucket,
        String prefix,
        String accessKey,
        String secretKey,
        boolean pathStyle,
        boolean conditionalWrites,
        int attempts,
        Duration firstBackoff,
        Duration maxBackoff,
        Duration timeout,
        int multipartThreshold,
        long requestBudget) {

    /** Smallest part of a multipart upload that S3 takes. */
    public static final int MIN_PART = 5 << 20;

    public S3Settings {
        requireNonNull(region, "region");
        requireNonNull(bucket, "bucket");
        requireNonNull(prefix, "prefix");
        requireNonNull(accessKey, "accessKey");
        requireNonNull(secretKey, "secretKey");
        if (attempts < 1 || attempts > 20) {
            throw new IllegalArgumentException("attempts must be 1..20, not " + attempts);
        }
        if (multipartThreshold < MIN_PART) {
            throw new IllegalArgumentException("multipartThreshold must be 5 MiB at least, not " + multipartThreshold);
        }
        if (requestBudget < 1) {
            throw new IllegalArgumentException("requestBudget must be 1 at least, not " + requestBudget);
        }
    }

    /**
     * Returns settings with the defaults: path style, conditional writes, 6 attempts with waits up to 20 s, 2 minutes an attempt, parts
     * from 64 MiB (so that a pack is one request), 1,500 requests.
     */
    public static S3Settings of(@Nullable URI endpoint, String region, String bucket, String access, String secret) {
        return new S3Settings(
                endpoint,
                region,
                bucket,
                "",
                access,
                secret,
                true,
                true,
                6,
                Duration.ofMillis(500),
                Duration.ofSeconds(20),
                Duration.ofMinutes(2),
                64 << 20,
                1_500);
    }

    /** Hides the keys. */
    @Override
    public String toString() {
        return "S3Settings[" + endpoint + ", " + region + ", " + bucket + "/" + prefix + "]";
    }
}
