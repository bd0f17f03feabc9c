package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Which PostgreSQL to use, and how much of it.
 *
 * @param database the embedded one, or any by URL
 * @param poolSize the most connections that are open for queries, 1 to 100, default 8; ingest and the key feed have one
 *     each beside them
 * @param timeout how long a query waits for a connection before it fails as unavailable, 250 ms to 5 min, default 5 s
 */
public record DataConfig(Database database, int poolSize, Duration timeout) {
    /** Where PostgreSQL is. */
    public sealed interface Database permits Embedded, External {}

    /**
     * A PostgreSQL that the fleet starts, watches and stops itself, reachable from this machine only and with a
     * password of its own.
     *
     * @param directory where everything of it is kept across restarts: the cluster, the passwords, the server's log
     * @param binaries where the server's programs are unpacked, once for all data directories and fleets of this user;
     *     about 50 MB
     * @param port the loopback port, 1 to 65535, or 0 for a free one at each start
     */
    public record Embedded(Path directory, Path binaries, int port) implements Database {
        public Embedded {
            directory = directory.toAbsolutePath().normalize();
            binaries = binaries.toAbsolutePath().normalize();
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("port must be 0 to 65535, but is " + port);
            }
        }
    }

    /** Who somebody is to PostgreSQL; the password is empty where the server asks for none. */
    public record Credentials(String user, String password) {
        public Credentials {
            requireNonNull(user, "user");
            requireNonNull(password, "password");
        }

        /** Without the password. */
        @Override
        public String toString() {
            return user;
        }
    }

    /**
     * As whom the fleet does what; they may all be the same.
     *
     * @param main makes users and keys, and writes the usage of edges elsewhere
     * @param migrate owns the tables: brings them up to date, makes and drops the partitions of usage, runs jobs
     * @param ingest writes the gateway's usage and can do nothing else
     * @param read reads usage for commands and the console, and can change nothing
     */
    public record Roles(Credentials main, Credentials migrate, Credentials ingest, Credentials read) {
        public Roles {
            requireNonNull(main, "main");
            requireNonNull(migrate, "migrate");
            requireNonNull(ingest, "ingest");
            requireNonNull(read, "read");
        }

        /** All the same. */
        static Roles one(Credentials all) {
            return new Roles(all, all, all, all);
        }
    }

    /**
     * A PostgreSQL 14 to 18 that somebody else runs. A role needs no more than to own its schema, or what {@code fleet database
     * grants} prints. A server that is not on this machine must show a certificate that is right for its name
     * ({@code sslmode=verify-full}), unless the URL says otherwise.
     *
     * @param url {@code jdbc:postgresql://host:port/database}, with any of the driver's parameters but a password
     * @param roles as whom the fleet goes there
     */
    public record External(String url, Roles roles) implements Database {
        public External {
            requireNonNull(url, "url");
            requireNonNull(roles, "roles");
        }

        /** One role for everything. */
        public External(String url, String user, String password) {
            this(url, Roles.one(new Credentials(user, password)));
        }

        /** Of the role for everyday work. */
        public String user() {
            return roles.main().user();
        }

        /** Of the role for everyday work. */
        public String password() {
            return roles.main().password();
        }

        Login login(Credentials credentials) {
            return new Login(url, credentials.user(), credentials.password());
        }

        /** Without the passwords; and without the URL, whose parameters may hold one. */
        @Override
        public String toString() {
            return "External[" + Login.describe(url) + ", user=" + user() + "]";
        }
    }

    public DataConfig {
        requireNonNull(database, "database");
        requireNonNull(timeout, "timeout");
        if (poolSize < 1 || poolSize > 100) {
            throw new IllegalArgumentException("poolSize must be 1 to 100, but is " + poolSize);
        }
        if (timeout.compareTo(Duration.ofMillis(250)) < 0 || timeout.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("timeout must be 250 ms to 5 min, but is " + timeout);
        }
    }

    /** An embedded server in {@code directory}, on a free port, with the defaults. */
    public static DataConfig embedded(Path directory) {
        return of(new Embedded(directory, PostgresBinaries.defaultDirectory(directory), 0));
    }

    /** A server by URL, with the defaults. */
    public static DataConfig external(String url, String user, String password) {
        return of(new External(url, user, password));
    }

    /** This database, with the defaults. */
    public static DataConfig of(Database database) {
        return new DataConfig(database, 8, Duration.ofSeconds(5));
    }
}
