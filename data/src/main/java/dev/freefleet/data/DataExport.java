package dev.freefleet.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
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

    /** One member after the other, each made when the one before was read. */
    private final class Pieces extends InputStream {
        private final ByteArrayOutputStream made = new ByteArrayOutputStream();
        private final TarArchiveOutputStream tar = new TarArchiveOutputStream(made, "UTF-8");
        private InputStream piece = new ByteArrayInputStream(new byte[0]);
        private @Nullable Iterator<PlaneTable> tables;
        private @Nullable PlaneTable table;
        private @Nullable CopyOut copy;
        private byte @Nullable [] row;
        private int number;
        private long members;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (len == 0) {
                // An array stream that is read to its end would say that this one is.
                return 0;
            }
            int n = piece.read(b, off, len);
            while (n < 0 && !ended) {
                try {
                    next();
                } catch (SQLException e) {
                    throw new IOException("the database failed: " + SqlFailures.message(e), e);
                }
                piece = new ByteArrayInputStream(made.toByteArray());
                made.reset();
                n = piece.read(b, off, len);
            }
            return n;
        }

        private void next() throws IOException, SQLException {
            if (tables == null) {
                PlaneManifest manifest = new PlaneCatalogue(connection).read();
                tables = manifest.tables().iterator();
                member("manifest", manifest.text().getBytes(StandardCharsets.UTF_8));
            } else if (copy != null || tables.hasNext()) {
                rows();
            } else {
                // Without it a stream that was cut between two members would look whole.
                member("end", Long.toString(members).getBytes(StandardCharsets.US_ASCII));
                tar.close();
                ended = true;
            }
        }

        private void rows() throws IOException, SQLException {
            CopyOut out = copy;
            PlaneTable from = table;
            if (out == null || from == null) {
                from = java.util.Objects.requireNonNull(tables, "tables").next();
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

        private void member(String name, byte[] content) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            members++;
            entry.setSize(content.length);
            entry.setMode(0600);
            // The same rows make the same bytes, whenever they are read.
            entry.setModTime(0);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            tar.flush();
        }
    }
}
