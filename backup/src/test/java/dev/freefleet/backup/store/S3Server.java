package dev.freefleet.backup.store;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/** A real S3 server on loopback, over a store in memory. */
public final class S3Server implements AutoCloseable {
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private final S3Proxy proxy;
    private final TransientNio2BlobStore blobs = new TransientNio2BlobStore();

    public S3Server() {
        proxy = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "secret")
                .build();
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IllegalStateException("s3proxy does not start", e);
        }
    }

    public int port() {
        return proxy.getPort();
    }

    /** Returns settings for a new, empty bucket, reached through this port, with waits of a millisecond. */
    public S3Settings newBucket(int port) {
        String bucket = "bucket-" + BUCKETS.incrementAndGet();
        blobs.createContainer(bucket);
        return settings(port, bucket);
    }

    public static S3Settings settings(int port, String bucket) {
        S3Settings d = S3Settings.of(URI.create("http://127.0.0.1:" + port), "us-east-1", bucket, "access", "secret");
        return new S3Settings(
                d.endpoint(),
                d.region(),
                bucket,
                "fleet/",
                d.accessKey(),
                d.secretKey(),
                true,
                true,
                6,
                java.time.Duration.ofMillis(1),
                java.time.Duration.ofMillis(2),
                java.time.Duration.ofSeconds(5),
                S3Settings.MIN_PART,
                100_000);
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("s3proxy does not stop", e);
        }
    }
}
