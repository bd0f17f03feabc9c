package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/** A way into one database. Its text form holds neither the password nor the URL's parameters. */
record Login(String url, String user, String password) {
    private static final Driver DRIVER = new Driver();

    /**
     * Whatever is the default of a database that somebody else administers: after a lock, the fleet has to see what others committed
     * before it got it.
     */
    static final int ISOLATION = Connection.TRANSACTION_READ_COMMITTED;

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
        secure(properties);
        return properties;
    }

    /**
     * The driver's own default goes on in plain text with whoever answers. A server elsewhere has to show who it is, by the issuers of a
     * file or, where none is named, by those that the JDK knows.
     */
    private void secure(Properties properties) {
        Properties said = parsed();
        @Nullable String mode = said.getProperty(PGProperty.SSL_MODE.getName());
        if (mode == null && !isLoopback(said.getProperty(PGProperty.PG_HOST.getName(), "localhost"))) {
            mode = "verify-full";
            properties.setProperty(PGProperty.SSL_MODE.getName(), mode);
        }
        boolean verifies = mode != null && mode.startsWith("verify-");
        if (verifies
                && said.getProperty(PGProperty.SSL_ROOT_CERT.getName()) == null
                && said.getProperty(PGProperty.SSL_FACTORY.getName()) == null
                && !Files.exists(Path.of(System.getProperty("user.home", ""), ".postgresql", "root.crt"))) {
            properties.setProperty(PGProperty.SSL_FACTORY.getName(), DefaultJavaSSLFactory.class.getName());
        }
    }

    /** Several hosts may stand in a URL, with commas between. */
    private static boolean isLoopback(String hosts) {
        return Arrays.stream(hosts.split(",", -1))
                .allMatch(host -> host.equals("localhost")
                        || host.startsWith("127.")
                        || host.equals("::1")
                        || host.equals("[::1]"));
    }

    private Properties parsed() {
        return requireNonNull(Driver.parseURL(url, new Properties()), "it was parsed before");
    }

    /** The database's name. */
    String database() {
        return parsed().getProperty(PGProperty.PG_DBNAME.getName(), user);
    }

    /** The schema that the URL names, else the usual one. */
    String schema() {
        return parsed().getProperty(PGProperty.CURRENT_SCHEMA.getName(), "public");
    }

    /** A connection outside the pool; a server that stays silent for half a minute counts as gone. */
    Connection connect() throws SQLException {
        Properties properties = properties();
        properties.setProperty(PGProperty.SOCKET_TIMEOUT.getName(), "30");
        @Nullable Connection connection = DRIVER.connect(url, properties);
        requireNonNull(connection, "the driver refused the URL").setTransactionIsolation(ISOLATION);
        return connection;
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
