package dev.freefleet.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One embedded server for all tests of this JVM, and a database of their own for each that asks. The role that tests use is
 * the owner of its database and no superuser, as on a server that somebody else administers.
 */
public final class TestServer {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final String PASSWORD = "a password with ' and \\";

    private TestServer() {}

    private static final class Holder {
        static final Path DIRECTORY = temporary();
        static final EmbeddedPostgres SERVER = EmbeddedPostgres.start(
                (DataConfig.Embedded) DataConfig.embedded(DIRECTORY).database());

        static {
            // What these tests write need not outlive a power cut; a disk that is shared is slow to promise it.
            execute(SERVER.superuser("postgres"), "alter system set fsync = off", "select pg_reload_conf()");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                SERVER.close();
                delete(DIRECTORY);
            }));
        }
    }

    static Login superuser() {
        return Holder.SERVER.superuser("postgres");
    }

    static int port() {
        return Holder.SERVER.port();
    }

    public static DataConfig.External newDatabase() {
        return newDatabase("");
    }

    static DataConfig.External newDatabase(String options) {
        String name = "test_" + DATABASES.incrementAndGet();
        execute(
                superuser(),
                "create role " + name + " login password '" + PASSWORD.replace("'", "''") + "'",
                "create database " + name + " owner " + name + " " + options);
        return new DataConfig.External("jdbc:postgresql://127.0.0.1:" + port() + "/" + name, name, PASSWORD);
    }

    /** Runs statements as the owner of a database. */
    public static void execute(DataConfig.External database, String... statements) {
        execute(login(database), statements);
    }

    /** The first column of a query, asked by the owner of a database. */
    public static List<String> strings(DataConfig.External database, String query) {
        return strings(login(database), query);
    }

    static Login login(DataConfig.External database) {
        return new Login(database.url(), database.user(), database.password());
    }

    static void execute(Login login, String... statements) {
        try (Connection connection = login.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> strings(Login login, String query) {
        try (Connection connection = login.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> strings = new java.util.ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Path temporary() {
        try {
            return Files.createTempDirectory("fleet-data-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
