package dev.freefleet.data.archive;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Rows one after the other, as a statement yields them. For one thread. */
final class Rows implements AutoCloseable {
    private final PreparedStatement statement;
    private final ResultSet rows;

    /** @param statement is closed with this */
    Rows(PreparedStatement statement) throws SQLException {
        this.statement = statement;
        try {
            rows = statement.executeQuery();
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /** The next one, or null behind the last. */
    @Nullable
    Row next() throws SQLException {
        return rows.next() ? Row.of(rows) : null;
    }

    @Override
    public void close() throws SQLException {
        try (statement) {
            rows.close();
        }
    }
}
