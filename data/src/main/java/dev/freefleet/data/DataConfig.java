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

    /**
     * A PostgreSQL 14 to 18 that somebody else runs. The role needs no more than to own its schema.
     *
     * @param url {@code jdbc:postgresql://host:port/database?sslmode=verify-full}, with any of the driver's parameters
     * @param user the role
     * @param password its password; empty where the server asks for none
     */
    public record External(String url, String user, String password) implements Database {
        public External {
            requireNonNull(url, "url");
            requireNonNull(user, "user");
            requireNonNull(password, "password");
        }

        /** Without the password; and without the URL, whose parameters may hold one. */
        @Override
        public String toString() {
            return "External[" + Login.describe(url) + ", user=" + user + "]";
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
