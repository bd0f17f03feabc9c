package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the partitions of {@code usage_logs}, one a UTC day. Where one cannot be made now, or a clock is so wrong that its
 * day deserves none, the rows go to the default partition; the day's partition takes them over when it is made.
 * For one thread.
 */
final class DayPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(DayPartitions.class);

    private static final int DAYS_BACK = 400;
    private static final int DAYS_AHEAD = 7;
    /** Any number that no other program on the database uses for an advisory lock; "fleetday". */
    private static final long ADVISORY_LOCK = 0x666c656574646179L;

    private final Clock clock;
    private final Set<Long> settled = new HashSet<>();
    private long settledOn;

    DayPartitions(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
    }

    /** Whether there is anything to be seen to for these days; else {@link #ensure} does nothing. */
    boolean isDue(Collection<Long> days) {
        long today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
        return today != settledOn
                || !settled.contains(today)
                || !settled.contains(today + 1)
                || !settled.containsAll(days);
    }

    /** Sees to the given days, and to today and tomorrow. @throws SQLException if the connection is lost */
    void ensure(Connection connection, Collection<Long> days) throws SQLException {
        long today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
        if (today != settledOn) {
            settled.clear();
            settledOn = today;
        }
        for (long day : List.of(today, today + 1)) {
            ensure(connection, day);
        }
        for (long day : days) {
            if (day >= today - DAYS_BACK && day <= today + DAYS_AHEAD) {
                ensure(connection, day);
            }
        }
    }

    private void ensure(Connection connection, long epochDay) throws SQLException {
        if (!settled.add(epochDay)) {
            return;
        }
        LocalDate day = LocalDate.ofEpochDay(epochDay);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            make(statement, day);
            connection.commit();
        } catch (SQLException e) {
            if (SqlFailures.isUnavailable(e)) {
                settled.remove(epochDay);
                throw e;
            }
            connection.rollback();
            LOG.warn(
                    "The partition of {} cannot be made now ({}); its rows wait in the default partition",
                    day,
                    SqlFailures.message(e));
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static void make(Statement statement, LocalDate day) throws SQLException {
        String partition = "usage_logs_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
        String from = "'" + day + " 00:00:00+00'";
        String to = "'" + day.plusDays(1) + " 00:00:00+00'";
        statement.execute("select pg_advisory_xact_lock(" + ADVISORY_LOCK + ")");
        try (ResultSet row = statement.executeQuery("select to_regclass('" + partition + "') is not null")) {
            row.next();
            if (row.getBoolean(1)) {
                return;
            }
        }
        // Attaching locks the table less than CREATE TABLE ... PARTITION OF does (PostgreSQL manual, 5.12.2.2).
        statement.execute("set local lock_timeout = '2s'");
        statement.execute("create table " + partition + " (like usage_logs including all)");
        statement.execute("with moved as (delete from usage_logs_default where time >= " + from + " and time < " + to
                + " returning *) insert into " + partition + " select * from moved");
        statement.execute("alter table usage_logs attach partition " + partition + " for values from (" + from
                + ") to (" + to + ")");
    }
}
