package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Clock;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches into {@code usage_logs} over a connection of its own, which it opens again when it broke. For one thread.
 *
 * <p>Each transaction first locks the spool's row of {@code usage_spool} and looks whether its mark is the expected one, and
 * last moves it. So a transaction whose outcome was never told is either over, and its mark there to be seen, or waited for.
 */
final class UsageTable implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageTable.class);

    /**
     * A backend whose client is gone would hold the row's lock for hours, by the defaults of TCP; one that was left in the middle, for
     * want of memory to close it, would for good; and who waits says so.
     */
    static final String SESSION = "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5;"
            + " set tcp_keepalives_count = 3; set lock_timeout = '10s';"
            // Longer than a client waits for an answer, and than it is silent.
            + " set statement_timeout = '40s'; set idle_in_transaction_session_timeout = '20s';"
            // Segments are deleted once their rows are committed, so a commit has to mean it.
            + " select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

    private static final String COPY = "copy usage_logs (" + RowBatch.COLUMNS + ") from stdin (format binary)";
    private static final String COUNT_CHANGES = "update usage_changes set changes = changes + 1 where day = any (?)";
    /** Signature, no flags, no extension (PostgreSQL manual, COPY, "File Header"). */
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final byte[] TRAILER = {(byte) 0xFF, (byte) 0xFF};

    private final Login login;
    private final Login owner;
    private final DayPartitions partitions;
    private final UUID spool;
    private final KeysUsed used = new KeysUsed();
    private @Nullable Connection connection;

    /** What became of a batch. */
    sealed interface Outcome {
        /** Its rows are committed, but for so many that the table refuses. */
        record Written(int refused) implements Outcome {}

        /** Nothing was done, for the database has another mark than was expected. */
        record Elsewhere(SpoolMark mark) implements Outcome {}
    }

    /**
     * @param login as whom rows are written
     * @param owner as whom partitions are made
     */
    UsageTable(Login login, Login owner, Clock clock, UUID spool) {
        this.login = requireNonNull(login, "login");
        this.owner = requireNonNull(owner, "owner");
        this.spool = requireNonNull(spool, "spool");
        partitions = new DayPartitions(clock);
    }

    /** How far the spool was delivered. @throws SQLException if the database cannot tell now */
    SpoolMark mark() throws SQLException {
        return inTransaction(this::lockedMark);
    }

    /**
     * Writes all rows and moves the mark in one transaction.
     *
     * @throws SQLException if it is not known what became of it; the same call again finds out
     */
    Outcome write(RowBatch batch, SpoolMark expected, SpoolMark next) throws SQLException {
        return inTransaction(open -> {
            // Commits what it makes, so that the partition's lock is not held over the COPY.
            makePartitions(open, batch);
            SpoolMark mark = lockedMark(open);
            if (!mark.equals(expected)) {
                return new Outcome.Elsewhere(mark);
            }
            int refused = 0;
            try {
                copyRows(open, batch, 0, batch.rows());
            } catch (SQLException e) {
                if (!isRefusal(e)) {
                    throw e;
                }
                open.rollback();
                mark = lockedMark(open);
                if (!mark.equals(expected)) {
                    return new Outcome.Elsewhere(mark);
                }
                refused = copy(open, batch, 0, batch.rows());
            }
            used.note(open, batch);
            settle(open, batch, next);
            return new Outcome.Written(refused);
        });
    }

    /** Moves the mark, and {@link #countChanges counts}, in one round trip. */
    private void settle(Connection open, RowBatch batch, SpoolMark next) throws SQLException {
        try (PreparedStatement update = open.prepareStatement(
                "with changed as (" + COUNT_CHANGES + ")"
                        + " update usage_spool set segment = ?, byte_offset = ?, direct = ?, updated_at = now() where id = ?")) {
            update.setArray(1, days(open, batch));
            update.setLong(2, next.segment());
            update.setLong(3, next.offset());
            update.setLong(4, next.direct());
            update.setObject(5, spool);
            update.executeUpdate();
        }
    }

    /** Days that were aggregated already are so no more; today never is, so that usually this finds no row. */
    static void countChanges(Connection open, RowBatch batch) throws SQLException {
        try (PreparedStatement update = open.prepareStatement(COUNT_CHANGES)) {
            update.setArray(1, days(open, batch));
            update.executeUpdate();
        }
    }

    private static Array days(Connection open, RowBatch batch) throws SQLException {
        Object[] days = batch.days().stream()
                .map(day -> LocalDate.ofEpochDay(day).toString())
                .toArray();
        return open.createArrayOf("date", days);
    }

    private void makePartitions(Connection open, RowBatch batch) throws SQLException {
        if (owner.equals(login)) {
            partitions.ensure(open, batch.days());
        } else if (partitions.isDue(batch.days())) {
            try (Connection asOwner = owner.connect()) {
                partitions.ensure(asOwner, batch.days());
            }
        }
    }

    /** Takes away the row of a spool that ends with its process. */
    void forget() throws SQLException {
        inTransaction(open -> {
            try (PreparedStatement delete = open.prepareStatement("delete from usage_spool where id = ?")) {
                delete.setObject(1, spool);
                return delete.executeUpdate();
            }
        });
    }

    private interface Work<T> {
        T with(Connection open) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) throws SQLException {
        try {
            Connection open = connected();
            open.setAutoCommit(false);
            T result = work.with(open);
            open.commit();
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            used.forget();
            close();
            throw e;
        }
    }

    private SpoolMark lockedMark(Connection open) throws SQLException {
        @Nullable SpoolMark mark = selectMark(open);
        if (mark != null) {
            return mark;
        }
        try (PreparedStatement insert = open.prepareStatement(
                "insert into usage_spool (id, segment, byte_offset, direct, updated_at) values (?, 0, 0, 0, now())"
                        + " on conflict do nothing")) {
            insert.setObject(1, spool);
            insert.executeUpdate();
        }
        // Another transaction's insert was waited for, if there was one.
        return requireNonNull(selectMark(open), "the row that was just made");
    }

    private @Nullable SpoolMark selectMark(Connection open) throws SQLException {
        try (PreparedStatement select =
                open.prepareStatement("select segment, byte_offset, direct from usage_spool where id = ? for update")) {
            select.setObject(1, spool);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new SpoolMark(row.getLong(1), row.getLong(2), row.getLong(3)) : null;
            }
        }
    }

    /** Rows that the table refuses are found by halving, so that each refused row costs a few statements, not the batch. */
    static int copy(Connection open, RowBatch batch, int from, int to) throws SQLException {
        Savepoint before = open.setSavepoint();
        try {
            copyRows(open, batch, from, to);
            open.releaseSavepoint(before);
            return 0;
        } catch (SQLException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            open.rollback(before);
            if (to - from == 1) {
                // Neither the row nor the server's detail is logged: they hold what people asked.
                LOG.error("PostgreSQL refuses a usage row ({}); it is counted and left out", SqlFailures.state(e));
                return 1;
            }
            int middle = (from + to) >>> 1;
            return copy(open, batch, from, middle) + copy(open, batch, middle, to);
        }
    }

    private static void copyRows(Connection open, RowBatch batch, int from, int to) throws SQLException {
        CopyIn copy = open.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        try {
            copy.writeToCopy(HEADER, 0, HEADER.length);
            copy.writeToCopy(batch.array(), batch.start(from), batch.start(to) - batch.start(from));
            copy.writeToCopy(TRAILER, 0, TRAILER.length);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** Data exceptions and broken constraints: trying again changes nothing. */
    private static boolean isRefusal(SQLException e) {
        String state = SqlFailures.state(e);
        return state.startsWith("22") || state.startsWith("23");
    }

    private Connection connected() throws SQLException {
        @Nullable Connection open = connection;
        if (open == null) {
            open = login.connect();
            connection = open;
            try (Statement session = open.createStatement()) {
                session.execute(SESSION);
            } catch (SQLException e) {
                close();
                throw e;
            }
        }
        return open;
    }

    @Override
    public void close() {
        @Nullable Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("The ingest's connection was gone already", e);
            }
        }
    }
}
