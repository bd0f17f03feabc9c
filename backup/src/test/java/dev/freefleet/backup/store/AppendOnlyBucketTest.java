package dev.freefleet.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Fixture;
import dev.freefleet.backup.Progress;
import dev.freefleet.backup.Repository;
import dev.freefleet.backup.RepositoryOptions;
import dev.freefleet.backup.Retention;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.store.FaultProxy.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bucket of a real S3 server whose credentials may read, list and add, but neither delete nor overwrite. */
class AppendOnlyBucketTest {
    private static final byte[] FIRST = Fixture.random(1, 3_000_000);
    private static final byte[] SECOND = Fixture.random(2, 3_000_000);

    @TempDir
    Path folder;

    private final S3Server server = new S3Server();
    private final List<String> refused = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private FaultProxy proxy;

    @SuppressWarnings("NullAway.Init")
    private S3Store bucket;

    @BeforeEach
    void deny() throws IOException {
        proxy = new FaultProxy(server.port());
        proxy.faults(head -> {
            boolean overwrites =
                    head.startsWith("PUT ") && !head.toLowerCase(Locale.ROOT).contains("\r\nif-none-match: *");
            boolean denied = overwrites || head.startsWith("DELETE ") || head.startsWith("POST ");
            if (denied) {
                refused.add(head.substring(0, head.indexOf("\r\n")));
            }
            return denied ? Fault.DENIED : Fault.NONE;
        });
        bucket = new S3Store(server.newBucket(proxy.port()));
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
        proxy.close();
        server.close();
    }

    private RepositoryOptions options(boolean appendOnly) {
        return Fixture.options().withAppendOnly(appendOnly).withFolders(folder, folder.resolve("cache"));
    }

    private Repository init() {
        return Repository.init(bucket, Fixture.PASSPHRASE, "k", Fixture.SOFT, options(true), Fixture.environment());
    }

    private Repository open(boolean appendOnly) {
        return Repository.open(bucket, Fixture.PASSPHRASE, options(appendOnly), Fixture.environment());
    }

    private static StoredSnapshot backup(Repository r, byte[] bytes) {
        return r.backup(Fixture.stream(bytes), List.of(), Progress.NONE).stored();
    }

    private static byte[] read(Repository r, StoredSnapshot s) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        r.archive(s.snapshot(), out, Progress.NONE);
        return out.toByteArray();
    }

    private Map<String, Long> objects() {
        Map<String, Long> all = new TreeMap<>();
        bucket.list("").forEach(o -> all.put(o.name(), o.size()));
        return all;
    }

    @Test
    void suchCredentialsSufficeToRunVerifyRestoreAndCopyBothWays() throws IOException {
        try (Repository r = init()) {
            backup(r, FIRST);
        }
        Path local = Files.createDirectories(folder.resolve("local"));
        try (Repository r = open(true);
                Repository other = Fixture.init(local)) {
            backup(r, SECOND);
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            assertThat(r.repair()).isEmpty();
            assertThat(r.copyTo(other, r.list(), Progress.NONE).copied()).hasSize(2);
            StoredSnapshot made = backup(other, Fixture.random(3, 1_000_000));
            assertThat(other.copyTo(r, other.list(), Progress.NONE).copied()).hasSize(1);
            assertThat(read(r, r.find(made.snapshot().id()))).isEqualTo(Fixture.random(3, 1_000_000));
            assertThat(read(r, r.list().getFirst())).isEqualTo(FIRST);
        }
        assertThat(refused).isEmpty();
    }

    @Test
    void inAppendOnlyModeAPruneSendsNothing() {
        try (Repository r = init()) {
            backup(r, FIRST);
            Map<String, Long> before = objects();
            long sent = bucket.requests();
            assertThatThrownBy(() -> r.prune(0, Progress.NONE))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                    .hasMessageContaining("append-only mode")
                    .hasMessageContaining("Do it from a machine that may delete");
            assertThatThrownBy(() -> r.toForget(Retention.DEFAULT)).hasMessageContaining("append-only mode");
            assertThatThrownBy(() -> r.forget(r.list())).hasMessageContaining("append-only mode");
            assertThat(bucket.requests() - sent)
                    .as("the listing of what would be forgotten")
                    .isLessThanOrEqualTo(3);
            assertThat(objects()).isEqualTo(before);
        }
        assertThat(refused).isEmpty();
    }

    /** As where {@code append-only} was not configured. */
    @Test
    void aPruneWhoseDeletesAreDeniedSaysWhyAndChangesNothing() throws IOException {
        try (Repository r = init()) {
            backup(r, FIRST);
            backup(r, SECOND);
        }
        Map<String, Long> before = objects();
        try (Repository r = open(false)) {
            for (org.assertj.core.api.ThrowableAssert.ThrowingCallable prune :
                    List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                            () -> r.toForget(Retention.DEFAULT), () -> r.prune(0, Progress.NONE))) {
                assertThatThrownBy(prune)
                        .isInstanceOfSatisfying(
                                BackupException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                        .hasMessageContaining("may not delete")
                        .hasMessageContaining("append-only");
            }
            Map<String, Long> after = objects();
            after.keySet().removeIf(name -> name.startsWith("probe/"));
            assertThat(after).isEqualTo(before);
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
        }
        assertThat(refused).isNotEmpty().allMatch(line -> line.contains("probe/"));
    }

    /** A job that prunes each week leaves something each week that only another machine can take away. */
    @Test
    void prunesThatAreDeniedLeaveFewProbes() {
        try (Repository r = init()) {
            backup(r, FIRST);
        }
        try (Repository r = open(false)) {
            for (int week = 0; week < 8; week++) {
                assertThatThrownBy(() -> r.toForget(Retention.DEFAULT)).hasMessageContaining("may not delete");
                assertThatThrownBy(() -> r.prune(0, Progress.NONE)).hasMessageContaining("may not delete");
            }
            assertThat(bucket.list("probe/")).hasSize(4);
            proxy.faults(head -> Fault.NONE);
            assertThat(r.toForget(Retention.DEFAULT)).isEmpty();
            assertThat(bucket.list("probe/")).as("old ones go after a day").hasSize(3);
        }
    }
}
