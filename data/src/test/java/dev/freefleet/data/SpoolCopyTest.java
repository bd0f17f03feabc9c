package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A copy of the spool and an export of the database, of two moments, make one fleet in which each event is once. */
@Timeout(180)
class SpoolCopyTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private final TestClock clock = new TestClock(NOON.toString());
    private final Path root = TestServer.temporary();
    private final Path spool = root.resolve("spool");
    private final DataConfig.External from = TestServer.newDatabase();

    @AfterEach
    void delete() {
        TestServer.delete(root);
    }

    private static IngestConfig config(Path directory) {
        return new IngestConfig(65_536, 64 << 20, 100, Duration.ofMillis(20), Duration.ofSeconds(4))
                .withSpool(directory);
    }

    private static byte[] export(DataConfig.Database database) throws IOException {
        try (DataExport export = DataExport.open(database);
                InputStream in = export.stream()) {
            return in.readAllBytes();
        }
    }

    private byte[] copy() throws IOException {
        try (InputStream in = SpoolCopy.stream(spool)) {
            return in.readAllBytes();
        }
    }

    private static void offer(UsageIngest ingest, int events) {
        for (int i = 0; i < events; i++) {
            assertThat(ingest.offer(TestEvents.at(NOON))).isTrue();
        }
    }

    /** Keeps rows out of the table until it is closed; who reads it does not notice. */
    private Connection block() throws SQLException {
        Connection connection = TestServer.login(from).connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("lock table usage_logs in share row exclusive mode");
        }
        return connection;
    }

    private Path unpacked(byte[] tar) throws IOException {
        Path folder = Files.createTempDirectory(root, "restored");
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
            for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                Files.write(folder.resolve(e.getName()), in.readAllBytes());
            }
        }
        return folder;
    }

    private static void assertRows(DataConfig.External database, long rows) {
        assertThat(TestServer.strings(
                        TestServer.login(database), "select count(*) || ' ' || count(distinct id) from usage_logs"))
                .containsExactly(rows + " " + rows);
    }

    /**
     * 1,000 events are delivered and 300 wait when the first of the two is copied; 200 more are there when the second is.
     *
     * @param delivered whether all of them are delivered before the second is copied
     * @param rows what is to be there in the end: everything that the spool held when it was copied, and all that was delivered
     */
    @ParameterizedTest
    @CsvSource({"true, false, 1300", "true, true, 1500", "false, false, 1500", "false, true, 1500"})
    void eachEventArrivesOnce(boolean spoolFirst, boolean delivered, int rows) throws Exception {
        byte[] spooled;
        byte[] database;
        try (DataPlane plane = DataPlane.open(DataConfig.of(from), clock);
                UsageIngest ingest = plane.ingest(config(spool))) {
            offer(ingest, 1_000);
            eventually("the first are delivered", () -> ingest.written() == 1_000);
            try (Connection blocked = block()) {
                offer(ingest, 300);
                eventually("the next wait", () -> ingest.spooled() == 1_300);
                spooled = copy();
                database = export(from);
                if (!delivered) {
                    offer(ingest, 200);
                    eventually("more wait", () -> ingest.spooled() == 1_500);
                    spooled = spoolFirst ? spooled : copy();
                    database = spoolFirst ? export(from) : database;
                }
                blocked.rollback();
            }
            if (delivered) {
                offer(ingest, 200);
                eventually("all are delivered", () -> ingest.written() == 1_500);
                spooled = spoolFirst ? spooled : copy();
                database = spoolFirst ? export(from) : database;
            }
        }

        DataConfig.External to = TestServer.newDatabase();
        DataImport.run(new ByteArrayInputStream(database), to);
        try (DataPlane plane = DataPlane.open(DataConfig.of(to), clock)) {
            Path restored = unpacked(spooled);
            for (int start = 1; start <= 2; start++) {
                try (UsageIngest ingest = plane.ingest(config(restored))) {
                    offer(ingest, 50);
                    long all = rows + 50L * start;
                    eventually(
                            "what waited and what is new",
                            () -> plane.usage().count(UsageFilter.between(Instant.EPOCH, Instant.MAX)) >= all);
                }
            }
        }
        assertRows(to, rows + 100);
    }

    @Test
    void aCopyThatIsMadeWhileEventsComeIsASpool() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (DataPlane plane = DataPlane.open(DataConfig.of(from), clock);
                UsageIngest ingest = plane.ingest(config(spool));
                Connection blocked = block()) {
            Thread offers = Thread.ofPlatform().start(() -> {
                while (!enough.get() && ingest.spoolBytes() < 48 << 20) {
                    ingest.offer(TestEvents.at(NOON));
                }
            });
            for (int i = 1; i <= 3; i++) {
                long some = i * 2_000L;
                eventually("there are some", () -> ingest.spooled() >= some);
                long least = ingest.spooled();
                Path restored = unpacked(copy());
                DataConfig.External to = TestServer.newDatabase();
                try (DataPlane other = DataPlane.open(DataConfig.of(to), clock);
                        UsageIngest again = other.ingest(config(restored))) {
                    eventually("they arrive", () -> again.written() >= least);
                    eventually("all of them", () -> again.oldestMillis() == 0);
                    assertThat(again.damaged())
                            .as("but for a half one at the end")
                            .isLessThanOrEqualTo(1);
                }
                assertThat(TestServer.strings(
                                TestServer.login(to), "select count(*) = count(distinct id) from usage_logs"))
                        .containsExactly("t");
            }
            enough.set(true);
            offers.join();
            blocked.rollback();
        }
    }

    @Test
    void whatIsNoPartOfItStaysWhereItIs() throws Exception {
        try (DataPlane plane = DataPlane.open(DataConfig.of(from), clock);
                UsageIngest ingest = plane.ingest(config(spool))) {
            offer(ingest, 10);
            eventually("they are spooled", () -> ingest.spooled() == 10);
            assertThat(SpoolCopy.isThere(spool)).isTrue();
            try (var files = Files.list(unpacked(copy()))) {
                List<String> names =
                        files.map(f -> f.getFileName().toString()).sorted().toList();
                assertThat(names).hasSize(2).contains("id").first().asString().endsWith(".spool");
            }
        }
        assertThat(SpoolCopy.isThere(root)).isFalse();
    }
}
