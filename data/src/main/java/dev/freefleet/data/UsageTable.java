package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes batches into {@code usage_logs} over a connection of its own, which it opens again when it broke. For one thread. */
final class UsageTable implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageTable.class);

    private static final String COPY = "copy usage_logs (" + RowBatch.COLUMNS + ") from stdin (format binary)";
    /** Signature, no flags, no extension (PostgreSQL manual, COPY, "File Header"). */
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final byte[] TRAILER = {(byte) 0xFF, (byte) 0xFF};

    private final Login login;
    private final DayPartitions partitions;
    private @Nullable Connection connection;

    UsageTable(Login login, Clock clock) {
        this.login = requireNonNull(login, "login");
        partitions = new DayPartitions(clock);
    }

    /**
     * Writes all rows in one transaction, but for those that the table itself refuses.
     *
     * @return how many rows were refused
     * @throws SQLException if nothing was written, so that the batch should be tried again; if the connection broke while
     *     it was committed, the rows may have been written
     */
    int write(RowBatch batch) throws SQLException {
        Connection open = connected();
        try {
            partitions.ensure(open, batch.days());
            open.setAutoCommit(false);
            int refused = copy(open, batch, 0, batch.rows());
            open.commit();
            return refused;
        } catch (SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Rows that the table refuses are found by halving, so that each refused row costs a few statements, not the batch. */
    private static int copy(Connection open, RowBatch batch, int from, int to) throws SQLException {
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
