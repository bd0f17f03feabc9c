package dev.freefleet.data.archive;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import dev.freefleet.data.rollup.Rollups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Moves a day's detail from PostgreSQL into the archive: aggregate, write, store, read back, compare row for row, drop. Only
 * the last step takes something away, in one transaction with the entry that says where it is now, and only if nothing was
 * added since the first. A death at any moment leaves the day where it was, or in the archive; the next attempt begins anew.
 */
final class Archiver {
    private final Database database;
    private final Rollups rollups;
    private final ArchiveStore store;
    private final WorkFolder work;
    private final Clock clock;

    Archiver(Database database, Rollups rollups, ArchiveStore store, WorkFolder work, Clock clock) {
        this.database = database;
        this.rollups = rollups;
        this.store = store;
        this.work = work;
        this.clock = clock;
    }

    /** A day's live part before it is archived. */
    private record Part(LocalDate day, short number, long changes, long requests) {}

    /**
     * Archives what PostgreSQL has of a day.
     *
     * @return how many rows were moved
     * @throws DataException CONFLICT if rows arrived meanwhile, UNAVAILABLE; nothing was taken away
     */
    long archive(LocalDate day) {
        rollups.aggregate(day);
        Part part = database.query(h -> part(h, day));
        if (part.requests == 0) {
            database.transaction(h -> drop(h, part, null));
            return 0;
        }
        try {
            Catalogue.Entry entry = store(part);
            try {
                database.transaction(h -> drop(h, part, entry));
            } catch (RuntimeException e) {
                removeUnlessEntered(entry, e);
                throw e;
            }
            return part.requests;
        } catch (IOException | SQLException e) {
            throw new DataException(
                    DataException.Kind.UNAVAILABLE,
                    "The usage of " + day + " cannot be archived in " + store.describe() + ": " + e.getMessage(),
                    e);
        }
    }

    private static Part part(Handle handle, LocalDate day) {
        return handle.createQuery("""
                        select u.part, u.changes, u.requests from usage_days u
                        where u.day = :day order by u.part desc limit 1""")
                .bind("day", day)
                .map((row, context) -> new Part(day, row.getShort(1), row.getLong(2), row.getLong(3)))
                .one();
    }

    private Catalogue.Entry store(Part part) throws IOException, SQLException {
        Path written = work.file(".parquet");
        Path back = work.file(".parquet");
        try (Parquet parquet = new Parquet(work.path())) {
            long rows = write(parquet, part.day, written);
            if (rows != part.requests) {
                throw changed(part.day);
            }
            String object = Catalogue.next(store, part.day, part.number);
            try {
                store.put(object, written);
                byte[] sha256 = Digests.sha256(written);
                if (!store.get(object, back) || !Arrays.equals(Digests.sha256(back), sha256)) {
                    throw new IOException("what was stored as " + object + " does not come back as it was");
                }
                compare(parquet, part.day, back);
                return new Catalogue.Entry(part.day, part.number, object, Files.size(back), sha256, rows);
            } catch (IOException | SQLException | RuntimeException e) {
                remove(object, e);
                throw e;
            }
        } finally {
            Files.deleteIfExists(written);
            Files.deleteIfExists(back);
        }
    }

    /** Else each attempt would leave an object, of a day that somebody reads for hours, say. */
    private void removeUnlessEntered(Catalogue.Entry entry, Exception reason) {
        try {
            // Over the same connection: it knows what became of the transaction, or is lost, and then nobody knows.
            List<Catalogue.Entry> entries = database.query(
                    h -> Catalogue.entries(h, entry.day(), entry.day().plusDays(1)));
            if (entries.stream().noneMatch(other -> other.object().equals(entry.object()))) {
                remove(entry.object(), reason);
            }
        } catch (DataException unknown) {
            reason.addSuppressed(unknown);
        }
    }

    private void remove(String object, Exception reason) {
        try {
            store.delete(object);
        } catch (IOException left) {
            reason.addSuppressed(left);
        }
    }

    private long write(Parquet parquet, LocalDate day, Path file) throws SQLException {
        try (Connection connection = database.source().getConnection();
                Rows rows = live(connection, day)) {
            return parquet.write(rows, file);
        }
    }

    private void compare(Parquet parquet, LocalDate day, Path file) throws SQLException {
        try (Connection connection = database.source().getConnection();
                Rows live = live(connection, day);
                Rows archived = parquet.read(file, Selection.all(day))) {
            @Nullable Row row = live.next();
            @Nullable Row copy = archived.next();
            while (row != null && row.equals(copy)) {
                row = live.next();
                copy = archived.next();
            }
            if (row != null || copy != null) {
                throw changed(day);
            }
        }
    }

    /** @param connection goes back to the pool, and so out of the transaction that its cursor needs, when it is closed */
    static Rows live(Connection connection, LocalDate day) throws SQLException {
        connection.setAutoCommit(false);
        Selection all = Selection.all(day);
        PreparedStatement statement = connection.prepareStatement(all.live());
        statement.setFetchSize(2_000);
        all.bind(statement, 1);
        return new Rows(statement);
    }

    private static DataException changed(LocalDate day) {
        return new DataException(
                DataException.Kind.CONFLICT,
                "Usage of " + day
                        + " arrived while it was being archived; nothing was dropped, and it is tried again.");
    }

    private boolean drop(Handle handle, Part part, Catalogue.@Nullable Entry entry) {
        handle.execute("set local lock_timeout = '2s'");
        String partition = Catalogue.partition(part.day);
        boolean own = Catalogue.exists(handle, partition);
        // Keeps writers of the day away and lets readers in: those hold the table and wait for its partitions, so that
        // whoever
        // held a partition and waited for the table would wait for ever. Dropping takes the table first.
        handle.execute("lock table " + (own ? partition : "usage_logs_default") + " in share row exclusive mode");
        if (own != Catalogue.exists(handle, partition) || !isUnchanged(handle, part)) {
            throw changed(part.day);
        }
        if (entry != null) {
            Catalogue.add(handle, entry, clock.instant());
        }
        if (own) {
            handle.execute("drop table " + partition);
        } else {
            handle.createUpdate("delete from usage_logs_default where time >= :from and time < :to")
                    .bind("from", Database.utc(Selection.start(part.day)))
                    .bind("to", Database.utc(Selection.start(part.day.plusDays(1))))
                    .execute();
        }
        return own;
    }

    private static boolean isUnchanged(Handle handle, Part part) {
        return handle.createQuery("""
                        select (select changes from usage_changes where day = :day) = :changes
                            and (select count(*) from usage_logs where time >= :from and time < :to) = :requests""")
                .bind("day", part.day)
                .bind("changes", part.changes)
                .bind("requests", part.requests)
                .bind("from", Database.utc(Selection.start(part.day)))
                .bind("to", Database.utc(Selection.start(part.day.plusDays(1))))
                .mapTo(Boolean.class)
                .one();
    }
}
