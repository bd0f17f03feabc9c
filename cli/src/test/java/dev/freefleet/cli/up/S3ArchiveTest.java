package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freefleet.backup.store.S3Settings;
import dev.freefleet.data.archive.ArchiveStore;
import dev.freefleet.testkit.FileStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A bucket as the archives' store: what every such store does, on a real S3 server. */
@Timeout(120)
class S3ArchiveTest extends FileStoreContract {
    private Bucket bucket;

    @BeforeEach
    void start() {
        bucket();
    }

    private Bucket bucket() {
        if (bucket == null) {
            bucket = new Bucket();
        }
        return bucket;
    }

    @AfterEach
    void stop() {
        bucket.close();
    }

    @Override
    protected Store store() {
        ArchiveStore archive = new S3Archive(bucket().settings(1_000), Clock.systemUTC());
        return new Store() {
            @Override
            public void put(String name, Path file) throws IOException {
                archive.put(name, file);
            }

            @Override
            public boolean get(String name, Path file) throws IOException {
                return archive.get(name, file);
            }

            @Override
            public List<String> list(String prefix) throws IOException {
                return archive.list(prefix);
            }

            @Override
            public void delete(String name) throws IOException {
                archive.delete(name);
            }
        };
    }

    @Test
    void aDaysBudgetOfRequestsIsKeptAndTheNextDayHasItsOwn() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
        ArchiveStore archive = new S3Archive(bucket.settings(10), now::get);
        Path file = Files.writeString(folder.resolve("file"), "content");
        for (int i = 0; i < 10; i++) {
            archive.put("usage/" + i, file);
        }
        assertThatIOException()
                .isThrownBy(() -> archive.put("usage/more", file))
                .withMessageContaining("archive.s3.requests");

        now.updateAndGet(time -> time.minus(Duration.ofDays(3)));
        assertThatIOException().isThrownBy(() -> archive.list("usage/"));
        now.updateAndGet(time -> time.plus(Duration.ofDays(4)));
        assertThat(archive.list("usage/")).hasSize(10);
    }

    @Test
    void whatIsNoNameIsRefusedAndSecretsAreNeverTold() throws Exception {
        S3Settings right = bucket.settings(1_000);
        ArchiveStore archive = new S3Archive(right, Clock.systemUTC());
        for (String name : List.of("../x", "usage/../x", "/etc/passwd", "", "usage/A", "usage/'")) {
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> archive.delete(name));
        }
        assertThat(archive.describe()).contains(Bucket.NAME, "fleet/").doesNotContain(Bucket.SECRET);

        ArchiveStore wrong = new S3Archive(
                S3Settings.of(bucket.endpoint(), "us-east-1", Bucket.NAME, Bucket.ACCESS, "another-secret"),
                Clock.systemUTC());
        assertThatIOException()
                .isThrownBy(() -> wrong.list(""))
                .withMessageContaining("Check the access key")
                .withMessageNotContaining("another-secret");
    }
}
