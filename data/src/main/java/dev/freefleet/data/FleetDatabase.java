package dev.freefleet.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's database and role in the embedded server. The role owns its database and is no superuser, so that
 * embedded and external servers are used with the same rights.
 */
final class FleetDatabase {
    private static final String NAME = "fleet";
    private static final String PASSWORD = "password";

    private FleetDatabase() {}

    /** The way into a server that another process has prepared. */
    static DataConfig.External at(int port, Path directory) throws IOException {
        return new DataConfig.External(
                Login.loopbackUrl(port, NAME),
                NAME,
                Files.readString(directory.resolve(PASSWORD)).strip());
    }

    /** The way in, after making whatever of role, password and database is missing. */
    static Login prepared(EmbeddedPostgres server) {
        Login superuser = server.superuser("postgres");
        try {
            Login fleet = Login.loopback(
                    server.port(),
                    NAME,
                    NAME,
                    Passwords.keptIn(server.directory().resolve(PASSWORD)));
            if (!isReady(fleet)) {
                make(superuser, fleet);
            }
            return fleet;
        } catch (IOException e) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "The password in " + server.directory() + " cannot be read or written: " + e.getMessage() + ".",
                    e);
        } catch (SQLException e) {
            throw SqlFailures.translate(e, superuser);
        }
    }

    private static boolean isReady(Login fleet) throws SQLException {
        try (@Nullable Connection connection = fleet.connect()) {
            return connection != null;
        } catch (SQLException e) {
            return switch (SqlFailures.state(e)) {
                case "28P01", "28000", "3D000" -> false;
                default -> throw e;
            };
        }
    }

    private static void make(Login superuser, Login fleet) throws SQLException {
        try (Connection connection = superuser.connect();
                Statement statement = connection.createStatement()) {
            if (!exists(statement, "select from pg_roles where rolname = '" + NAME + "'")) {
                statement.execute("create role " + NAME + " login");
            }
            // The password's alphabet is base64url, which needs no quoting.
            statement.execute("alter role " + NAME + " password '" + fleet.password() + "'");
            if (!exists(statement, "select from pg_database where datname = '" + NAME + "'")) {
                statement.execute("create database " + NAME + " owner " + NAME);
            }
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }
}
