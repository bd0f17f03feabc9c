package dev.freefleet.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Brings an export of {@link DataExport} into an empty database, of any version of PostgreSQL that the fleet takes: makes the tables
 * as they were when it was made, fills them in one transaction, and then brings them up to date. What fails leaves no rows.
 */
public final class DataImport {
    private static final int MANIFEST_BYTES = 4 << 20;

    private DataImport() {}

    /**
     * What came in.
     *
     * @param tables how many tables and partitions
     * @param rows how many rows
     */
    public record Imported(int tables, long rows) {}

    /**
     * Imports.
     *
     * @param tar an export from its beginning; read to its end
     * @param database an embedded one is made, started for this, and stopped again
     * @throws DataException CONFLICT if a fleet's rows are there already; INVALID if the export is none, is cut short, or was made by a newer
     *     fleet; UNAVAILABLE or UNUSABLE as for {@link DataPlane#open}
     */
    public static Imported run(InputStream tar, DataConfig.Database database) {
        return switch (database) {
            case DataConfig.External external ->
                run(tar, external.login(external.roles().migrate()));
            case DataConfig.Embedded embedded -> {
                try (EmbeddedPostgres server = EmbeddedPostgres.start(embedded)) {
                    yield run(tar, FleetDatabase.prepared(server));
                }
            }
        };
    }

    private static Imported run(InputStream in, Login login) {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(in, "UTF-8")) {
            TarArchiveEntry first = tar.getNextEntry();
            if (first == null || !first.getName().equals("manifest") || first.getSize() > MANIFEST_BYTES) {
                throw invalid("it does not begin with its manifest", null);
            }
            PlaneManifest manifest = PlaneManifest.parse(new String(tar.readAllBytes(), StandardCharsets.UTF_8));
            if (manifest.schema() < 1 || manifest.schema() > Schema.NEWEST) {
                throw invalid(
                        "its tables are of version " + manifest.schema() + ", and this fleet knows " + Schema.NEWEST
                                + " at the most; use the newer fleet that made it",
                        null);
            }
            requireEmpty(login, manifest.schema());
            Schema.migrateTo(login, manifest.schema());
            Imported imported = fill(tar, manifest, login);
            Schema.migrate(login);
            return imported;
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw invalid("it cannot be read: " + e.getMessage(), e);
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    private static void requireEmpty(Login login, int schema) throws SQLException {
        try (Connection connection = login.connect();
                Statement statement = connection.createStatement()) {
            if (!Schema.isThere(statement)) {
                return;
            }
            for (String table : new String[] {"users", "api_keys", "usage_logs"}) {
                try (ResultSet row = statement.executeQuery("select exists (select from " + table + ")")) {
                    row.next();
                    if (row.getBoolean(1)) {
                        throw new DataException(
                                DataException.Kind.CONFLICT,
                                "The database " + Login.describe(login.url()) + " holds rows in " + table
                                        + "; nothing was changed. Import into an empty database.");
                    }
                }
            }
            int there = new PlaneCatalogue(connection).schema();
            if (there > schema) {
                throw new DataException(
                        DataException.Kind.CONFLICT,
                        "The tables in " + Login.describe(login.url()) + " are of version " + there
                                + ", newer than the export's " + schema
                                + "; nothing was changed. Import into a database"
                                + " without tables.");
            }
        }
    }

    private static Imported fill(TarArchiveInputStream tar, PlaneManifest manifest, Login login)
            throws IOException, SQLException {
        try (Connection connection = login.connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                prepare(statement, manifest);
                long rows = copy(tar, manifest, connection);
                for (PlaneManifest.Sequence s : manifest.sequences()) {
                    statement.execute("select setval(pg_get_serial_sequence('" + PlaneTable.quoted(s.table()) + "', '"
                            + s.column() + "'), " + Math.max(1, s.value()) + ", " + s.called() + ")");
                }
                connection.commit();
                return new Imported(manifest.tables().size(), rows);
            }
        }
    }

    private static void prepare(Statement statement, PlaneManifest manifest) throws SQLException {
        statement.execute("set local timezone = 'UTC'");
        statement.execute("set local datestyle = 'ISO'");
        statement.execute("set constraints all deferred");
        for (PlaneTable t : manifest.tables()) {
            if (t.parent() != null && t.bound() != null) {
                statement.execute("create table if not exists " + PlaneTable.quoted(t.name()) + " partition of "
                        + PlaneTable.quoted(t.parent()) + " " + t.bound());
            }
        }
        // Rows that the migrations made are in the export too; what refers to others goes first.
        for (PlaneTable t : manifest.tables().reversed()) {
            String name = PlaneTable.quoted(t.name());
            boolean any;
            try (ResultSet row = statement.executeQuery("select exists (select from " + name + ")")) {
                row.next();
                any = row.getBoolean(1);
            }
            if (any) {
                statement.execute("delete from " + name);
            }
        }
    }

    private static long copy(TarArchiveInputStream tar, PlaneManifest manifest, Connection connection)
            throws IOException, SQLException {
        Map<String, PlaneTable> tables = new HashMap<>();
        manifest.tables().forEach(t -> tables.put(t.name(), t));
        Map<String, Integer> pieces = new HashMap<>();
        long rows = 0;
        long members = 1;
        byte[] buffer = new byte[64 << 10];
        for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
            if (e.getName().equals("end") && e.getSize() <= 20) {
                String count = new String(tar.readAllBytes(), StandardCharsets.US_ASCII);
                if (count.equals(Long.toString(members)) && pieces.size() == tables.size()) {
                    return rows;
                }
                break;
            }
            members++;
            String[] path = e.getName().split("/", -1);
            @Nullable PlaneTable table = path.length == 3 && path[0].equals("tables") ? tables.get(path[1]) : null;
            if (table == null || !path[2].equals("%08d".formatted(pieces.merge(table.name(), 1, Integer::sum) - 1))) {
                throw invalid("its member " + e.getName() + " does not follow from its manifest", null);
            }
            CopyIn in =
                    connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + table.target() + " from stdin");
            for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
                in.writeToCopy(buffer, 0, n);
            }
            rows += in.endCopy();
        }
        throw invalid("it is cut short", null);
    }

    private static DataException invalid(String what, @Nullable Throwable cause) {
        return new DataException(
                DataException.Kind.INVALID, "The export of the data plane cannot be used: " + what + ".", cause);
    }
}
