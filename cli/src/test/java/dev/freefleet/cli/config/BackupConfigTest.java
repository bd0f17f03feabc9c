package dev.freefleet.cli.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.Retention;
import dev.freefleet.backup.store.S3Settings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the settings of backups become. */
class BackupConfigTest {
    @TempDir
    Path folder;

    private BackupConfig load(String... yaml) {
        return new Loading(folder).yaml(yaml).config().backup();
    }

    @Test
    void theDefaultsKeepAMonthBesideTheDataDirectoryUnderAKeyFile() {
        BackupConfig config = load("node: here");
        assertThat(config.localFolder()).isEqualTo(folder.resolve("fleet-backup"));
        assertThat(config.offSite()).isNull();
        assertThat(config.passphrase()).isNull();
        assertThat(config.keyFile()).isEqualTo(folder.resolve("fleet-backup.key"));
        assertThat(config.parts()).containsExactly(BackupConfig.Part.values());
        assertThat(config.retention()).isEqualTo(Retention.DEFAULT);
        assertThat(config.appendOnly()).isFalse();
        assertThat(config.drill().agreePercent()).isEqualTo(90);
        assertThat(config.scheduled()).isEqualTo(new BackupConfig.Scheduled(true, 5, Duration.ofHours(6)));
        assertThat(config.brain().url()).as("the reference Brain's").isNull();
    }

    @Test
    void aBucketIsReachedAsItIsConfigured() throws Exception {
        Files.writeString(folder.resolve("secret"), "s3cret\n");
        BackupConfig config = load("""
                brain:
                  url: https://brain.example/base
                backup:
                  keep-local: false
                  off-site-cap: 20GiB
                  keep: {daily: 3, weekly: 0, monthly: 1}
                  s3:
                    bucket: brain-backups
                    endpoint: https://namespace.compat.objectstorage.eu-frankfurt-1.oraclecloud.com
                    region: eu-frankfurt-1
                    prefix: brain
                    access-key: AKIA
                    secret-key: file:secret
                    path-style: false
                    conditional-writes: false
                    requests: 99
                """);
        assertThat(config.local()).isNull();
        assertThat(config.brain().url()).isEqualTo(URI.create("https://brain.example/base/admin/snapshot"));
        assertThat(config.retention()).isEqualTo(new Retention(3, 0, 1, Duration.ofHours(24)));
        BackupConfig.Store offSite = requireNonNull(config.offSite());
        assertThat(offSite.cap()).isEqualTo(20L << 30);
        assertThat(offSite.place()).isInstanceOfSatisfying(BackupConfig.Place.Bucket.class, bucket -> {
            S3Settings s3 = bucket.settings();
            assertThat(s3.bucket()).isEqualTo("brain-backups");
            assertThat(s3.endpoint()).hasHost("namespace.compat.objectstorage.eu-frankfurt-1.oraclecloud.com");
            assertThat(s3.region()).isEqualTo("eu-frankfurt-1");
            assertThat(s3.prefix()).isEqualTo("brain/");
            assertThat(s3.accessKey()).isEqualTo("AKIA");
            assertThat(s3.secretKey()).isEqualTo("s3cret");
            assertThat(s3.pathStyle()).isFalse();
            assertThat(s3.conditionalWrites()).isFalse();
            assertThat(s3.requestBudget()).isEqualTo(99);
        });
        assertThat(config.toString()).doesNotContain("s3cret");
    }

    @Test
    void whatContradictsItselfIsTold() {
        assertThat(new Loading(folder)
                        .yaml("backup: {off-site: other, s3: {bucket: b, access-key: a}}")
                        .problems())
                .anySatisfy(p -> assertThat(p).contains("backup.off-site", "remove one of them"))
                .anySatisfy(p -> assertThat(p).contains("backup.s3.secret-key"));
        assertThat(new Loading(folder)
                        .yaml("backup: {keep: {daily: 0, weekly: 0, monthly: 0}}")
                        .problems())
                .singleElement()
                .asString()
                .contains("keep something");
        assertThat(new Loading(folder)
                        .yaml("backup: {s3: {region: x, access-key: a}}")
                        .problems())
                .singleElement()
                .asString()
                .contains("is for the bucket backup.s3.bucket");
        assertThat(new Loading(folder)
                        .yaml("backup: {key-file: fleet-data/key}")
                        .problems())
                .singleElement()
                .asString()
                .contains("would be lost with it");
    }
}
