package dev.freefleet.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest extends ObjectStoreContract {
    @TempDir
    Path tmp;

    @Override
    ObjectStore create() {
        return new FolderStore(tmp.resolve("store"));
    }

    @Test
    void whatACrashLeftIsRemovedWhenItIsOld() throws IOException {
        Path old = Files.write(tmp.resolve("store/tmp/old"), new byte[10]);
        Path fresh = Files.write(tmp.resolve("store/tmp/fresh"), new byte[10]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        ObjectStore again = create();
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
        assertThat(again.list("")).isEmpty();
    }

    @Test
    void openingBesideAWriterNeverFails() throws Exception {
        try (ObjectStore s = create();
                java.util.concurrent.ExecutorService pool = java.util.concurrent.Executors.newSingleThreadExecutor()) {
            java.util.concurrent.Future<?> writer = pool.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    s.putIfAbsent("packs/" + i, new byte[1]);
                }
            });
            int opened = 0;
            while (!writer.isDone()) {
                create().close();
                opened++;
            }
            writer.get();
            assertThat(opened).isPositive();
            assertThat(s.list("packs/")).hasSize(300);
        }
    }

    @Test
    void namesCannotLeadOutOfTheFolder() {
        try (ObjectStore s = create()) {
            for (String name : new String[] {"../x", "/etc/x", "a/../b", "a//b", "", "A", "a b"}) {
                assertThatThrownBy(() -> s.putIfAbsent(name, new byte[1])).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    /** As a disk that is mounted for reading only: nothing can be made in it. */
    @Test
    void whatCannotBeWrittenCanBeRead() throws IOException {
        try (ObjectStore s = create()) {
            s.putIfAbsent("packs/a", new byte[] {1});
        }
        Files.delete(tmp.resolve("store/tmp"));
        Files.createFile(tmp.resolve("store/tmp"));
        try (ObjectStore s = create()) {
            assertThat(s.get("packs/a")).containsExactly(1);
            assertThat(s.list("packs/")).hasSize(1);
            assertThatThrownBy(() -> s.putIfAbsent("packs/b", new byte[1]))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE))
                    .hasMessageContaining("Check that the folder is there and may be written")
                    .hasMessageContaining("When the store was opened, " + tmp.resolve("store/tmp"))
                    .hasMessageContaining("FileAlreadyExistsException");
        }
    }

    @Test
    void aFileInPlaceOfTheFolderIsToldClearly() throws IOException {
        Path file = Files.write(tmp.resolve("file"), new byte[1]);
        assertThatThrownBy(() -> new FolderStore(file))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE))
                .hasMessageContaining("file");
    }
}
