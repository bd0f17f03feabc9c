package dev.freefleet.data;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets one fleet at a time bring a schema up to date. Flyway has a lock of its own, but makes its history's table and
 * writes the baseline into it before it holds that: who looks in between finds a history that is empty, and refuses it.
 * The lock is the connection's (PostgreSQL manual, 13.3.5), so that a fleet that dies lets go of it.
 */
final class MigrationLock {
    /** "flee", so that no other program on the database means the same lock; the second number is the schema's. */
    private static final int FLEET = 0x666c6565;

    private static final String KEY = FLEET + ", hashtext(coalesce(current_schema(), ''))";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private MigrationLock() {}

    /**
     * Waits as long as another fleet migrates. Asks again and again rather than in one statement: who waits inside a
     * statement holds a snapshot, which an index that is built concurrently would wait for, and its socket falls silent.
     */
    static void take(Connection connection, Login login) throws SQLException {
        long began = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            while (!taken(statement)) {
                if (System.nanoTime() - began > PATIENCE.toNanos()
                        || Thread.currentThread().isInterrupted()) {
                    throw new DataException(
                            DataException.Kind.UNAVAILABLE,
                            "Another fleet has been bringing the tables in " + login + " up to date for "
                                    + Duration.ofNanos(System.nanoTime() - began)
                                            .toSeconds()
                                    + " s; wait for it, or look at pg_locks for who holds the advisory lock.");
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static boolean taken(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + KEY + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
