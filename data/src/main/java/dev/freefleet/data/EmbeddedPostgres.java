package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of the fleet's own: made at the first start, started with the fleet, started again when it dies,
 * stopped with the fleet. It listens on the loopback address only and asks for a password.
 *
 * <p>The server is started through {@code pg_ctl}, which gives it a session of its own: a Ctrl-C at the terminal would
 * else reach it before the fleet has written its last events. It follows that it outlives a fleet that is killed;
 * the next fleet on the directory stops it first. Whoever holds the directory's lock owns the server.
 */
final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final String CLUSTER = "cluster";
    private static final String SUPERUSER = "postgres";
    private static final int START_SECONDS = 120;
    private static final int STOP_SECONDS = 6;
    private static final long WATCH_MILLIS = 250;

    /** Small on purpose: the fleet shares the machine with the Brain. Crash safety stays at PostgreSQL's defaults. */
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=''",
            "max_connections=50",
            "superuser_reserved_connections=2",
            "shared_buffers=32MB",
            "maintenance_work_mem=32MB",
            "wal_buffers=1MB",
            "min_wal_size=32MB",
            "max_wal_size=256MB",
            "max_wal_senders=2",
            "max_replication_slots=0",
            "max_logical_replication_workers=0",
            "max_worker_processes=2",
            "max_parallel_workers_per_gather=0",
            "autovacuum_max_workers=1",
            "io_method=sync",
            "jit=off",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_checkpoints=off",
            // A failing statement's text and context quote rows, and so questions that people asked.
            "log_min_error_statement=panic",
            "log_error_verbosity=terse",
            "log_parameter_max_length=0");

    private final Path directory;
    private final Path cluster;
    private final ServerLog serverLog;
    private final FileChannel lockFile;
    private final PostgresTool tool;
    private final String superuserPassword;
    private final int port;
    private final Thread watcher;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Makes the cluster if it is not there, and starts the server. @throws DataException if that cannot be done */
    static EmbeddedPostgres start(DataConfig.Embedded config) {
        return start(config, new Cancellation());
    }

    /** The same, unless it is given up: then nothing runs when this throws. */
    static EmbeddedPostgres start(DataConfig.Embedded config, Cancellation cancellation) {
        Path directory = config.directory();
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            FileChannel lockFile = lock(directory);
            try {
                return new EmbeddedPostgres(config, lockFile, cancellation);
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "The embedded PostgreSQL in " + directory + " did not start: " + reason(e) + ".",
                    e);
        }
    }

    private EmbeddedPostgres(DataConfig.Embedded config, FileChannel lockFile, Cancellation cancellation)
            throws IOException {
        directory = config.directory();
        cluster = directory.resolve(CLUSTER);
        serverLog = new ServerLog(directory.resolve("server.log"));
        this.lockFile = lockFile;
        tool = new PostgresTool(PostgresBinaries.unpacked(config.binaries()), directory);
        cancellation.check();
        stopLeftover();
        superuserPassword = Passwords.keptIn(directory.resolve("superuser-password"));
        makeCluster(cancellation);
        cancellation.check();
        port = config.port() == 0 ? freePort() : config.port();
        requireFree(port);
        Postmaster postmaster = startServer();
        watcher = Thread.ofPlatform().daemon().name("embedded-postgres").unstarted(() -> watch(postmaster));
        watcher.start();
    }

    int port() {
        return port;
    }

    /** The way in as the superuser, whom the fleet uses to make roles and databases, and for nothing else. */
    Login superuser(String database) {
        return Login.loopback(port, database, SUPERUSER, superuserPassword);
    }

    Path directory() {
        return directory;
    }

    /** Stops the server cleanly within about ten seconds; what it has acknowledged is kept in any case. */
    @Override
    public void close() {
        closed.countDown();
        try {
            watcher.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            stop();
            lockFile.close();
        } catch (IOException e) {
            LOG.warn("The embedded PostgreSQL in {} did not stop: {}", directory, reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("{} is in use in this process", directory, e);
        }
        channel.close();
        throw new DataException(
                DataException.Kind.UNUSABLE,
                "Another fleet is running on " + directory
                        + "; stop it first, or give this one a directory of its own.");
    }

    /** Where the server of a running fleet is, for the same user's commands beside it; null where none runs. */
    static DataConfig.@Nullable External running(Path directory) {
        try {
            @Nullable Postmaster postmaster = Postmaster.running(directory.resolve(CLUSTER));
            return postmaster == null ? null : FleetDatabase.at(postmaster.port(), directory);
        } catch (IOException e) {
            throw new DataException(
                    DataException.Kind.UNUSABLE, "The data in " + directory + " cannot be read: " + reason(e) + ".", e);
        }
    }

    private void stopLeftover() throws IOException {
        @Nullable Postmaster leftover = Postmaster.running(cluster);
        if (leftover != null) {
            LOG.info(
                    "Stopping the PostgreSQL (process {}) that a killed fleet left behind",
                    leftover.process().pid());
            stop();
        }
    }

    /** A cluster on which no server ever ran is one whose making was interrupted, and is made anew. */
    private void makeCluster(Cancellation cancellation) throws IOException {
        if (Files.exists(cluster.resolve("postmaster.opts"))) {
            return;
        }
        if (Files.exists(cluster)) {
            Path unfinished = directory.resolve("cluster.unfinished-" + System.nanoTime());
            Files.move(cluster, unfinished);
            LOG.warn("{} was never finished; it was set aside as {}", cluster, unfinished);
        }
        LOG.info("Making a PostgreSQL cluster in {}", cluster);
        tool.run(
                "initdb",
                List.of(
                        "--pgdata=" + cluster,
                        "--username=" + SUPERUSER,
                        "--pwfile=" + directory.resolve("superuser-password"),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8"),
                cancellation);
    }

    private Postmaster startServer() throws IOException {
        serverLog.rotate();
        String options = SETTINGS.stream().map(s -> " -c " + s).collect(Collectors.joining("", "-p " + port, ""));
        List<String> arguments = List.of(
                "--pgdata=" + cluster,
                "--log=" + serverLog.file(),
                "--wait",
                "--timeout=" + START_SECONDS,
                "--options=" + options,
                "start");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Postmaster.removeStalePidFile(cluster);
            @Nullable Postmaster running = Postmaster.running(cluster);
            if (running != null) {
                return running;
            }
            long logged = serverLog.size();
            try {
                tool.run("pg_ctl", arguments);
                return requireNonNull(Postmaster.running(cluster), "a started server has a pid file");
            } catch (IOException e) {
                String said = serverLog.lastFatal(logged);
                // The children of a killed server take a moment to notice that it is gone.
                if (!said.contains("shared memory block") || System.nanoTime() > deadline) {
                    throw said.isEmpty() ? e : new IOException(said, e);
                }
                if (isClosedWithin(200)) {
                    throw e;
                }
            }
        }
    }

    private void stop() throws IOException {
        if (Postmaster.running(cluster) == null) {
            return;
        }
        try {
            tool.run("pg_ctl", stopArguments("fast"));
        } catch (IOException e) {
            LOG.warn(
                    "PostgreSQL in {} takes too long to stop ({}); it is cut off, and recovers at its next start",
                    cluster,
                    reason(e));
            tool.run("pg_ctl", stopArguments("immediate"));
        }
    }

    private List<String> stopArguments(String mode) {
        return List.of("--pgdata=" + cluster, "--mode=" + mode, "--wait", "--timeout=" + STOP_SECONDS, "stop");
    }

    private void watch(Postmaster started) {
        Postmaster postmaster = started;
        while (!isClosedWithin(WATCH_MILLIS)) {
            try {
                serverLog.rotate();
                if (!postmaster.isAlive()) {
                    LOG.error(
                            "PostgreSQL (process {}) died; starting it again",
                            postmaster.process().pid());
                    postmaster = startServer();
                    LOG.info(
                            "PostgreSQL runs again as process {}",
                            postmaster.process().pid());
                }
            } catch (IOException | RuntimeException e) {
                LOG.error("PostgreSQL in {} does not start: {}", cluster, reason(e));
            }
        }
    }

    private boolean isClosedWithin(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void requireFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            LOG.debug("Port {} is free", socket.getLocalPort());
        } catch (IOException e) {
            throw new IOException("port " + port + " is taken; give it another, or 0 for any", e);
        }
    }

    private static String reason(Throwable e) {
        return e instanceof AccessDeniedException denied
                ? "this user may not write " + denied.getFile()
                : String.valueOf(e.getMessage());
    }
}
