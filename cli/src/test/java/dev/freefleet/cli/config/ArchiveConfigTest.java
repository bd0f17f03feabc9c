package dev.freefleet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where archived usage is kept, by the settings. */
class ArchiveConfigTest {
    @TempDir
    Path folder;

    private FleetConfig.Archive load(String... yaml) {
        return new Loading(folder).yaml(yaml).config().upkeep().archive();
    }

    @Test
    void aFolderIsTheDefaultAndMayBeAnother() {
        assertThat(load("data: here")).isEqualTo(new FleetConfig.Archive.Folder(folder.resolve("here/archive")));
        assertThat(load("archive: {folder: old}")).isEqualTo(new FleetConfig.Archive.Folder(folder.resolve("old")));
    }

    @Test
    void aBucketIsReachedAsItIsConfigured() throws Exception {
        Files.writeString(folder.resolve("secret"), "s3cret\n");
        FleetConfig.Archive archive = load("""
                archive:
                  s3:
                    bucket: usage
                    endpoint: https://ACCOUNT.r2.cloudflarestorage.com
                    region: auto
                    prefix: fleet
                    access-key: AKIA
                    secret-key: file:secret
                    path-style: false
                    requests: 99
                """);
        assertThat(archive).isInstanceOfSatisfying(FleetConfig.Archive.Bucket.class, bucket -> {
            assertThat(bucket.settings().bucket()).isEqualTo("usage");
            assertThat(bucket.settings().endpoint()).isEqualTo(URI.create("https://ACCOUNT.r2.cloudflarestorage.com"));
            assertThat(bucket.settings().region()).isEqualTo("auto");
            assertThat(bucket.settings().prefix()).isEqualTo("fleet/");
            assertThat(bucket.settings().accessKey()).isEqualTo("AKIA");
            assertThat(bucket.settings().secretKey()).isEqualTo("s3cret");
            assertThat(bucket.settings().pathStyle()).isFalse();
            assertThat(bucket.settings().requestBudget()).isEqualTo(99);
        });
        assertThat(archive.toString()).doesNotContain("s3cret");
    }

    @Test
    void whatContradictsItselfIsTold() {
        assertThat(new Loading(folder)
                        .yaml("archive: {folder: old, s3: {bucket: b, access-key: a}}")
                        .problems())
                .anySatisfy(p -> assertThat(p).contains("archive.folder", "remove one of them"))
                .anySatisfy(p -> assertThat(p).contains("archive.s3.secret-key"));
        assertThat(new Loading(folder).yaml("archive: {s3: {access-key: a}}").problems())
                .singleElement()
                .asString()
                .contains("is for the bucket archive.s3.bucket");
    }
}
