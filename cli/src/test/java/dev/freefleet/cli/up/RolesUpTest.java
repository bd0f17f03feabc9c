package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fleet on a database that somebody else administers, with a user for each of its parts. */
@Timeout(300)
class RolesUpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PASSWORD = "a password";
    private static final List<String> USERS = List.of("an-app", "a-migrator", "an-ingest", "a-reader");

    @TempDir
    Path home;

    private void configure(String url) throws IOException {
        Files.writeString(home.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        Files.writeString(home.resolve("password"), PASSWORD + "\n");
        Files.writeString(
                home.resolve("fleet.yaml"), """
                database:
                  url: "%s"
                  user: %s
                  password: file:password
                  migrate-user: %s
                  migrate-password: file:password
                  ingest-user: %s
                  ingest-password: file:password
                  read-user: %s
                  read-password: file:password
                """.formatted(url, USERS.get(0), USERS.get(1), USERS.get(2), USERS.get(3)));
    }

    private Outcome run(String... arguments) {
        return new CommandLineTool(home).run(arguments);
    }

    private JsonNode json(String... arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.err()).isEmpty();
        try {
            return JSON.readTree(outcome.out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void ask(FleetProcess fleet, int n) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=whales+" + n))
                    .header("X-API-Key", fleet.firstKey())
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void eachUserDoesItsPartAndTheReaderTells() throws Exception {
        Path server = home.resolve("server");
        try (DataPlane plane = DataPlane.open(DataConfig.embedded(server), Clock.systemUTC())) {
            assertThat(plane.users().list()).isEmpty();
            String url = ((DataConfig.External)
                            DataPlane.running(server).orElseThrow().database())
                    .url();
            String theirs = url.substring(0, url.lastIndexOf('/')) + "/theirs";
            String password =
                    Files.readString(server.resolve("superuser-password")).strip();
            try (Connection administrator = DriverManager.getConnection(url, "postgres", password)) {
                administrator.createStatement().execute("create database theirs");
            }
            configure(theirs + "?currentSchema=fleet");
            try (Connection administrator = DriverManager.getConnection(theirs, "postgres", password);
                    Statement statement = administrator.createStatement()) {
                statement.execute(run("database", "grants").out());
                for (String user : USERS) {
                    statement.execute("alter role \"" + user + "\" password '" + PASSWORD + "'");
                }
                try (FleetProcess fleet =
                        FleetProcess.up(home, home.resolve("data")).awaitReady()) {
                    ask(fleet, 1);
                    ask(fleet, 2);
                    Await.until(
                            "usage is recorded",
                            () -> json("usage", "query", "--data", "data", "--format", "json")
                                            .size()
                                    == 2);
                    assertThat(json("usage", "summary", "--by", "total", "--data", "data", "--format", "json")
                                    .toString())
                            .contains("\"requests\":2");
                    assertThat(users(statement)).containsExactlyInAnyOrderElementsOf(USERS);
                    statement.execute("alter role \"" + USERS.getLast() + "\" nologin");
                    statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
                            + USERS.getLast() + "'");
                    Await.until(
                            "nobody else reads in the reader's place",
                            () -> run("usage", "query", "--data", "data")
                                    .err()
                                    .contains("refused the user " + USERS.getLast()));
                    assertThat(fleet.terminate()).isZero();
                }
            }
        }
    }

    /** Who is connected. */
    private static Set<String> users(Statement statement) throws SQLException {
        Set<String> users = new TreeSet<>();
        try (ResultSet rows = statement.executeQuery(
                "select distinct usename from pg_stat_activity where datname = 'theirs' and usename <> 'postgres'")) {
            while (rows.next()) {
                users.add(rows.getString(1));
            }
        }
        return users;
    }
}
