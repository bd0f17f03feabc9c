package dev.freefleet.backup.store;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A store in a bucket that speaks the S3 API. Checksums are sent and checked only where the API requires them, since Oracle's
 * service answers 501 to the SDK's default ones; what comes back is authenticated by the repository anyway.
 */
public final class S3Store implements ObjectStore {
    static final int PART = 16 << 20;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/.*");
    /** The API's bound. */
    private static final int MOST_PARTS = 10_000;

    private final S3Settings settings;
    private final S3Client client;
    private final Retries retries;
    private volatile boolean conditional;

    /**
     * Opens the store; nothing is sent yet.
     *
     * @param settings where the bucket is
     */
    public S3Store(S3Settings settings) {
        this(settings, bound -> ThreadLocalRandom.current().nextLong(bound), Thread::sleep);
    }

    S3Store(S3Settings settings, LongUnaryOperator randomBelow, Retries.Sleeper sleeper) {
        this.settings = settings;
        this.conditional = settings.conditionalWrites();
        this.retries = new Retries(settings, describe(), randomBelow, sleeper);
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(settings.accessKey(), settings.secretKey())))
                .forcePathStyle(settings.pathStyle())
                .serviceConfiguration(c -> c.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(settings.timeout()))
                .overrideConfiguration(o ->
                        o.retryStrategy(DefaultRetryStrategy.doNotRetry()).apiCallAttemptTimeout(settings.timeout()));
        URI endpoint = settings.endpoint();
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        this.client = builder.build();
    }

    /** Returns how many requests were sent so far, retries included. */
    public long requests() {
        return retries.requests();
    }

    private String key(String name) {
        return settings.prefix() + name;
    }

    @Override
    public boolean putIfAbsent(String name, byte[] bytes, int length) {
        if (length >= settings.multipartThreshold()) {
            return !exists(name)
                    && multipart(name, length, (from, to) -> Arrays.copyOfRange(bytes, (int) from, (int) to));
        }
        if (conditional) {
            try {
                retries.run(
                        "write",
                        name,
                        () -> client.putObject(
                                b -> b.bucket(settings.bucket()).key(key(name)).ifNoneMatch("*"), body(bytes, length)));
                return true;
            } catch (BackupException e) {
                switch (status(e)) {
                    // A retry of a write whose answer was lost meets its own object here: then it is ours.
                    case 412 -> {
                        return false;
                    }
                    // One that is still under way, such as an earlier try, may yet come to nothing.
                    case 409 -> {
                        if (exists(name)) {
                            return false;
                        }
                        throw e;
                    }
                    case 501 -> conditional = false;
                    default -> throw e;
                }
            }
        }
        if (exists(name)) {
            return false;
        }
        replace(name, bytes, length);
        return true;
    }

    /** A body that is sent from where it is; the SDK's own ways copy it first. */
    private static RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(bytes, 0, length), length, "application/octet-stream");
    }

    private boolean exists(String name) {
        try {
            retries.run(
                    "look for",
                    name,
                    () -> client.headObject(b -> b.bucket(settings.bucket()).key(key(name))));
            return true;
        } catch (BackupException e) {
            if (e.reason() == Reason.MISSING) {
                return false;
            }
            throw e;
        }
    }

    /** Gives a part of what is written. */
    interface Parts {
        byte[] part(long from, long to);
    }

    boolean multipart(String name, long length, Parts content) {
        String upload = retries.run(
                        "begin to write",
                        name,
                        () -> client.createMultipartUpload(
                                b -> b.bucket(settings.bucket()).key(key(name))))
                .uploadId();
        long size = Math.max(PART, (length + MOST_PARTS - 1) / MOST_PARTS);
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (long at = 0; at < length; at += size) {
                int number = parts.size() + 1;
                byte[] part = content.part(at, Math.min(length, at + size));
                String tag = retries.run(
                                "write a part of",
                                name,
                                () -> client.uploadPart(
                                        b -> b.bucket(settings.bucket())
                                                .key(key(name))
                                                .uploadId(upload)
                                                .partNumber(number),
                                        body(part, part.length)))
                        .eTag();
                parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
            retries.run(
                    "finish",
                    name,
                    () -> client.completeMultipartUpload(b -> b.bucket(settings.bucket())
                            .key(key(name))
                            .uploadId(upload)
                            .multipartUpload(m -> m.parts(parts))));
            return true;
        } catch (RuntimeException e) {
            abandon(name, upload, e);
            throw e;
        }
    }

    /** Writes an object in one request, in the place of what may be there. */
    void replace(String name, byte[] bytes, int length) {
        retries.run(
                "write",
                name,
                () -> client.putObject(b -> b.bucket(settings.bucket()).key(key(name)), body(bytes, length)));
    }

    private void abandon(String name, String upload, RuntimeException because) {
        try {
            retries.run(
                    "abandon",
                    name,
                    () -> client.abortMultipartUpload(
                            b -> b.bucket(settings.bucket()).key(key(name)).uploadId(upload)));
        } catch (BackupException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public byte[] get(String name) {
        return fetch(name, null).asByteArrayUnsafe();
    }

    @Override
    public byte[] get(String name, long offset, int length) {
        byte[] part = new byte[length];
        get(name, offset, part, length);
        return part;
    }

    @Override
    public void get(String name, long offset, byte[] into, int length) {
        int read;
        try {
            read = retries.run(
                    "read",
                    name,
                    () -> client.getObject(
                            b -> b.bucket(settings.bucket())
                                    .key(key(name))
                                    .range("bytes=" + offset + "-" + (offset + length - 1)),
                            ResponseTransformer.unmanaged((response, in) -> {
                                try (in) {
                                    return readPart(response, offset, in, into, length);
                                }
                            })));
        } catch (BackupException e) {
            if (status(e) == 416) {
                throw BackupException.damaged(name, "it ends before " + offset);
            }
            throw e;
        }
        if (read != length) {
            throw BackupException.damaged(name, "it ends before " + (offset + length));
        }
    }

    /**
     * Reads a part. What is not what it says, or not what was asked for, is asked for again: something between here and the store made
     * it so, and it says nothing about the object.
     *
     * @return the part's length; shorter than what was asked for where the object ends
     */
    private static int readPart(GetObjectResponse answer, long offset, InputStream in, byte[] into, int length)
            throws IOException {
        Long whole = answer.contentLength();
        long from = 0;
        long to = whole == null ? Long.MAX_VALUE : whole;
        // RFC 9110, section 14.2: a server may answer with the whole, which is then no part.
        if (answer.contentRange() != null) {
            Matcher told = RANGE.matcher(answer.contentRange());
            from = told.matches() ? Long.parseLong(told.group(1)) : -1;
            to = told.matches() ? Long.parseLong(told.group(2)) + 1 : -1;
        }
        if (from != offset) {
            throw SdkClientException.create("the answer is not the part that was asked for");
        }
        int read = in.readNBytes(into, 0, length);
        if (read != Math.min(length, to - from)) {
            throw SdkClientException.create("the answer is shorter than it says");
        }
        return read;
    }

    ResponseBytes<GetObjectResponse> fetch(String name, @Nullable String range) {
        return retries.run(
                "read",
                name,
                () -> client.getObjectAsBytes(
                        b -> b.bucket(settings.bucket()).key(key(name)).range(range)));
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
        List<ObjectInfo> found = new ArrayList<>();
        ListObjectsV2Response page = page(prefix, null);
        while (true) {
            page.contents()
                    .forEach(o -> found.add(
                            new ObjectInfo(o.key().substring(settings.prefix().length()), o.size(), o.lastModified())));
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return found;
            }
            page = page(prefix, page.nextContinuationToken());
        }
    }

    private ListObjectsV2Response page(String prefix, @Nullable String token) {
        return retries.run(
                "list",
                prefix,
                () -> client.listObjectsV2(
                        b -> b.bucket(settings.bucket()).prefix(key(prefix)).continuationToken(token)));
    }

    @Override
    public void delete(String name) {
        retries.run(
                "delete",
                name,
                () -> client.deleteObject(b -> b.bucket(settings.bucket()).key(key(name))));
    }

    @Override
    public String describe() {
        return "bucket " + settings.bucket() + (settings.endpoint() == null ? "" : " at " + settings.endpoint())
                + (settings.prefix().isEmpty() ? "" : " under " + settings.prefix());
    }

    @Override
    public void close() {
        client.close();
    }

    static int status(BackupException e) {
        return e.getCause() instanceof S3Exception s ? s.statusCode() : 0;
    }
}
