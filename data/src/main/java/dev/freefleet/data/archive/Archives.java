package dev.freefleet.data.archive;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.edge.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Usage's detail over its whole life: days in PostgreSQL, and older ones in the archive. Safe for use by several threads and
 * several fleets on one database and one store.
 */
public final class Archives {
    private static final Logger LOG = LoggerFactory.getLogger(Archives.class);
    private static final LocalDate FIRST = LocalDate.EPOCH;

    private final Database database;
    private final Database reading;
    private final Rollups rollups;
    private final ArchiveStore store;
    private final WorkFolder work;
    private final Clock clock;
    private final Leftovers leftovers;
    /** Objects that a user was taken off, or is not in, by their number; until all have been gone through. */
    private final Map<Long, Set<String>> without = new ConcurrentHashMap<>();

    /** All of it over the same connections. */
    public Archives(Database database, Rollups rollups, ArchiveStore store, Path work, Clock clock) {
        this(database, database, rollups, store, work, clock);
    }

    /**
     * @param reading for what is only told: {@link #read}
     * @param work a folder for files in between, of this process alone; emptied
     * @throws java.io.UncheckedIOException if that folder cannot be used
     */
    public Archives(Database database, Database reading, Rollups rollups, ArchiveStore store, Path work, Clock clock) {
        this.database = requireNonNull(database, "database");
        this.reading = requireNonNull(reading, "reading");
        this.rollups = requireNonNull(rollups, "rollups");
        this.store = requireNonNull(store, "store");
        this.work = new WorkFolder(work);
        this.clock = requireNonNull(clock, "clock");
        leftovers = new Leftovers(database, store, this.work);
    }

    /**
     * What stays in PostgreSQL.
     *
     * @param days so many days before today, 1 to 3,650
     * @param maxBytes the database's size above which the oldest days leave before their time, 64 MiB to 2^50
     */
    public record Policy(int days, long maxBytes) {
        public Policy {
            if (days < 1 || days > 3_650) {
                throw new IllegalArgumentException("days must be 1 to 3650, but is " + days);
            }
            if (maxBytes < 64L << 20 || maxBytes > 1L << 50) {
                throw new IllegalArgumentException("maxBytes must be 64 MiB to 2^50, but is " + maxBytes);
            }
        }
    }

    /**
     * Archives the days that are too old, and as many of the oldest before today as it takes to bring the database below its
     * bound. Rollups stay.
     *
     * @param stopping looked at between days
     * @return a sentence for people
     * @throws DataException if a day cannot be archived, or the bound cannot be kept with today's usage
     */
    public String retain(Policy policy, BooleanSupplier stopping) {
        return exclusively(() -> {
            LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
            List<LocalDate> days = database.query(h -> Catalogue.liveDays(h, FIRST, today));
            int done = 0;
            long rows = 0;
            for (LocalDate day : days) {
                boolean old = day.isBefore(today.minusDays(policy.days));
                if (stopping.getAsBoolean() || (!old && size() <= policy.maxBytes)) {
                    break;
                }
                rows += new Archiver(database, rollups, store, work, clock).archive(day);
                done++;
            }
            long size = size();
            if (size > policy.maxBytes && !stopping.getAsBoolean()) {
                throw new DataException(
                        DataException.Kind.CONFLICT,
                        "The database has " + (size >> 20) + " MiB of " + (policy.maxBytes >> 20)
                                + " MiB, and no day is left to archive; raise retention.max-size, or give it more disk.");
            }
            return (done == 0 ? "No day is to be archived" : days(done) + " with " + rows + " requests archived")
                    + "; the database has " + (size >> 20) + " MiB of " + (policy.maxBytes >> 20) + " MiB.";
        });
    }

    private static String days(int count) {
        return count + (count == 1 ? " day" : " days");
    }

    /** The database's size in bytes, of everything in it. */
    public long size() {
        return database.query(h -> h.createQuery("select pg_database_size(current_database())")
                .mapTo(Long.class)
                .one());
    }

