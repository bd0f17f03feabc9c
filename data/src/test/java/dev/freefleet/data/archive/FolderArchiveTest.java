package dev.freefleet.data.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freefleet.testkit.FileStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FolderArchiveTest extends FileStoreContract {
    @Override
    protected Store store() {
        ArchiveStore archive = new FolderArchive(folder.resolve("objects"));
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
    void aNameThatLeadsOutOfTheFolderIsRefused() {
        ArchiveStore store = new FolderArchive(folder.resolve("store"));
        for (String name : List.of("../x", "usage/../../x", "/etc/passwd", "", ".", "usage/A", "a\0b", "usage/'")) {
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.get(name, folder.resolve("read")));
        }
    }

    @Test
    void onlyItsOwnerMayReadIt() throws Exception {
        Path root = folder.resolve("private");
        Path file = Files.writeString(folder.resolve("file"), "what somebody asked");
        new FolderArchive(root).put("usage/a", file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("usage/a"))))
                .isEqualTo("rw-------");
    }

    @Test
    void whatADeathLeftUnfinishedIsNoObject() throws Exception {
        Path root = folder.resolve("store");
        Files.createDirectories(root.resolve("usage"));
        Files.writeString(root.resolve("usage/a.0b6c.unfinished"), "half");

        assertThat(new FolderArchive(root).list("")).isEmpty();
    }

    /** As what may not be looked into, or goes while it is looked at: here a path that is too long to be opened. */
    @Test
    void whatCannotBeListedIsSaidAsThePortPromises() throws Exception {
        Path root = folder.resolve("store");
        Files.createDirectories(root.resolve(below(20)));
        try {
            for (int depth = 20; depth > 0; depth--) {
                Path one = root.resolve(below(depth));
                Files.move(one, one.resolveSibling("d".repeat(250)));
            }
            assertThatIOException().isThrownBy(() -> new FolderArchive(root).list("usage/"));
        } finally {
            for (int depth = 1; depth <= 20; depth++) {
                Path one = root.resolve(below(depth));
                Files.move(one.resolveSibling("d".repeat(250)), one);
            }
        }
    }

    private static String below(int depth) {
        return String.join("/", Collections.nCopies(depth, "d"));
    }
}
