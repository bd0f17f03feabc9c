package dev.freefleet.cli.up;

import dev.freefleet.backup.store.S3Settings;
import java.net.URI;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/** A real S3 server on loopback with one empty bucket, over a store in memory. */
public final class Bucket implements AutoCloseable {
    public static final String NAME = "archives";
    public static final String ACCESS = "access";
    public static final String SECRET = "s3cret-of-the-bucket";

    private final S3Proxy proxy;

    public Bucket() {
        TransientNio2BlobStore blobs = new TransientNio2BlobStore();
        blobs.createContainer(NAME);
        proxy = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS, SECRET)
                .build();
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IllegalStateException("s3proxy does not start", e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    /** With a budget of so many requests. */
    S3Settings settings(long requests) {
        S3Settings usual = S3Settings.of(endpoint(), "us-east-1", NAME, ACCESS, SECRET);
        return new S3Settings(
                usual.endpoint(),
                usual.region(),
                usual.bucket(),
                "fleet/",
                usual.accessKey(),
                usual.secretKey(),
                true,
                false,
                usual.attempts(),
                usual.firstBackoff(),
                usual.maxBackoff(),
                usual.timeout(),
                usual.multipartThreshold(),
                requests);
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
