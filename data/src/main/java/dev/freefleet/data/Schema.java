package dev.freefleet.data;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** The tables' version: brought up to the fleet's by Flyway, and refused where it is newer. */
final class Schema {
    /** The version of the last migration; to be raised with each that is added. */
    static final int NEWEST = 40;

    private static final int OLDEST_SERVER = 14;
    private static final String HISTORY = "fleet_schema_history";

    private Schema() {}

    /** @throws DataException if the server is too old or not UTF-8, or the tables are another version's or another's */
    static void migrate(Login login) {
        try (Connection connection = login.connect()) {
            requireUsable(connection, login);
            if (isCurrent(connection, login)) {
                return;
            }
            MigrationLock.take(connection, login);
            // Another fleet may have done it meanwhile.
            if (!isCurrent(connection, login)) {
                migrateTables(login, MigrationVersion.LATEST);
            }
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        } catch (FlywayException e) {
            @Nullable SQLException sql = SqlFailures.sqlException(e);
            if (sql == null) {
                throw new DataException(
                        DataException.Kind.UNUSABLE,
                        "The tables in " + login + " are not as a fleet left them: " + firstLine(e),
                        e);
            }
            if (SqlFailures.state(sql).startsWith("42P0")
                    || SqlFailures.state(sql).equals("42710")) {
                throw new DataException(
                        DataException.Kind.UNUSABLE,
                        "The schema in " + login + " holds tables that are not the fleet's (" + SqlFailures.message(sql)
                                + "); give the fleet a schema of its own with ?currentSchema=NAME in the URL.",
                        e);
            }
            throw SqlFailures.translate(sql, login);
        }
    }

    private static void requireUsable(Connection connection, Login login) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < OLDEST_SERVER) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "PostgreSQL at " + Login.describe(login.url()) + " is version " + version + ", and the fleet needs "
                            + OLDEST_SERVER + " to 18; upgrade it, or use another.");
        }
        @Nullable String encoding = connection.unwrap(PGConnection.class).getParameterStatus("server_encoding");
        if (!"UTF8".equals(encoding)) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "The database " + Login.describe(login.url()) + " is encoded in " + encoding
                            + ", which cannot hold every question; make it with ENCODING 'UTF8'.");
        }
    }

    /** What Flyway would find out as well, in half a second of the fleet's start. */
    private static boolean isCurrent(Connection connection, Login login) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!isThere(statement)) {
                return false;
            }
            if (firstRow(statement, "select coalesce(max(version::numeric), 0) > " + NEWEST + " from " + HISTORY)) {
                throw new DataException(
                        DataException.Kind.UNUSABLE,
                        "The database " + Login.describe(login.url()) + " was used by a newer version of the fleet (its"
                                + " tables are newer than version " + NEWEST
                                + "); start that version, or give this one another database.");
            }
            return firstRow(
                    statement,
                    "select coalesce(max(version::numeric), 0) = " + NEWEST + " and bool_and(success) from " + HISTORY);
        }
    }

    /** Whether a fleet has ever made its tables there. */
    static boolean isThere(Statement statement) throws SQLException {
        return firstRow(statement, "select to_regclass('" + HISTORY + "') is not null");
    }

    /** Makes the tables of an older version, for rows that were written then. */
    static void migrateTo(Login login, int version) {
        try (Connection connection = login.connect()) {
            requireUsable(connection, login);
            MigrationLock.take(connection, login);
            migrateTables(login, MigrationVersion.fromVersion(Integer.toString(version)));
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        } catch (FlywayException e) {
            @Nullable SQLException sql = SqlFailures.sqlException(e);
            throw sql == null
                    ? new DataException(
                            DataException.Kind.UNUSABLE,
                            "The tables of version " + version + " cannot be made in " + login + ": " + firstLine(e),
                            e)
                    : SqlFailures.translate(sql, login);
        }
    }

    private static boolean firstRow(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void migrateTables(Login login, MigrationVersion target) {
        Flyway.configure()
                .dataSource(dataSource(login))
                .locations("classpath:dev/freefleet/data/migration")
                .table(HISTORY)
                .target(target)
                // A schema that holds tables of others is no hindrance; V1 is still to be applied there.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }

    private static PGSimpleDataSource dataSource(Login login) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(login.url());
        Properties properties = login.properties();
        try {
            for (String name : properties.stringPropertyNames()) {
                source.setProperty(name, properties.getProperty(name));
            }
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
        return source;
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
