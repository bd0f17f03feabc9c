package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.datadir.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
    private static final String MARK = ".fleet-restore";

    @TempDir
    Path home;

    private Path left(String name, String mark) throws IOException {
        Path folder = Files.createDirectory(home.resolve(name));
        Files.createDirectory(folder.resolve("fleet"));
        Files.writeString(folder.resolve(MARK), mark);
        return folder;
    }

    /** A restore beside the original has a name of its own, with the time in it, that no later one has. */
    @Test
    void whatKilledRestoresLeftBesideTheOriginalGoes() throws IOException {
        Path dead = left("data.restored-20260101-020000.restoring", Integer.MAX_VALUE + "\n");
        Path alive = left("data.restored-20260101-030000.restoring", "1\n");
        Path theirs = Files.createDirectory(home.resolve("data.restored-x.restoring"));
        Path restored = left("data.restored-20260101-040000", Integer.MAX_VALUE + "\n");
        WorkFolder.clear(home.resolve("data"), "data.restored-");
        assertThat(dead).doesNotExist();
        assertThat(alive).isDirectory();
        assertThat(theirs).isDirectory();
        assertThat(restored).isDirectory();
    }

    /** Killed before it was marked. */
    @Test
    void anEmptyFolderIsTaken() throws IOException {
        Path folder = Files.createDirectory(home.resolve("data.restoring"));
        try (WorkFolder work = WorkFolder.beside(home.resolve("data"))) {
            assertThat(work.resolve(MARK)).exists();
        }
        assertThat(folder).doesNotExist();
    }

    /** A fleet was started while the restore ran. */
    @Test
    void nothingIsMovedIntoWhatSomebodyElseFilledMeanwhile() throws IOException {
        Path from = Files.createDirectory(home.resolve("from"));
        Files.writeString(from.resolve("VERSION"), "1\n");
        Files.writeString(from.resolve("quotas"), "restored");
        Path target = Files.createDirectory(home.resolve("data"));
        Files.writeString(target.resolve("VERSION"), "1\n");
        assertThatThrownBy(() -> WorkFolder.moveInto(from, target))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("while the restore ran");
        assertThat(target.resolve("quotas")).doesNotExist();
        assertThat(from.resolve("quotas")).hasContent("restored");
    }

    @Test
    void aFleetThatWasStartedMeanwhileKeepsItsDirectory() throws IOException {
        Path data = home.resolve("data");
        Path aside = home.resolve("aside");
        try (DataDirectory fleet = DataDirectory.open(data)) {
            assertThatThrownBy(() -> FleetRestore.moveAside(fleet.path(), aside))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("A fleet runs on " + data);
            assertThat(data.resolve("VERSION")).exists();
        }
        FleetRestore.moveAside(data, aside);
        assertThat(data).doesNotExist();
        assertThat(aside.resolve("VERSION")).exists();
    }

    @Test
    void somebodysOwnFolderIsNot() throws IOException {
        Path own = Files.createDirectory(home.resolve("data.restoring"));
        Files.writeString(own.resolve("photo"), "mine");
        assertThatThrownBy(() -> WorkFolder.beside(home.resolve("data")))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("no restore made it");
        assertThat(own.resolve("photo")).hasContent("mine");
    }
}
