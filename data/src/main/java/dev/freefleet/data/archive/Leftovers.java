package dev.freefleet.data.archive;

import dev.freefleet.data.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that no entry names. What a death has left between storing an archive and entering it is removed. A database that was put
 * back to before an archive was written anew names one that is gone: then what was written anew is the only one left, and is
 * entered in its place. Where PostgreSQL has neither an entry for the part of a day nor detail of the day, as a new database
 * beside an old bucket, the object may be all that is left, and is kept.
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
        Set<String> held = new HashSet<>();
        Map<String, Catalogue.Entry> bereft = new HashMap<>();
        for (Catalogue.Entry entry : database.<List<Catalogue.Entry>>query(h -> Catalogue.entries(h, FIRST, LAST))) {
            named.add(entry.object());
            held.add(part(entry.object()));
            if (!there.contains(entry.object())) {
                bereft.put(part(entry.object()), entry);
            }
        }
        Set<String> live = new HashSet<>();
        database.<List<LocalDate>>query(h -> Catalogue.liveDays(h, FIRST, LAST))
                .forEach(day -> live.add(Catalogue.folder(day)));
        int kept = 0;
        for (String object : there) {
            if (named.contains(object) || bereft.containsKey(part(object))) {
                continue;
            }
            if (held.contains(part(object)) || live.contains(folder(object))) {
                store.delete(object);
                swept++;
            } else {
                kept++;
            }
        }
        if (kept > 0) {
            LOG.error(
                    "{} archives in {} are of days of which this database has neither an archive nor detail: they are kept, and nobody"
                            + " is forgotten in them; bring the database back that they belong to, or delete them",
                    kept,
                    store.describe());
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
