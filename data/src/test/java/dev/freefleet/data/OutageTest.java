package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A PostgreSQL of its own that is stopped, out of connections, hung, and out of disk space, and a spool whose disk is full, each while a
 * thousand events a second come in: all are taken at once, and all are there once when it is over. Each outage lasts two
 * seconds, or {@code -Doutage.seconds=N}.
 */
@Timeout(3_600)
class OutageTest {
    private static final long SECONDS = Long.getLong("outage.seconds", 2);
    private static final int RATE = 1_000;
    /** No offer may wait for what is out of order; generous, for the machine that tests run on may be slow. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Path root = TestServer.temporary();
    private final Path server = root.resolve("server");
    private DataConfig.Embedded config;
    private EmbeddedPostgres postgres;
    private Login login;
    private @Nullable SmallDisk disk;

    @BeforeEach
    void start() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path place = Files.createDirectory(
                root.resolve("disk"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        disk = SmallDisk.mount(place, SECONDS > 10 ? "256m" : "24m");
        config = new DataConfig.Embedded(server, PostgresBinaries.defaultDirectory(server), port);
        postgres = EmbeddedPostgres.start(config);
        login = FleetDatabase.prepared(postgres);
        Schema.migrate(login);
    }

    @AfterEach
    void stop() throws IOException {
        postgres.close();
        if (disk != null) {
            disk.close();
        }
        TestServer.delete(root);
    }

    private IngestConfig ingest(Path spool) {
        return new IngestConfig(
                        IngestConfig.DEFAULTS.ringEvents(),
                        4 << 20,
                        IngestConfig.DEFAULTS.batchRows(),
                        Duration.ofMillis(200), // five times as long while much comes
                        IngestConfig.DEFAULTS.flushTimeout())
                .withSpool(spool);
    }

    /** Offers so many events a second, and remembers how long the slowest offer took. */
    private static final class Load implements AutoCloseable {
        private final UsageIngest ingest;
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread;
        private long slowestNanos;
        private long refused;

        Load(UsageIngest ingest) {
            this.ingest = ingest;
            thread = Thread.ofPlatform().start(this::run);
        }

        private void run() {
            long began = System.nanoTime();
            for (long n = 0; !over.get(); n++) {
                while (System.nanoTime() - began < n * 1_000_000_000L / RATE) {
                    LockSupport.parkNanos(200_000);
                }
                long before = System.nanoTime();
                refused += ingest.offer(TestEvents.at(Instant.now())) ? 0 : 1;
                slowestNanos = Math.max(slowestNanos, System.nanoTime() - before);
            }
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            assertThat(refused).as("events that were not taken").isZero();
            assertThat(slowestNanos).isLessThan(PATIENCE_NANOS);
        }
    }

    private static void last() throws InterruptedException {
        TimeUnit.SECONDS.sleep(SECONDS); // how long an outage is, not how long something takes
    }

    private long rows() {
        List<String> counts = TestServer.strings(
                login, "select count(*) from usage_logs union all select count(distinct id) from usage_logs");
        assertThat(counts.getFirst()).isEqualTo(counts.getLast());
        return Long.parseLong(counts.getFirst());
    }

    private void caughtUp(UsageIngest ingest) throws InterruptedException {
        long all = ingest.accepted();
        eventually("it has caught up", () -> ingest.written() >= all);
    }

