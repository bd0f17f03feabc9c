package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.testkit.TestOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Old usage goes to a bucket, is read from there by the commands, and a user is forgotten there too. */
@Timeout(300)
class BucketArchiveTest {
    private static final int ROWS = 40;

    @TempDir
    Path home;

    private final LocalDate old = LocalDate.now(ZoneOffset.UTC).minusDays(120);

    private Outcome run(String... arguments) {
        return new CommandLineTool(home)
                .with("FLEET_DATA", home.resolve("data").toString())
                .run(arguments);
    }

    private JsonNode query() throws Exception {
        Outcome outcome = run(
                "usage",
                "query",
                "--from",
                old.toString(),
                "--to",
                old.plusDays(1).toString(),
                "--format",
                "json");
        assertThat(outcome.err()).isEmpty();
        return new ObjectMapper().readTree(outcome.out());
    }

    /** Half of them ada's, of a day that is over the retention. */
    private void write() throws Exception {
        DataConfig.External database = (DataConfig.External)
                DataPlane.running(home.resolve("data/postgres")).orElseThrow().database();
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("insert into usage_logs select gen_random_uuid(), '" + old + "T08:00:00Z'::timestamptz"
                    + " + i * interval '1 minute', null,"
                    + " case when i % 2 = 0 then (select id from users where name = 'ada') end, 'query', 'GET', 200,"
                    + " 'hit', 100, 0, 0, 9, null, 'whales ' || i, 'edge-1' from generate_series(1, " + ROWS + ") i");
        }
    }

    @Test
    void oldUsageGoesThereIsReadFromThereAndForgotten() throws Exception {
        try (Bucket bucket = new Bucket();
                TestOrigin brain = TestOrigin.start(exchange -> exchange.json("{\"answer\":\"whales\"}"))) {
            Files.writeString(home.resolve("bucket-secret"), Bucket.SECRET);
            Files.writeString(home.resolve("fleet.yaml"), """
                    brain:
                      url: "%s"
                    archive:
                      s3:
                        bucket: %s
                        endpoint: "%s"
                        prefix: fleet
                        access-key: %s
                        secret-key: file:bucket-secret
                    """.formatted(
                            brain.url(), Bucket.NAME, bucket.endpoint(), Bucket.ACCESS));
            try (FleetProcess fleet =
                    FleetProcess.up(home, home.resolve("data")).awaitReady()) {
                assertThat(run("users", "create", "ada").code()).isZero();
                write();

                assertThat(run("jobs", "run", "retention").out()).contains("1 day with " + ROWS + " requests archived");
                S3Archive archive = new S3Archive(bucket.settings(1_000), Clock.systemUTC());
                assertThat(archive.list("usage/"))
                        .singleElement()
                        .asString()
                        .startsWith("usage/" + old.toString().replace('-', '/') + "/part-1-0-");
                assertThat(query()).hasSize(ROWS);
                assertThat(query())
                        .filteredOn(row -> row.path("user_id").asLong() > 0)
                        .hasSize(ROWS / 2);
                assertThat(run(
                                        "usage",
                                        "export",
                                        "--from",
                                        old.toString(),
                                        "--to",
                                        old.plusDays(1).toString())
                                .out()
                                .lines())
                        .hasSize(ROWS + 1);

                assertThat(run("users", "forget", "ada").out()).contains("archives", Integer.toString(ROWS / 2));
                assertThat(archive.list("usage/"))
                        .singleElement()
                        .asString()
                        .startsWith("usage/" + old.toString().replace('-', '/') + "/part-1-1-");
                assertThat(query())
                        .hasSize(ROWS)
                        .allSatisfy(
                                row -> assertThat(row.path("user_id").asLong()).isZero());
                assertThat(query())
                        .filteredOn(row -> row.path("query_text").asText().startsWith("whales"))
                        .hasSize(ROWS / 2);

                archive.put(
                        "usage/2020/01/01/part-1-0.parquet",
                        Files.writeString(home.resolve("unknown"), "Who asked what?"));
                assertThat(run("users", "create", "bob").code()).isZero();
                assertThat(run("users", "forget", "bob").out())
                        .contains("files that the database does not know and that may tell of them");

                assertThat(fleet.terminate()).isZero();
                assertThat(fleet.err()).noneMatch(line -> line.contains(Bucket.SECRET));
            }
        }
    }
}
