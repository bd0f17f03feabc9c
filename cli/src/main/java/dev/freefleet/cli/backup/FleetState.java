package dev.freefleet.cli.backup;

import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.DataDirectoryException;
import dev.freefleet.cli.datadir.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How the fleet is whose data directory is to be backed up. To be closed. */
sealed interface FleetState extends AutoCloseable {
    /** There is no data directory, or nothing in it. */
    record Absent() implements FleetState {
        @Override
        public void close() {}
    }

    /** A fleet runs. */
    record Running(RunFile run) implements FleetState {
        @Override
        public void close() {}
    }

    /** None runs, and none can begin to as long as this is open. */
    record Stopped(DataDirectory directory) implements FleetState {
        @Override
        public void close() {
            directory.close();
        }
    }

    @Override
    void close();

    /** Finds out. @throws DataDirectoryException if the directory is damaged, or its fleet is just starting or stopping */
    static FleetState of(Path data) {
        if (!Files.exists(data.resolve("VERSION"))) {
            return new Absent();
        }
        try {
            return new Stopped(DataDirectory.open(data));
        } catch (DataDirectoryException inUse) {
            // A run file alone proves nothing: it outlives a fleet that was killed. The lock does not.
            RunFile run = read(data, inUse);
            if (run == null) {
                throw inUse;
            }
            return new Running(run);
        }
    }

    private static @org.jspecify.annotations.Nullable RunFile read(Path data, DataDirectoryException otherwise) {
        try {
            return RunFile.read(data);
        } catch (IOException e) {
            otherwise.addSuppressed(e);
            throw otherwise;
        }
    }
}
