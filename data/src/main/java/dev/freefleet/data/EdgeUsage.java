package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.UsageEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Usage that edges elsewhere send in batches: each batch is written once, however often it comes, since its id and its rows are
 * one transaction. It has a connection of its own; batches are taken one after the other. Thread-safe.
 */
public final class EdgeUsage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeUsage.class);
    /** How long the id of a batch is remembered; longer than any batch lies parked. */
    static final Duration REMEMBERED = Duration.ofDays(30);

    private static final Duration KEPT_COUNTS = Duration.ofDays(62);
    private static final long PATIENCE_SECONDS = 5;

    private final Login login;
    private final Login owner;
    private final Clock clock;
    private final QuestionPolicy questions;
    private final KeysUsed used = new KeysUsed();
    private final DayPartitions partitions;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection;
    private @Nullable LocalDate cleared;

    /** What became of a batch. */
    public enum Outcome {
        /** Its rows are committed by this call. */
        WRITTEN,
        /** They were committed by an earlier one. */
        SEEN
    }

    /** How many requests count towards a quota: those of a key on a day. */
    private record KeyDay(long keyId, LocalDate day) implements Comparable<KeyDay> {
        @Override
        public int compareTo(KeyDay other) {
            int byKey = Long.compare(keyId, other.keyId);
            return byKey != 0 ? byKey : day.compareTo(other.day);
        }
    }

    /** @param questions what is kept of questions, as of those that the gateway answers */
    EdgeUsage(Logins logins, Clock clock, QuestionPolicy questions) {
        this.login = logins.main();
        this.owner = logins.owner();
        this.clock = requireNonNull(clock, "clock");
        this.questions = requireNonNull(questions, "questions");
        partitions = new DayPartitions(clock);
    }

    /**
     * Takes a batch.
     *
     * @throws DataException UNAVAILABLE or UNUSABLE if it is not known what became of it; the same call again finds out
     */
    public Outcome take(UUID id, String edge, List<UsageEvent> events) {
        RowBatch rows = new RowBatch();
        events.forEach(event -> rows.add(questions.apply(event)));
        Map<KeyDay, Long> counts = counts(events);
        return inTransaction(open -> {
            makePartitions(open, rows);
            if (!note(open, id, edge, events.size())) {
                return Outcome.SEEN;
            }
            int refused = UsageTable.copy(open, rows, 0, rows.rows());
            if (refused > 0) {
                LOG.error("PostgreSQL refuses {} of {} usage rows of an edge", refused, rows.rows());
            }
            UsageTable.countChanges(open, rows);
            used.note(open, rows);
            add(open, counts);
            clear(open);
            return Outcome.WRITTEN;
        });
    }

    /**
     * What the keys with quotas have used at edges elsewhere, and what they may use by their own quotas.
     *
     * @param others ids of keys that are wanted although no such edge has served them this month
     */
    public List<KeyUse> use(Collection<Long> others) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return inTransaction(open -> KeyUse.select(open, today, others));
    }

    /** Commits what it makes. */
    private void makePartitions(Connection open, RowBatch rows) throws SQLException {
        if (owner.equals(login)) {
            partitions.ensure(open, rows.days());
        } else if (partitions.isDue(rows.days())) {
            try (Connection asOwner = owner.connect()) {
                partitions.ensure(asOwner, rows.days());
            }
        }
    }

    private static Map<KeyDay, Long> counts(List<UsageEvent> events) {
        Map<KeyDay, Long> counts = new TreeMap<>();
        for (UsageEvent event : events) {
            if (countsTowardsQuota(event)) {
                Instant time = Instant.ofEpochMilli(Math.clamp(event.timeMillis(), 0, RowBatch.END.toEpochMilli()));
                counts.merge(new KeyDay(event.keyId(), LocalDate.ofInstant(time, ZoneOffset.UTC)), 1L, Long::sum);
            }
        }
        return counts;
    }

    /** A request that was refused for its key, its address, its route or its pace uses up no quota. */
    static boolean countsTowardsQuota(UsageEvent event) {
        return event.keyId() > 0
                && switch (event.status()) {
                    case 401, 403, 404, 405, 429 -> false;
                    default -> true;
                };
    }

    /** Waits for another transaction that takes the same batch. @return whether this is the first that does */
    private boolean note(Connection open, UUID id, String edge, int events) throws SQLException {
        try (PreparedStatement insert =
                open.prepareStatement("insert into usage_batches (id, edge, events, ingested_at)"
                        + " values (?, ?, ?, ?) on conflict do nothing")) {
            insert.setObject(1, id);
            insert.setString(2, RowBatch.clean(edge, 128));
            insert.setInt(3, events);
            insert.setObject(4, Database.utc(clock.instant()));
            return insert.executeUpdate() == 1;
        }
    }

    /**
     * Of keys that there are: what is counted of others nobody asks for. In the order of the keys, so that two fleets that do this at
     * once do not wait for each other in a circle.
     */
    private static void add(Connection open, Map<KeyDay, Long> counts) throws SQLException {
        try (PreparedStatement upsert = open.prepareStatement("insert into edge_key_days (key_id, day, requests)"
                + " select ?::bigint, ?::date, ?::bigint where exists (select from api_keys where id = ?) on conflict (key_id, day)"
                + " do update set requests = edge_key_days.requests + excluded.requests")) {
            for (Map.Entry<KeyDay, Long> count : counts.entrySet()) {
                upsert.setLong(1, count.getKey().keyId());
                upsert.setObject(2, count.getKey().day());
                upsert.setLong(3, count.getValue());
                upsert.setLong(4, count.getKey().keyId());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    /** Once a day, what is too old to matter. */
    private void clear(Connection open) throws SQLException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (today.equals(cleared)) {
            return;
        }
        try (PreparedStatement batches = open.prepareStatement("delete from usage_batches where ingested_at < ?");
                PreparedStatement days = open.prepareStatement("delete from edge_key_days where day < ?")) {
            batches.setObject(1, Database.utc(clock.instant().minus(REMEMBERED)));
            batches.executeUpdate();
            days.setObject(1, today.minusDays(KEPT_COUNTS.toDays()));
            days.executeUpdate();
        }
        cleared = today;
    }

    private interface Work<T> {
        T with(Connection open) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) {
        try {
            if (!lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new DataException(
                        DataException.Kind.UNAVAILABLE,
                        "PostgreSQL has been busy with an earlier batch for " + PATIENCE_SECONDS + " s.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(DataException.Kind.UNAVAILABLE, "The fleet is stopping.", e);
        }
        try {
            Connection open = connected();
            open.setAutoCommit(false);
            T result = work.with(open);
            open.commit();
            return result;
        } catch (SQLException e) {
            disconnect();
            throw SqlFailures.translate(e, login);
        } catch (RuntimeException e) {
            disconnect();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private Connection connected() throws SQLException {
        @Nullable Connection known = connection;
        if (known != null) {
            return known;
        }
        Connection open = login.connect();
        connection = open;
        try (Statement session = open.createStatement()) {
            session.execute(UsageTable.SESSION);
        }
        return open;
    }

    private void disconnect() {
        used.forget();
        @Nullable Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("The connection for edges' usage was gone already", e);
            }
        }
    }

    /** Lets go of the connection, after the batch that is being taken. */
    @Override
    public void close() {
        lock.lock();
        try {
            disconnect();
        } finally {
            lock.unlock();
        }
    }
}
