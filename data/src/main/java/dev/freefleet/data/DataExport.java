package dev.freefleet.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The whole data plane as a tar: all tables as one transaction sees them (REPEATABLE READ, read only), in PostgreSQL's text
 * format of COPY, which every version reads. {@link DataImport} brings it back. The tar holds {@code manifest} and, for each
 * table, {@code tables/NAME/00000000}, {@code .../00000001} and so on: pieces of some megabytes that end with a row, so that a table that
 * only grew has the same pieces as before; the last member, {@code end}, says how many came before it. The memory in use is that of one piece.
 *
 * <p>For one thread. Nothing is changed in the database, and what it holds meanwhile is not waited for.
 */
public final class DataExport implements AutoCloseable {
    private static final int PIECE = 4 << 20;

    private final @Nullable EmbeddedPostgres server;
    private final Connection connection;

    private DataExport(@Nullable EmbeddedPostgres server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    /**
     * Reaches the database: a server that runs, or, of an embedded one that does not, one that is started for this and stopped with it.
     *
     * @throws DataException UNAVAILABLE if it cannot be reached, UNUSABLE if it holds no fleet's tables or cannot be started
     */
    public static DataExport open(DataConfig.Database database) {
        return switch (database) {
            case DataConfig.External external ->
                new DataExport(null, begin(external.login(external.roles().migrate())));
            case DataConfig.Embedded embedded -> {
                DataConfig.@Nullable External running = EmbeddedPostgres.running(embedded.directory());
                yield running == null ? started(embedded) : open(running);
            }
        };
    }

    private static DataExport started(DataConfig.Embedded embedded) {
        EmbeddedPostgres server = EmbeddedPostgres.start(embedded);
        try {
            return new DataExport(server, begin(FleetDatabase.prepared(server)));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static Connection begin(Login login) {
        try {
            Connection connection = login.connect();
            try (Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("set transaction isolation level repeatable read, read only");
                statement.execute("set local timezone = 'UTC'");
                statement.execute("set local datestyle = 'ISO'");
                statement.execute("set local bytea_output = 'hex'");
                if (!Schema.isThere(statement)) {
                    throw new DataException(
                            DataException.Kind.UNUSABLE,
                            "The database " + Login.describe(login.url()) + " holds no fleet's tables; nothing is there"
                                    + " to be exported.");
                }
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    /** The tar; to be called once. Reading throws an IOException, in a sentence, when the database fails. */
    public InputStream stream() {
        return new Pieces();
    }

    /** Ends the transaction, and the server if it was started for this. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // Read only: nothing is lost with it.
        } finally {
            if (server != null) {
                server.close();
            }
        }
    }

    private final class Pieces extends TarPieces {
        private @Nullable Iterator<PlaneTable> tables;
        private @Nullable PlaneTable table;
        private @Nullable CopyOut copy;
        private byte @Nullable [] row;
        private int number;
        private boolean ended;

        @Override
        boolean next() throws IOException {
            try {
                Iterator<PlaneTable> left = tables;
                if (left == null) {
                    PlaneManifest manifest = new PlaneCatalogue(connection).read();
                    tables = manifest.tables().iterator();
                    member("manifest", manifest.text().getBytes(StandardCharsets.UTF_8));
                } else if (copy != null || left.hasNext()) {
                    rows(left);
                } else if (!ended) {
                    // Without it a stream that was cut between two members would look whole.
                    member("end", Long.toString(members()).getBytes(StandardCharsets.US_ASCII));
                    ended = true;
                } else {
                    return false;
                }
                return true;
            } catch (SQLException e) {
                throw new IOException("the database failed: " + SqlFailures.message(e), e);
            }
        }

        private void rows(Iterator<PlaneTable> left) throws IOException, SQLException {
            CopyOut out = copy;
            PlaneTable from = table;
            if (out == null || from == null) {
                from = left.next();
                table = from;
                out = connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut("copy " + from.target() + " to stdout");
                copy = out;
                number = 0;
                row = out.readFromCopy();
            }
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            while (row != null && (rows.size() == 0 || rows.size() + row.length <= PIECE)) {
                rows.write(row);
                row = out.readFromCopy();
            }
            member("tables/%s/%08d".formatted(from.name(), number++), rows.toByteArray());
            if (row == null) {
                copy = null;
            }
        }
    }
}
