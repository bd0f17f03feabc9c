package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a fleet from starting is one sentence and an exit code, and leaves nothing running. */
@Timeout(120)
class UpRefusalTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
    }

    private Outcome up(String... more) {
        String[] arguments = new String[more.length + 5];
        arguments[0] = "up";
        arguments[1] = "--data";
        arguments[2] = folder.resolve("data").toString();
        arguments[3] = "--admin-port";
        arguments[4] = "0";
        System.arraycopy(more, 0, arguments, 5, more.length);
        return new CommandLineTool(folder).run(arguments);
    }

    private void assertRefused(Outcome outcome, String sentence) {
        assertThat(outcome.errors())
                .singleElement()
                .asString()
                .startsWith("fleet: ")
                .contains(sentence);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void aTakenGatewayPort() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    up("--port", String.valueOf(taken.getLocalPort())),
                    "The port " + taken.getLocalPort() + " of 127.0.0.1 cannot be used");
        }
    }

    @Test
    void aTakenAdminPort() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Outcome outcome = new CommandLineTool(folder)
                    .run("up", "--port", "0", "--admin-port", String.valueOf(taken.getLocalPort()));
            assertRefused(outcome, "choose another with --admin-port");
        }
    }

    @Test
    void aFolderOfSomethingElse() throws IOException {
        Files.createDirectory(folder.resolve("data"));
        Files.writeString(folder.resolve("data/thesis.txt"), "important");
        assertRefused(up("--port", "0"), "holds files that are not a fleet's data");
    }

    @Test
    void aNewerDataDirectory() throws IOException {
        Files.createDirectory(folder.resolve("data"));
        Files.writeString(folder.resolve("data/VERSION"), "99\n");
        assertRefused(up("--port", "0"), "is of version 99");
    }

    @Test
    void aDataDirectoryThatCannotBeWritten() throws IOException {
        Files.writeString(folder.resolve("data"), "a file");
        assertRefused(up("--port", "0"), "is not a folder");
    }

    @Test
    void aDamagedDatabaseStopsTheBrainToo() throws IOException {
        Path cluster = folder.resolve("data/postgres/cluster");
        try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
            assertThat(directory.secrets().signing()).hasSize(1);
        }
        DataPlane.open(DataConfig.embedded(folder.resolve("data/postgres")), Clock.systemUTC())
                .close();
        Files.writeString(cluster.resolve("global/pg_control"), "rubbish");
        Outcome outcome = up("--port", "0");
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
        assertThat(outcome.errors()).last().asString().startsWith("fleet: ").contains(cluster.toString());
        assertThat(outcome.out()).isEmpty();
        // The directory is free again: nothing of the attempt runs on.
        DataDirectory.open(folder.resolve("data")).close();
    }

    @Test
    void signingSecretsThatAreGoneAreNotMadeAnew() throws IOException {
        DataDirectory.open(folder.resolve("data")).close();
        Files.writeString(folder.resolve("data/first-key"), "sff_a-key-that-somebody-uses\n");
        assertRefused(up("--port", "0"), "the signing secrets in " + folder.resolve("data/secrets") + " are gone");
    }

    @Test
    void aDatabaseThatIsGoneDoesNotComeBackEmpty() {
        try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
            assertThat(directory.secrets().signing()).hasSize(1);
            directory.secrets().endFirstStart();
        }
        assertRefused(up("--port", "0"), "the database " + folder.resolve("data/postgres") + " is gone");
    }

    @Test
    void aDatabaseThatIsGoneDoesNotComeBackEmptyAfterAFirstStartThatWasKilled() {
        try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
            assertThat(directory.secrets().signing()).hasSize(1);
            directory.secrets().keepFirstKey("sff_a-key-that-somebody-uses");
        }
        assertRefused(up("--port", "0"), "the database " + folder.resolve("data/postgres") + " is gone");
    }

    @Test
    void aDamagedIndexStopsTheDatabaseToo() throws IOException {
        Path index = Files.createDirectories(folder.resolve("data/brain/index"));
        Files.writeString(folder.resolve("data/VERSION"), "1\n");
        Files.writeString(index.resolve("segments_1"), "rubbish");
        Outcome outcome = up("--port", "0");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.errors())
                .last()
                .asString()
                .startsWith("fleet: ")
                .contains(folder.resolve("data/brain").toString());
        assertThat(DataPlane.running(folder.resolve("data/postgres"))).isEmpty();
    }

    @Test
    void documentsThatAreNotThere() {
        Outcome outcome = up("--port", "0", "--brain-docs", "nowhere");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.errors())
                .containsExactly("--brain-docs: brain.docs: " + folder.resolve("nowhere") + " does not exist");
    }

    @Test
    void twoBrains() throws IOException {
        Files.createDirectory(folder.resolve("notes"));
        Outcome outcome = up("--brain", "http://127.0.0.1:1", "--brain-docs", "notes");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--brain-docs");
    }
}