    @Test
    void aServerThatIsStoppedKilledOrOutOfConnectionsLosesNothing() throws Exception {
        try (UsageIngest ingest = new UsageIngest(login, Clock.systemUTC(), ingest(root.resolve("spool")))) {
            try (Load load = new Load(ingest)) {
                eventually("events arrive", () -> ingest.written() > 100);

                postgres.close();
                last();
                eventually("it was missed", () -> ingest.failedBatches() > 0);
                postgres = EmbeddedPostgres.start(config);
                caughtUp(ingest);

                TestServer.execute(
                        postgres.superuser("postgres"),
                        "alter role fleet connection limit 0",
                        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'fleet'");
                last();
                TestServer.execute(postgres.superuser("postgres"), "alter role fleet connection limit -1");
                caughtUp(ingest);

                assertThat(postmaster().destroyForcibly()).isTrue();
                caughtUp(ingest);
                assertThat(load.thread.isAlive()).isTrue();
            }
            caughtUp(ingest);
            assertThat(ingest.dropped()).isZero();
            assertThat(ingest.damaged()).isZero();
            assertThat(rows()).isEqualTo(ingest.accepted());
        }
    }

    /** It takes connections and what is sent on them, and never answers, until it goes on as if nothing had been. */
    @Test
    void aServerThatHangsLosesNothing() throws Exception {
        try (UsageIngest ingest = new UsageIngest(login, Clock.systemUTC(), ingest(root.resolve("spool")))) {
            try (Load load = new Load(ingest)) {
                eventually("events arrive", () -> ingest.written() > 100);
                ProcessHandle postmaster = postmaster();
                List<ProcessHandle> stopped = new ArrayList<>(List.of(postmaster));
                try {
                    signal("STOP", stopped);
                    // It makes no more of them now.
                    stopped.addAll(postmaster.children().toList());
                    signal("STOP", stopped);
                    eventually("events wait", () -> ingest.accepted() - ingest.written() > RATE);
                    last();
                } finally {
                    signal("CONT", stopped);
                }
                caughtUp(ingest);
                assertThat(load.thread.isAlive()).isTrue();
            }
            caughtUp(ingest);
            assertThat(ingest.dropped()).isZero();
            assertThat(ingest.damaged()).isZero();
            assertThat(rows()).isEqualTo(ingest.accepted());
        }
    }

    private ProcessHandle postmaster() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(server.resolve("cluster/postmaster.pid"))
                        .getFirst()))
                .orElseThrow();
    }

    /** To all of them, though one may be gone meanwhile, for which {@code kill} fails in the end. */
    private static void signal(String name, List<ProcessHandle> processes) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        new ProcessBuilder(command).start().waitFor();
    }

    /** Where no disk can be made (no root, no mounts), the table is put out of reach instead. */
    @Test
    void aServerWhoseDiskIsFullLosesNothing() throws Exception {
        SmallDisk small = disk;
        if (small != null) {
            // The days' partitions are made where the fleet's role makes its tables.
            TestServer.execute(
                    postgres.superuser("fleet"),
                    "create tablespace small location '"
                            + Files.createDirectory(small.path().resolve("table")) + "'",
                    "grant create on tablespace small to fleet",
                    "alter role fleet set default_tablespace = 'small'");
        }
        try (UsageIngest ingest = new UsageIngest(login, Clock.systemUTC(), ingest(root.resolve("spool")))) {
            try (Load load = new Load(ingest)) {
                eventually("events arrive", () -> ingest.written() > 100);
                long failed = ingest.failedBatches();
                if (small != null) {
                    fill(small.path().resolve("ballast"));
                } else {
                    TestServer.execute(login, "alter table usage_logs rename to elsewhere");
                }
                eventually("the server refuses", () -> ingest.failedBatches() > failed);
                last();
                if (small != null) {
                    Files.delete(small.path().resolve("ballast"));
                } else {
                    TestServer.execute(login, "alter table elsewhere rename to usage_logs");
                }
                caughtUp(ingest);
                assertThat(load.thread.isAlive()).isTrue();
            }
            caughtUp(ingest);
            assertThat(ingest.dropped()).isZero();
            assertThat(rows()).isEqualTo(ingest.accepted());
        }
    }

    /** The spool's disk is full: events go straight on. Then the server is gone, too: they wait in the ring, which has its room. */
    @Test
    void aSpoolWhoseDiskIsFullLosesNothing() throws Exception {
        SmallDisk small = disk;
        Path place = small == null ? root : small.path();
        try (UsageIngest ingest = new UsageIngest(login, Clock.systemUTC(), ingest(place.resolve("spool")))) {
            try (Load load = new Load(ingest)) {
                eventually("events are spooled", () -> ingest.spooled() > 100);
                if (small != null) {
                    fill(small.path().resolve("ballast"));
                    eventually("they go on from memory", () -> ingest.direct() > 500);
                }
                postgres.close();
                TimeUnit.SECONDS.sleep(Math.min(4, SECONDS)); // 4 MiB of ring are some 13 s of these events
                postgres = EmbeddedPostgres.start(config);
                caughtUp(ingest);
                if (small != null) {
                    Files.delete(small.path().resolve("ballast"));
                }
                long spooled = ingest.spooled();
                eventually("the spool is used again", () -> ingest.spooled() > spooled + 500);
                assertThat(load.thread.isAlive()).isTrue();
            }
            caughtUp(ingest);
            assertThat(ingest.dropped()).isZero();
            assertThat(rows()).isEqualTo(ingest.accepted());
        }
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[4_096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }
}
