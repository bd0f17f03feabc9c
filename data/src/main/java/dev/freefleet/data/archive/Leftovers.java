package dev.freefleet.data.archive;

import dev.freefleet.data.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that no entry names. What a death has left between storing an archive and entering it is removed, once it is seen that
 * PostgreSQL or the named archive of that part of the day has each of its requests. A database that was put back to before an
 * archive was written anew names one that is gone: then what was written anew is the only one left, and is entered in its place.
 * All others may be all that is left of some requests, as where a new database is beside an old bucket, and are kept.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final LocalDate FIRST = LocalDate.EPOCH;
    private static final LocalDate LAST = LocalDate.of(10_000, 1, 1);

    private final Database database;
    private final ArchiveStore store;
    private final WorkFolder work;

    Leftovers(Database database, ArchiveStore store, WorkFolder work) {
        this.database = database;
        this.store = store;
        this.work = work;
    }

    /** Removes and enters them. @return how many were removed */
    int sweep() throws IOException {
        int swept = store.removeUnfinished("usage/");
        Set<String> there = new HashSet<>(store.list("usage/"));
        Set<String> named = new HashSet<>();
        Map<String, Catalogue.Entry> held = new HashMap<>();
        Map<String, Catalogue.Entry> bereft = new HashMap<>();
        for (Catalogue.Entry entry : database.<List<Catalogue.Entry>>query(h -> Catalogue.entries(h, FIRST, LAST))) {
            named.add(entry.object());
            (there.contains(entry.object()) ? held : bereft).put(part(entry.object()), entry);
        }
        Map<String, LocalDate> live = new HashMap<>();
        database.<List<LocalDate>>query(h -> Catalogue.liveDays(h, FIRST, LAST))
                .forEach(day -> live.put(Catalogue.folder(day), day));
        SortedSet<String> kept = new TreeSet<>();
        for (String object : there) {
            if (named.contains(object) || bereft.containsKey(part(object))) {
                continue;
            }
            if (isElsewhere(object, held.get(part(object)), live.get(folder(object)))) {
                store.delete(object);
                swept++;
            } else {
                kept.add(object);
            }
        }
        if (!kept.isEmpty()) {
            LOG.error(
                    "{} archives in {} may hold requests that are nowhere else, the first is {}: they are kept, and nobody is"
                            + " forgotten in them; bring the database back that they belong to, or delete them",
                    kept.size(),
                    store.describe(),
                    kept.first());
        }
        for (Map.Entry<String, Catalogue.Entry> one : bereft.entrySet()) {
            Optional<String> newest = there.stream()
                    .filter(object -> part(object).equals(one.getKey()))
                    .max(Comparator.comparingInt(Catalogue::edition));
            if (newest.isPresent()) {
                restore(one.getValue(), newest.get());
            }
        }
        return swept;
    }

    /**
     * Whether there is each request of an object in another place.
     *
     * @param held the archive of the same part, if there is one
     * @param live the day, if PostgreSQL has detail of it
     */
    private boolean isElsewhere(String object, Catalogue.@Nullable Entry held, @Nullable LocalDate live)
            throws IOException {
        Path file = work.file(".parquet");
        Path other = work.file(".parquet");
        try (Parquet parquet = new Parquet(work.path())) {
            if (held != null) {
                try (Rows rows = read(parquet, object, file, held.day());
                        Rows known = read(parquet, held.object(), other, held.day())) {
                    return isWithin(rows, known);
                }
            }
            if (live != null) {
                try (Rows rows = read(parquet, object, file, live);
                        Connection connection = database.source().getConnection();
                        Rows known = Archiver.live(connection, live)) {
                    return isWithin(rows, known);
                }
            }
            return false;
        } catch (SQLException | IOException e) {
            LOG.error("{} cannot be compared with what else there is of that day: {}", object, e.toString());
            return false;
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(other);
        }
    }

    private Rows read(Parquet parquet, String object, Path file, LocalDate day) throws IOException, SQLException {
        if (!store.get(object, file)) {
            throw new IOException(object + " is gone");
        }
        return parquet.read(file, Selection.all(day));
    }

    /** Both in the order of their time. Only which they are is compared: somebody may have been forgotten in the one. */
    private static boolean isWithin(Rows rows, Rows others) throws SQLException {
        @Nullable Row other = others.next();
        for (@Nullable Row row = rows.next(); row != null; row = rows.next()) {
            while (other != null && Row.ORDER.compare(other, row) < 0) {
                other = others.next();
            }
            if (other == null || Row.ORDER.compare(other, row) != 0) {
                return false;
            }
        }
        return true;
    }

    private void restore(Catalogue.Entry entry, String object) throws IOException {
        if (Catalogue.edition(object) > Catalogue.edition(entry.object())) {
            enter(entry, object);
        } else {
            // It may be all that is left of the others, and tells of somebody who was forgotten.
            LOG.error(
                    "{} is gone, and {} is from before somebody was taken out of it: it is kept and not entered; bring the"
                            + " former back, or delete the latter",
                    entry.object(),
                    object);
        }
    }

    private static String part(String object) {
        return object.substring(0, Math.max(0, object.lastIndexOf('-')));
    }

    private static String folder(String object) {
        return object.substring(0, object.lastIndexOf('/') + 1);
    }

    private void enter(Catalogue.Entry entry, String object) throws IOException {
        Path file = work.file(".parquet");
        try (Parquet parquet = new Parquet(work.path())) {
            if (store.get(object, file) && parquet.sums(file).equals(figures(entry))) {
                Catalogue.Entry found = new Catalogue.Entry(
                        entry.day(), entry.part(), object, Files.size(file), Digests.sha256(file), entry.requests());
                database.transaction(h -> {
                    Catalogue.replace(h, found);
                    return found;
                });
                LOG.warn("{} is gone, as where the database was put back; {} takes its place", entry.object(), object);
            } else {
                LOG.error("{} is gone, and {} has other requests; it is kept", entry.object(), object);
            }
        } catch (IOException | SQLException e) {
            LOG.error("{} is gone, and {} cannot be read ({}); it is kept", entry.object(), object, e.toString());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** What the day's figures say of the part, which forgetting somebody does not change. */
    private Parquet.Sums figures(Catalogue.Entry entry) {
        return database.query(h -> h.createQuery("""
                        select coalesce(sum(requests), 0)::bigint, coalesce(sum(bytes_in), 0)::text,
                            coalesce(sum(bytes_out), 0)::text
                        from usage_daily where day = :day and part = :part""")
                .bind("day", entry.day())
                .bind("part", entry.part())
                .map((row, context) -> new Parquet.Sums(row.getLong(1), row.getString(2), row.getString(3)))
                .one());
    }
}
