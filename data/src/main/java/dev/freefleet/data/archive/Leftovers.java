package dev.freefleet.data.archive;

import dev.freefleet.data.Database;
import dev.freefleet.data.UsageFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that no entry names. What a death has left between storing an archive and entering it is removed, once it is seen that
 * PostgreSQL and the named archives of that day have each of its requests. A database that was put back to before an
 * archive was written anew names one that is gone: then what was written anew is the only one left, and is entered in its place.
 * All others may be all that is left of some requests, as where a new database is beside an old bucket, and are kept. For one thread
 * at a time.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final LocalDate FIRST = LocalDate.EPOCH;
    private static final LocalDate LAST = LocalDate.of(10_000, 1, 1);
    /** Of an object, whatever day it goes by: what is of another day is not among those of its day. */
    private static final Selection EVERYTHING =
            new Selection(UsageFilter.between(Instant.EPOCH, Selection.start(LAST)), false, Long.MAX_VALUE);

    private final Database database;
    private final ArchiveStore store;
    private final WorkFolder work;
    /** What was kept, and the archives that did not have all of it: it need not be fetched again until there are others. */
    private final Map<String, List<String>> compared = new ConcurrentHashMap<>();

    Leftovers(Database database, ArchiveStore store, WorkFolder work) {
        this.database = database;
        this.store = store;
        this.work = work;
    }

    /**
     * What was done.
     *
     * @param kept those that may hold requests that are nowhere else
     */
    record Swept(int removed, int kept) {}

    /** Removes and enters them. @throws IOException if some could not be looked at or removed; all others were */
    Swept sweep() throws IOException {
        int removed = store.removeUnfinished("usage/");
        Set<String> there = new HashSet<>(store.list("usage/"));
        Set<String> named = new HashSet<>();
        Map<String, List<Catalogue.Entry>> held = new HashMap<>();
        Map<String, Catalogue.Entry> bereft = new HashMap<>();
        for (Catalogue.Entry entry : database.<List<Catalogue.Entry>>query(h -> Catalogue.entries(h, FIRST, LAST))) {
            named.add(entry.object());
            if (there.contains(entry.object())) {
                held.computeIfAbsent(Catalogue.folder(entry.day()), day -> new ArrayList<>())
                        .add(entry);
            } else {
                bereft.put(Catalogue.part(entry.object()), entry);
            }
        }
        Map<String, LocalDate> live = new HashMap<>();
        database.<List<LocalDate>>query(h -> Catalogue.liveDays(h, FIRST, LAST))
                .forEach(day -> live.put(Catalogue.folder(day), day));
        SortedSet<String> kept = new TreeSet<>();
        List<Exception> failures = new ArrayList<>();
        for (String object : there) {
            if (named.contains(object) || bereft.containsKey(Catalogue.part(object))) {
                continue;
            }
            try {
                if (isElsewhere(object, held.getOrDefault(folder(object), List.of()), live.get(folder(object)))) {
                    store.delete(object);
                    removed++;
                } else {
                    kept.add(object);
                }
            } catch (IOException | SQLException e) {
                failures.add(new IOException(
                        object + " cannot be compared with what else there is of that day, or not be removed: "
                                + e.getMessage(),
                        e));
            }
        }
        compared.keySet().retainAll(kept);
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
                    .filter(object -> Catalogue.part(object).equals(one.getKey()))
                    .max(Comparator.comparingInt(Catalogue::edition));
            if (newest.isPresent()) {
                restore(one.getValue(), newest.get());
            }
        }
        if (!failures.isEmpty()) {
            throw Archives.failed(failures);
        }
        return new Swept(removed, kept.size());
    }

    /**
     * Whether there is each request of an object in another place.
     *
     * @param held the day's archives that are entered and there
     * @param live the day, if PostgreSQL has detail of it
     * @throws IOException if it cannot be told now
     * @throws SQLException if it cannot be told now
     */
    private boolean isElsewhere(String object, List<Catalogue.Entry> held, @Nullable LocalDate live)
            throws IOException, SQLException {
        List<String> names = held.stream().map(Catalogue.Entry::object).toList();
        if (Catalogue.edition(object) < 0 || (live == null && (held.isEmpty() || names.equals(compared.get(object))))) {
            return false;
        }
        List<Path> others = new ArrayList<>();
        Path file = work.file(".parquet");
        try (Parquet parquet = new Parquet(work.path())) {
            if (!store.get(object, file)) {
                throw new IOException("it is gone");
            }
            for (Catalogue.Entry entry : held) {
                Path other = work.file(".parquet");
                others.add(other);
                if (!store.get(entry.object(), other) || !Arrays.equals(Digests.sha256(other), entry.sha256())) {
                    LOG.error("{} is gone or damaged; {} is kept, which may have what it had", entry.object(), object);
                    return false;
                }
            }
            if (!isReadable(parquet, object, file)) {
                return false;
            }
            boolean within = isWithin(
                    parquet, file, others, live == null ? held.getFirst().day() : live, live != null);
            if (!within && live == null) {
                compared.put(object, names);
            }
            return within;
        } finally {
            Files.deleteIfExists(file);
            for (Path other : others) {
                Files.deleteIfExists(other);
            }
        }
    }

    private static boolean isReadable(Parquet parquet, String object, Path file) {
        try (Rows rows = parquet.read(file, EVERYTHING)) {
            rows.next();
            return true;
        } catch (SQLException e) {
            LOG.error("{} cannot be read: {}", object, e.getMessage());
            return false;
        }
    }

    private boolean isWithin(Parquet parquet, Path file, List<Path> others, LocalDate day, boolean live)
            throws SQLException {
        List<Rows> known = new ArrayList<>();
        try (Rows rows = parquet.read(file, EVERYTHING);
                @Nullable Connection connection = live ? database.source().getConnection() : null) {
            for (Path other : others) {
                known.add(parquet.read(other, Selection.all(day)));
            }
            if (connection != null) {
                known.add(Archiver.live(connection, day));
            }
            return isWithin(rows, known);
        } finally {
            for (Rows one : known) {
                one.close();
            }
        }
    }

    /** All in the order of their time. Only which they are is compared: somebody may have been forgotten in some. */
    private static boolean isWithin(Rows rows, List<Rows> others) throws SQLException {
        List<@Nullable Row> heads = new ArrayList<>();
        for (Rows other : others) {
            heads.add(other.next());
        }
        for (@Nullable Row row = rows.next(); row != null; row = rows.next()) {
            boolean found = false;
            for (int i = 0; i < heads.size(); i++) {
                @Nullable Row head = heads.get(i);
                while (head != null && Row.ORDER.compare(head, row) < 0) {
                    head = others.get(i).next();
                }
                heads.set(i, head);
                found |= head != null && Row.ORDER.compare(head, row) == 0;
            }
            if (!found) {
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
