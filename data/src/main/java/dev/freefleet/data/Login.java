package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** A way into one database. Its text form holds neither the password nor the URL's parameters. */
record Login(String url, String user, String password) {
    private static final Driver DRIVER = new Driver();

    /** The fleet's name in {@code pg_stat_activity}. */
    private static final String APPLICATION = "solo-free-fleet";

    Login {
        requireNonNull(url, "url");
        requireNonNull(user, "user");
        requireNonNull(password, "password");
        @Nullable Properties parsed = Driver.parseURL(url, new Properties());
        if (parsed != null && parsed.containsKey(PGProperty.PASSWORD.getName())) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "The database URL holds a password, and URLs end up in logs; give the password by its own setting.");
        }
        if (parsed == null) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "The database URL is not of the form jdbc:postgresql://HOST:PORT/DATABASE; correct it in the configuration.");
        }
    }

    static Login loopback(int port, String database, String user, String password) {
        return new Login(loopbackUrl(port, database), user, password);
    }

    static String loopbackUrl(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    Properties properties() {
        Properties properties = new Properties();
        properties.setProperty(PGProperty.USER.getName(), user);
        if (!password.isEmpty()) {
            properties.setProperty(PGProperty.PASSWORD.getName(), password);
        }
        properties.setProperty(PGProperty.APPLICATION_NAME.getName(), APPLICATION);
        properties.setProperty(PGProperty.CONNECT_TIMEOUT.getName(), "5");
        properties.setProperty(PGProperty.TCP_KEEP_ALIVE.getName(), "true");
        // What a server says of a row that it refused may quote the row.
        properties.setProperty(PGProperty.LOG_SERVER_ERROR_DETAIL.getName(), "false");
        return properties;
    }

    /** A connection outside the pool; a server that stays silent for half a minute counts as gone. */
    Connection connect() throws SQLException {
        Properties properties = properties();
        properties.setProperty(PGProperty.SOCKET_TIMEOUT.getName(), "30");
        @Nullable Connection connection = DRIVER.connect(url, properties);
        return requireNonNull(connection, "the driver refused the URL");
    }

    /** Host, port and database, as a person would name them. */
    static String describe(String url) {
        @Nullable Properties parsed = Driver.parseURL(url, new Properties());
        if (parsed == null) {
            return "an invalid URL";
        }
        return parsed.getProperty(PGProperty.PG_HOST.getName(), "localhost")
                + ":" + parsed.getProperty(PGProperty.PG_PORT.getName(), "5432")
                + "/" + parsed.getProperty(PGProperty.PG_DBNAME.getName(), "");
    }

    @Override
    public String toString() {
        return user + "@" + describe(url);
    }
}
