package dev.freefleet.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server process of one cluster as its {@code postmaster.pid} names it; it may be another fleet's leftover.
 *
 * @param process the running process
 * @param port the port that it listens on
 */
record Postmaster(ProcessHandle process, int port) {
    private static final String PID_FILE = "postmaster.pid";

    /** The server that runs on a cluster, or null where none does. */
    static @Nullable Postmaster running(Path cluster) throws IOException {
        List<String> lines = pidFile(cluster);
        // PostgreSQL writes the first lines at once, and the port is the fourth.
        @Nullable ProcessHandle process = lines.size() < 4 ? null : process(lines);
        return process == null || isZombie(process) || !servesCluster(process, cluster)
                ? null
                : new Postmaster(process, Integer.parseInt(lines.get(3).strip()));
    }

    /**
     * Deletes a pid file that names a living process which is no PostgreSQL of this cluster, or one that died and was never
     * buried. A killed machine or container leaves such a file behind, and PostgreSQL would take the process for a
     * server and refuse to start. For the owner of the cluster's directory only.
     */
    static void removeStalePidFile(Path cluster) throws IOException {
        @Nullable ProcessHandle process = process(pidFile(cluster));
        if (process != null && (isZombie(process) || !servesCluster(process, cluster))) {
            awaitBackendsGone(cluster);
            Files.deleteIfExists(cluster.resolve(PID_FILE));
        }
    }

    private static List<String> pidFile(Path cluster) throws IOException {
        try {
            return Files.readAllLines(cluster.resolve(PID_FILE));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** The process that a pid file names, if it exists; a single-user server writes its id negated. */
    private static @Nullable ProcessHandle process(List<String> pidFile) {
        try {
            long pid = pidFile.isEmpty()
                    ? 0
                    : Math.abs(Long.parseLong(pidFile.getFirst().strip()));
            return pid == 0 ? null : ProcessHandle.of(pid).orElse(null);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    boolean isAlive() {
        return process.isAlive() && !isZombie(process);
    }

    /**
     * Whether the process has died and nobody has taken note: so it stays for ever in a container whose first process is
     * the fleet, and PostgreSQL takes it for a living server. Known on Linux only (proc_pid_stat(5)).
     */
    private static boolean isZombie(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return false;
        }
    }

    /** Backends work in the cluster's directory, and leave soon after their server died. */
    private static void awaitBackendsGone(Path cluster) throws IOException {
        Path directory = cluster.toRealPath();
        for (int tries = 0; tries < 100; tries++) {
            if (ProcessHandle.allProcesses().noneMatch(process -> worksIn(process, directory))) {
                return;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        throw new IOException("processes of a killed PostgreSQL still work in " + cluster + "; stop them");
    }

    private static boolean worksIn(ProcessHandle process, Path directory) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"))
                    .equals(directory);
        } catch (IOException e) {
            return false;
        }
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
