package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory of a process ends, and there is some again: no event is doubled, none is lost, and it goes on. */
@Timeout(180)
class OutOfMemoryTest {
    private final Path directory = TestServer.temporary();

    @AfterEach
    void clear() {
        TestServer.delete(directory);
    }

    @Test
    void whatFindsNoMemoryIsNowhereOrOnce() throws Exception {
        succeed(List.of(directory.resolve("spool").toString()));
    }

    @Test
    void anIngestGoesOnWhenThereIsMemoryAgain() throws Exception {
        DataConfig.External database = TestServer.newDatabase();
        DataPlane.open(DataConfig.of(database), new TestClock("2026-11-23T12:00:00Z"))
                .close();
        succeed(List.of(directory.resolve("spool").toString(), database.url(), database.user(), database.password()));
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet counts = statement.executeQuery("select count(*), count(distinct id) from usage_logs")) {
            assertThat(counts.next()).isTrue();
            assertThat(counts.getLong(1)).isEqualTo(6_000);
            assertThat(counts.getLong(2)).isEqualTo(6_000);
        }
    }

    /** As where there was no memory to close its connection: it holds the spool's row, and its client is alive. */
    @Test
    void aSessionThatWasLeftInTheMiddleIsEnded() throws Exception {
        DataConfig.External database = TestServer.newDatabase();
        IngestConfig config = new IngestConfig(65_536, 16 << 20, 500, Duration.ofMillis(20), Duration.ofSeconds(1))
                .withSpool(directory.resolve("spool"));
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), new TestClock("2026-11-23T12:00:00Z"))) {
            plane.ingest(config).close();
            try (Connection left = TestServer.login(database).connect();
                    Statement statement = left.createStatement()) {
                statement.execute(UsageTable.SESSION);
                left.setAutoCommit(false);
                statement.execute("select * from usage_spool for update");
                try (UsageIngest ingest = plane.ingest(config)) {
                    ingest.offer(TestEvents.at(Instant.parse("2026-11-23T12:00:00Z")));
                    Eventually.eventually("it is written", () -> ingest.written() == 1);
                }
            }
        }
    }

    private static void succeed(List<String> args) throws Exception {
        Process process = OutOfMemoryProcess.start(args);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
