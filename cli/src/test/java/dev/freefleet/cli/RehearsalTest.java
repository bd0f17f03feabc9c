package dev.freefleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The small backup that the JVM learns from at each build: that it does what backups do, and leaves nothing elsewhere. */
@Timeout(120)
class RehearsalTest {
    @TempDir
    Path home;

    @Test
    void itBacksUpAndRestoresWithinItsFolder() throws IOException {
        Rehearsal.main(new String[] {home.toString()});

        assertThat(names(home)).contains("fleet-backup", "fleet-backup.key", "notes", "restored");
        assertThat(names(home.resolve("fleet-backup/snapshots"))).hasSize(2);
        for (String name : names(home.resolve("notes"))) {
            assertThat(home.resolve("restored").resolve(name))
                    .hasSameBinaryContentAs(home.resolve("notes").resolve(name));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
