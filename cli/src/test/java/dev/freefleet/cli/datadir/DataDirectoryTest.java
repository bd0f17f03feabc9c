package dev.freefleet.cli.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final URI SOMEWHERE = URI.create("http://127.0.0.1:1");

    @TempDir
    Path folder;

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void itIsMadeForItsOwnerAlone() throws IOException {
        Path path = folder.resolve("deep/down");
        try (DataDirectory directory = DataDirectory.open(path)) {
            directory.secrets().signing();
            directory.secrets().adminToken();
            directory.secrets().keepFirstKey("sff_x");
            directory.secrets().endFirstStart();
            directory.announce(new RunFile(1, SOMEWHERE, SOMEWHERE, SOMEWHERE));
            assertThat(mode(path)).isEqualTo("rwx------");
            assertThat(mode(path.resolve("secrets"))).isEqualTo("rwx------");
            for (String file : new String[] {
                "VERSION", "lock", "admin-token", "first-key", "run.json", "secrets/signing.1", "secrets/first-key-made"
            }) {
                assertThat(mode(path.resolve(file))).as(file).isEqualTo("rw-------");
            }
            assertThat(directory.firstKey()).hasContent("sff_x");
        }
        assertThat(path.resolve("run.json")).doesNotExist();
    }

    @Test
    void secretsStayTheSame() {
        Map<Integer, byte[]> first;
        String token;
        try (DataDirectory directory = DataDirectory.open(folder)) {
            first = directory.secrets().signing();
            token = directory.secrets().adminToken();
            assertThat(directory.secrets().isFirstKeyMade()).isFalse();
            directory.secrets().keepFirstKey("sff_x");
            directory.secrets().endFirstStart();
        }
        try (DataDirectory directory = DataDirectory.open(folder)) {
            assertThat(directory.secrets().signing()).containsOnlyKeys(1);
            assertThat(directory.secrets().signing().get(1))
                    .isEqualTo(first.get(1))
                    .hasSize(32);
            assertThat(directory.secrets().adminToken()).isEqualTo(token).hasSize(43);
            assertThat(directory.secrets().isFirstKeyMade()).isTrue();
        }
    }

    /** No default password: what opens one fleet opens no other. */
    @Test
    void eachDirectoryHasItsOwnSecrets() {
        try (DataDirectory one = DataDirectory.open(folder.resolve("one"));
                DataDirectory other = DataDirectory.open(folder.resolve("other"))) {
            assertThat(one.secrets().adminToken()).isNotEqualTo(other.secrets().adminToken());
            assertThat(one.secrets().signing().get(1))
                    .isNotEqualTo(other.secrets().signing().get(1));
        }
    }

    @Test
    void severalSigningSecretsAreReadByTheirVersions() throws IOException {
        try (DataDirectory directory = DataDirectory.open(folder)) {
            directory.secrets().signing();
            Files.copy(folder.resolve("secrets/signing.1"), folder.resolve("secrets/signing.7"));
            assertThat(directory.secrets().signing()).containsOnlyKeys(1, 7);
        }
    }

    @Test
    void twoFleetsCannotUseIt() {
        try (DataDirectory directory = DataDirectory.open(folder)) {
            assertThatThrownBy(() -> DataDirectory.open(directory.path()))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessage("A fleet runs already on the data directory " + folder + " (process "
                            + ProcessHandle.current().pid()
                            + "); stop it first, or name another directory with --data.");
        }
        DataDirectory.open(folder).close();
    }

    @Test
    void aFolderOfSomethingElseIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "important");
        assertThatThrownBy(() -> DataDirectory.open(folder))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("holds files that are not a fleet's data");
        assertThat(folder.toFile().list()).containsExactly("thesis.txt");
    }

    @Test
    void aFirstStartThatWasKilledEarlyGoesOn() throws IOException {
        Files.writeString(folder.resolve("lock"), "4711\n");
        Files.writeString(folder.resolve(".VERSION123.new"), "");
        DataDirectory.open(folder).close();
        assertThat(folder.resolve("VERSION")).hasContent("1");
    }

    @Test
    void aNewerVersionIsRefused() throws IOException {
        Files.writeString(folder.resolve("VERSION"), "2\n");
        assertThatThrownBy(() -> DataDirectory.open(folder))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("is of version 2, and this fleet knows 1 at the most");
    }

    @Test
    void aDamagedVersionIsRefusedAndTheDirectoryLetGo() throws IOException {
        for (String damage : new String[] {"", "one", "-1", "0", "9".repeat(200)}) {
            Files.writeString(folder.resolve("VERSION"), damage);
            assertThatThrownBy(() -> DataDirectory.open(folder))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("is damaged");
        }
        Files.writeString(folder.resolve("VERSION"), "1");
        DataDirectory.open(folder).close();
    }

    @Test
    void damagedSecretsAreRefusedAndNotReplaced() throws IOException {
        try (DataDirectory directory = DataDirectory.open(folder)) {
            directory.secrets().signing();
            Path secret = folder.resolve("secrets/signing.1");
            for (String damage : new String[] {"", "c2hvcnQ=", "!!!"}) {
                Files.writeString(secret, damage);
                assertThatThrownBy(() -> directory.secrets().signing())
                        .isInstanceOf(DataDirectoryException.class)
                        .hasMessageContaining("is damaged: " + secret);
                assertThat(secret).hasContent(damage);
            }
            Files.delete(secret);
            Path misnamed = Files.writeString(folder.resolve("secrets/signing.256"), "x");
            assertThatThrownBy(() -> directory.secrets().signing())
                    .hasMessageContaining("does not end in a version of 1 to 255");
            Files.delete(misnamed);
            Files.writeString(folder.resolve("admin-token"), "short");
            assertThatThrownBy(() -> directory.secrets().adminToken())
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("holds no token");
        }
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("is not a folder");
        assertThatThrownBy(() -> DataDirectory.open(file.resolve("below")))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void anAnnouncementOfADeadProcessCountsForNothing() throws IOException {
        assertThat(RunFile.read(folder)).isNull();
        long pid = ProcessHandle.current().pid();
        new RunFile(pid, SOMEWHERE, SOMEWHERE, SOMEWHERE).write(folder);
        assertThat(RunFile.read(folder)).isEqualTo(new RunFile(pid, SOMEWHERE, SOMEWHERE, SOMEWHERE));
        new RunFile(Long.MAX_VALUE, SOMEWHERE, SOMEWHERE, SOMEWHERE).write(folder);
        assertThat(RunFile.read(folder)).isNull();
        Files.writeString(folder.resolve("run.json"), "{broken");
        assertThat(RunFile.read(folder)).isNull();
    }

    @Test
    void whatIsNoIdOfANamespaceGoesNowhere() throws IOException {
        EdgeFiles files = new EdgeFiles(folder);
        assertThat(files.kvNamespace()).isEmpty();
        files.keepKvNamespace("0123456789abcdef0123456789abcdef");
        assertThat(files.kvNamespace()).isEqualTo("0123456789abcdef0123456789abcdef");
        Files.writeString(folder.resolve("edge/kv-namespace"), "../../../../zones\n");
        assertThatThrownBy(files::kvNamespace)
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining(folder.resolve("edge/kv-namespace").toString())
                .hasMessageContaining("./fleet edge init");
    }
}