    /**
     * Archives a day before its time.
     *
     * @return how many rows left PostgreSQL
     * @throws DataException CONFLICT if rows of it arrived meanwhile, UNAVAILABLE; then nothing was taken away
     */
    public long archive(LocalDate day) {
        return exclusively(() -> new Archiver(database, rollups, store, work, clock).archive(day));
    }

    /**
     * Tells requests one by one, in the order of their time, from PostgreSQL and the archive alike.
     *
     * @param newestFirst whether the newest is told first
     * @param limit at most so many
     * @param consumer it may take its time, but not a minute for one
     * @return how many were told
     * @throws DataException UNAVAILABLE if the database or an archive cannot be read; what was told before is right
     */
    public long read(UsageFilter filter, boolean newestFirst, long limit, Consumer<UsageEvent> consumer) {
        return new DetailReader(reading, store, work).read(new Selection(filter, newestFirst, limit), consumer);
    }

    /**
     * What {@link #forget} changed.
     *
     * @param requests how many requests were the user's
     * @param questions how many questions of archived days lost their text
     * @param unknown how many objects were not gone through, since the database does not know them and they may hold requests that are
     *     nowhere else; 0 where it was dry
     */
    public record Forgotten(long requests, int questions, int unknown) {}

    /**
     * Takes a user's name, keys and questions off their requests in the archive: the objects that hold some are written anew. What
     * was asked most on those days loses its text where no request in the archive asks it any more. Rows of days that are not
     * archived are not touched.
     *
     * @param dry only says how many there are
     * @throws DataException CONFLICT while archives are being written; UNAVAILABLE, also if there is one that cannot be read: all others
     *     are gone through, and the same call goes on with it
     */
    public Forgotten forget(long userId, boolean dry) {
        Set<String> done = dry ? new HashSet<>() : without.computeIfAbsent(userId, user -> new HashSet<>());
        Forgotten forgotten =
                exclusively(() -> new Forgetting(database, store, work, leftovers).forget(userId, dry, done));
        if (!dry) {
            without.remove(userId);
        }
        return forgotten;
    }

    /**
     * Removes objects that no entry names: what a death has left between storing an archive and entering it. Where an entry's own
     * object is gone, as to a database that was put back, one that was written anew and has the same requests takes its place.
     *
     * @return how many were removed
     * @throws DataException UNAVAILABLE, also if some could not be looked at: all others were
     */
    public int sweep() {
        return exclusively(leftovers::sweep).removed();
    }

    /**
     * One at a time, on all fleets: who archives, and who writes archives anew and sweeps up. What the action asks of the database in
     * its thread goes over the connection that holds the lock, as Jdbi's handles do: who has lost it enters nothing any more.
     */
    private <T> T exclusively(Callable<T> action) {
        return database.query(handle -> {
            if (!lock(handle)) {
                throw new DataException(
                        DataException.Kind.CONFLICT,
                        "Archives are being written already; try again when that is over.");
            }
            try {
                return action.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new DataException(
                        DataException.Kind.UNAVAILABLE,
                        "The archive in " + store.describe() + " cannot be used: " + e.getMessage(),
                        e);
            } finally {
                unlock(handle);
            }
        });
    }

    /** One of what went wrong, and how much more. */
    static IOException failed(List<Exception> failures) {
        Exception first = failures.getFirst();
        return new IOException(
                first.getMessage() + (failures.size() == 1 ? "" : "; and " + (failures.size() - 1) + " more like it"),
                first);
    }

    private static boolean lock(Handle handle) {
        return handle.createQuery("select pg_try_advisory_lock(hashtextextended(current_schema() || ' archives', 0))")
                .mapTo(Boolean.class)
                .one();
    }

    /** Where this fails the connection is gone, and the lock with it; what the action says of it is worth more. */
    private static void unlock(Handle handle) {
        try {
            handle.createQuery("select pg_advisory_unlock(hashtextextended(current_schema() || ' archives', 0))")
                    .mapTo(Boolean.class)
                    .one();
        } catch (JdbiException e) {
            LOG.debug("The lock of the archives went with its connection", e);
        }
    }
}
