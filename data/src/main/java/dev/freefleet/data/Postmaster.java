package dev.freefleet.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server process of one cluster as its {@code postmaster.pid} names it; it may be another fleet's leftover.
 *
 * @param process the running process
 * @param port the port that it listens on
 */
record Postmaster(ProcessHandle process, int port) {
    static final String PID_FILE = "postmaster.pid";

    /**
     * The server that runs on a cluster, or null where none does. A file that names a process which is no PostgreSQL of
     * this cluster is what a killed machine leaves behind; as PostgreSQL itself would take any living process of
     * the same user for a server and refuse to start, the file is deleted.
     */
    static @Nullable Postmaster running(Path cluster) throws IOException {
        Path file = cluster.resolve(PID_FILE);
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return null;
        }
        if (lines.size() < 4) {
            // PostgreSQL writes the first lines at once; a shorter file is its own to judge.
            return null;
        }
        Optional<ProcessHandle> process =
                ProcessHandle.of(Math.abs(Long.parseLong(lines.get(0).strip())));
        if (process.isEmpty() || !process.get().isAlive()) {
            // Its backends may live on for a moment; the next start finds that out from this file.
            return null;
        }
        if (!servesCluster(process.get(), cluster)) {
            Files.deleteIfExists(file);
            return null;
        }
        return new Postmaster(process.get(), Integer.parseInt(lines.get(3).strip()));
    }

    private static boolean servesCluster(ProcessHandle process, Path cluster) {
        ProcessHandle.Info info = process.info();
        if (info.command().isEmpty() && info.commandLine().isEmpty()) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "Process " + process.pid() + " may be a PostgreSQL on " + cluster
                            + ", and this user may not look at it; stop it, or delete " + cluster.resolve(PID_FILE)
                            + ".");
        }
        boolean postgres = info.command().map(c -> c.endsWith("/postgres")).orElse(true);
        boolean here = info.arguments()
                .map(arguments -> List.of(arguments).contains(cluster.toString()))
                .orElseGet(() -> info.commandLine().orElse("").contains(cluster.toString()));
        return postgres && here;
    }
}
