package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class EmbeddedPostgresTest {
    private static final UsageFilter ALL = UsageFilter.between(Instant.MIN, Instant.MAX);

    private final Path directory = TestServer.temporary();
    private final DataConfig config = DataConfig.embedded(directory);

    @AfterEach
    void delete() throws Exception {
        @Nullable Postmaster left = Postmaster.running(directory.resolve("cluster"));
        if (left != null) {
            left.process().destroyForcibly();
            eventually("the server is gone", () -> !left.isAlive());
        }
        TestServer.delete(directory);
    }

    @Test
    void aRestartKeepsTheData() {
        User made;
        try (DataPlane plane = open()) {
            made = plane.users().create("owner", null);
        }
        assertThat(directory.resolve("cluster/postmaster.pid")).doesNotExist();
        try (DataPlane plane = open()) {
            assertThat(plane.users().list()).containsExactly(made);
        }
    }

    @Test
    void aKilledFleetsServerIsFoundAndStoppedAndItsDataKept() throws Exception {
        Process fleet = FleetProcess.start(directory);
        TimeUnit.MILLISECONDS.sleep(700);
        fleet.destroyForcibly().waitFor();
        Postmaster orphan = server();
        try (DataPlane plane = open()) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(plane.users().find("made before the kill")).isPresent();
            assertThat(plane.usage().count(ALL)).isPositive();
        }
    }

    @Test
    void aKilledFleetAndAKilledServerAtOnceAreNoHindrance() throws Exception {
        Process fleet = FleetProcess.start(directory);
        Postmaster server = server();
        fleet.destroyForcibly();
        server.process().destroyForcibly();
        fleet.waitFor();
        try (DataPlane plane = open()) {
            assertThat(plane.users().find("made before the kill")).isPresent();
        }
    }

    @Test
    void aKilledServerIsStartedAgainAndIngestCatchesUp() throws Exception {
        try (DataPlane plane = open();
                UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            int offered = 0;
            for (int kill = 0; kill < 2; kill++) {
                for (int i = 0; i < 2_000; i++, offered++) {
                    ingest.offer(TestEvents.at(Instant.now()));
                    TimeUnit.MICROSECONDS.sleep(100);
                }
                Postmaster server = server();
                server.process().destroyForcibly();
                for (int i = 0; i < 2_000; i++, offered++) {
                    assertThat(ingest.offer(TestEvents.at(Instant.now()))).isTrue();
                    TimeUnit.MICROSECONDS.sleep(100);
                }
                long all = offered;
                eventually("the ingest has caught up", () -> ingest.written() == all);
            }
            assertThat(ingest.dropped()).isZero();
            assertThat(plane.users().list()).isEmpty();
        }
        try (DataPlane plane = open()) {
            assertThat(plane.usage().count(ALL)).isGreaterThanOrEqualTo(8_000);
        }
    }

    @Test
    void aServerKilledUnderLoadIsGivenEachSpooledEventOnce() throws Exception {
        // Short, so that the kills fall between transactions and into them.
        IngestConfig spooled = new IngestConfig(65_536, 16 << 20, 10_000, Duration.ofMillis(20), Duration.ofSeconds(4))
                .withSpool(directory.resolve("spool"));
        int all = 9_000;
        try (DataPlane plane = open();
                UsageIngest ingest = plane.ingest(spooled)) {
            for (int i = 1; i <= all; i++) {
                assertThat(ingest.offer(TestEvents.at(Instant.now()))).isTrue();
                TimeUnit.MICROSECONDS.sleep(100);
                if (i % 3_000 == 1_500) {
                    server().process().destroyForcibly();
                }
            }
            eventually("the ingest has caught up", () -> ingest.written() == all);
            assertThat(ingest.spooled()).isEqualTo(all);
            assertThat(plane.usage().count(ALL)).isEqualTo(all);
        }
        try (DataPlane plane = open()) {
            assertThat(plane.usage().count(ALL)).isEqualTo(all);
        }
    }

    @Test
    void aSecondFleetOnTheDirectoryIsRefused() {
        try (DataPlane plane = open()) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(this::open)
                    .withMessageStartingWith("Another fleet is running on " + directory)
                    .matches(e -> e.kind() == DataException.Kind.UNUSABLE);
            assertThat(plane.users().list()).isEmpty();
        }
    }

    @Test
    void commandsOfTheSameUserReachARunningFleetsDatabase() {
        assertThat(DataPlane.running(directory)).isEmpty();
        try (DataPlane fleet = open()) {
            User made = fleet.users().create("owner", null);
            try (DataPlane command = DataPlane.open(DataPlane.running(directory).orElseThrow(), Clock.systemUTC())) {
                assertThat(command.users().list()).containsExactly(made);
            }
        }
        assertThat(DataPlane.running(directory)).isEmpty();
    }

    @Test
    void aPidFileOfAnotherProcessIsNoHindrance() throws Exception {
        open().close();
        Path pidFile = directory.resolve("cluster/postmaster.pid");
        Files.writeString(
                pidFile,
                ProcessHandle.current().pid() + "\n" + directory.resolve("cluster")
                        + "\n1700000000\n5432\n\n127.0.0.1\n" + "  2155268         4\nready   \n");

        open().close();

        assertThat(pidFile).doesNotExist();
    }

    @Test
    void aClusterWhoseMakingWasCutShortIsMadeAnew() throws Exception {
        Files.createDirectories(directory.resolve("cluster/base"));
        Files.writeString(directory.resolve("cluster/postgresql.conf"), "cut shor");

        open().close();

        assertThat(directory.resolve("cluster/postmaster.opts")).exists();
    }

    @Test
    void aDamagedClusterIsToldInASentence() throws Exception {
        open().close();
        Files.delete(directory.resolve("cluster/global/pg_control"));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(this::open)
                .withMessageStartingWith("The embedded PostgreSQL in " + directory + " did not start: ")
                .withMessageContaining("pg_control")
                .matches(e -> e.kind() == DataException.Kind.UNUSABLE);
    }

    @Test
    void aClusterOfAnotherPostgresqlIsToldInASentence() throws Exception {
        open().close();
        Files.writeString(directory.resolve("cluster/PG_VERSION"), "99\n");

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(this::open)
                .withMessageContaining("incompatible")
                .matches(e -> e.kind() == DataException.Kind.UNUSABLE);
    }

    @Test
    void aDirectoryThatIsAFileIsToldInASentence() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataPlane.open(DataConfig.embedded(file.resolve("data")), Clock.systemUTC()))
                .matches(e -> e.kind() == DataException.Kind.UNUSABLE);
    }

    @Test
    void aTakenPortIsToldInASentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DataConfig.Embedded embedded = (DataConfig.Embedded) config.database();
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> DataPlane.open(
                            DataConfig.of(
                                    new DataConfig.Embedded(directory, embedded.binaries(), taken.getLocalPort())),
                            Clock.systemUTC()))
                    .withMessageContaining("port " + taken.getLocalPort() + " is taken");
        }
    }

    @Test
    void nobodyEntersWithoutThePasswordThatOnlyTheOwnerReads() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start((DataConfig.Embedded) config.database())) {
            FleetDatabase.prepared(server);
            for (String user : List.of("postgres", "fleet")) {
                for (String password : List.of("", "postgres", "fleet")) {
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> Login.loopback(server.port(), "fleet", user, password)
                                    .connect())
                            .matches(e -> List.of("28P01", "08004").contains(SqlFailures.state(e)));
                }
            }
        }
        for (String secret : List.of("password", "superuser-password")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(secret))))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    @Test
    void theFleetIsNoSuperuserAndItsServerKeepsWhatItAcknowledged() {
        try (EmbeddedPostgres server = EmbeddedPostgres.start((DataConfig.Embedded) config.database())) {
            Login fleet = FleetDatabase.prepared(server);
            assertThat(TestServer.strings(fleet, "select current_setting('is_superuser')"))
                    .containsExactly("off");
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
                assertThat(TestServer.strings(fleet, "show " + setting)).containsExactly("on");
            }
            assertThat(TestServer.strings(fleet, "show listen_addresses")).containsExactly("127.0.0.1");
        }
    }

    @Test
    void aLostPasswordIsReplaced() throws Exception {
        open().close();
        Files.delete(directory.resolve("password"));

        open().close();

        assertThat(directory.resolve("password")).exists();
    }

    @Test
    void questionsDoNotEnterTheServersLog() throws Exception {
        try (DataPlane plane = open()) {
            Login login =
                    Login.loopback(server().port(), "fleet", "fleet", Files.readString(directory.resolve("password")));
            TestServer.execute(
                    login,
                    "alter table usage_logs add constraint poison check (query_text <> 'my secret illness') not valid");
            try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
                ingest.offer(TestEvents.event("id", Instant.now(), "my secret illness"));
                eventually("it is refused", () -> ingest.rejected() == 1);
            }
        }
        assertThat(directory.resolve("server.log"))
                .content()
                .contains("violates check constraint")
                .doesNotContain("illness");
    }

    /** One that was killed is started again when it is missed, which takes its time on a busy machine. */
    private Postmaster server() throws InterruptedException {
        eventually("a server runs", () -> running() != null);
        return requireNonNull(running(), "a server runs");
    }

    private @Nullable Postmaster running() {
        try {
            return Postmaster.running(directory.resolve("cluster"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DataPlane open() {
        return DataPlane.open(config, Clock.systemUTC());
    }
}
