package dev.freefleet.data.rollup;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Usage in figures. Days are those of UTC, whatever zone jobs run by. Safe for use by several threads and several fleets on one
 * database.
 */
public final class Rollups {
    private static final Logger LOG = LoggerFactory.getLogger(Rollups.class);
    private static final LocalDate FIRST = LocalDate.EPOCH;
    /**
     * Questions in live parts that nobody but the user asked, by the rows that are there: those of people who were forgotten before
     * have no digest any more.
     */
    private static final String UNASKED = """
            with shown as materialized (
                select q.day, q.part, q.query_digest from queries_top q
                where q.query_text is not null and q.only_user_id is distinct from :user and q.part =
                    coalesce((select max(a.part) from usage_archives a where a.day = q.day), 0) + 1),
            asked as materialized (
                select distinct s.day, s.query_digest from shown s
                join usage_logs l on l.query_digest = s.query_digest and (l.time at time zone 'UTC')::date = s.day
                where l.user_id is distinct from :user),
            unasked as (
                select * from shown s where not exists (
                    select from asked a where a.day = s.day and a.query_digest = s.query_digest))
            """;
    /** Rows of these days are counted again each time, should anything have written some without saying so. */
    private static final int RECOUNTED_DAYS = 3;

    private final Database database;
    private final Database reading;
    private final Clock clock;
    private final DayRollup days;

    /** All of it over the same connections. */
    public Rollups(Database database, Clock clock) {
        this(database, database, clock);
    }

    /** @param reading for what is only told: {@link #summary}, {@link #users}, {@link #queries} */
    public Rollups(Database database, Database reading, Clock clock) {
        this.database = requireNonNull(database, "database");
        this.reading = requireNonNull(reading, "reading");
        this.clock = requireNonNull(clock, "clock");
        days = new DayRollup(database, clock);
    }

    /** By what usage is put together. */
    public enum By {
        DAY,
        ROUTE,
        CACHE,
        STATUS,
        NODE,
        TOTAL
    }

    /** A user's share; user 0 is callers without a key, -1 all users that are not among a day's first 1,000. */
    public record UserShare(
            long userId,
            @Nullable String name,
            long requests,
            long errors,
            long cacheHits,
            long bytesIn,
            long bytesOut,
            long latencyMicros,
            long latencyMaxMicros) {}

    /**
     * A question that was asked often.
     *
     * @param digest 32 lower-case hex digits
     * @param text null where the text is not kept
     */
    public record TopQuery(String digest, @Nullable String text, long requests, long cacheHits, long latencyMicros) {}

    /**
     * Aggregates every day before today that has not been, or of which something arrived since.
     *
     * @param stopping looked at between days
     * @return a sentence for people
     * @throws DataException if a day could not be; the others are
     */
    public String aggregate(BooleanSupplier stopping) {
        LocalDate today = today();
        List<LocalDate> pending =
                new ArrayList<>(database.<List<LocalDate>>query(h -> PendingDays.between(h, FIRST, today)));
        for (LocalDate day = today.minusDays(RECOUNTED_DAYS); day.isBefore(today); day = day.plusDays(1)) {
            if (!pending.contains(day) && !isComplete(day)) {
                pending.add(day);
            }
        }
        long requests = 0;
        int done = 0;
        @Nullable DataException failure = null;
        for (LocalDate day : pending) {
            if (stopping.getAsBoolean()) {
                return done + " of " + pending.size() + " days were aggregated before the fleet stopped.";
            }
            try {
                requests += days.aggregate(day);
                done++;
            } catch (DataException e) {
                LOG.error("The usage of {} cannot be aggregated: {}", day, e.getMessage());
                failure = e;
            }
        }
        if (failure != null) {
            throw new DataException(
                    failure.kind(),
                    (pending.size() - done) + " of " + pending.size() + " days could not be aggregated: "
                            + failure.getMessage(),
                    failure);
        }
        return pending.isEmpty()
                ? "Every day is aggregated."
                : done + (done == 1 ? " day" : " days") + " with " + requests + " requests aggregated, "
                        + pending.getFirst() + (done == 1 ? "." : " to " + pending.getLast() + ".");
    }

    /** Aggregates a day's live part. @return how many requests it has */
    public long aggregate(LocalDate day) {
        return days.aggregate(day);
    }

    private boolean isComplete(LocalDate day) {
        return database.query(h -> h.createQuery("""
                        select count(*) = coalesce((select sum(requests) from usage_days u where u.day = :day
                            and not exists (select 1 from usage_archives a where a.day = u.day and a.part = u.part)), 0)
                        from usage_logs where time >= :from and time < :to""")
                .bindMap(DayRollup.span(day))
                .mapTo(Boolean.class)
                .one());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /**
     * Figures of a span of days, today's as far as it is recorded.
     *
     * @param from the first day
     * @param to the first day after it
     * @param by what each line stands for
     * @return by its name, in its order
     */
    public SequencedMap<String, Figures> summary(LocalDate from, LocalDate to, By by) {
        SequencedMap<String, Figures> lines = by == By.DAY ? new TreeMap<>() : new LinkedHashMap<>();
        reading.query(h -> h.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, transaction -> {
            keepPartitions(transaction);
            collect(transaction, from, to, by, lines);
            for (LocalDate day : PendingDays.between(transaction, from, to)) {
                DayRollup.live(transaction, day)
                        .forEach((cell, figures) ->
                                line(lines, by, day).apply(cell).addAll(figures));
            }
            return lines;
        }));
        return lines;
    }

    /**
     * Before the transaction's first look: a partition that is dropped later is not missed, and one that is dropped already
     * is known as archived (PostgreSQL manual, LOCK, "Notes").
     */
    private static void keepPartitions(Handle handle) {
        handle.execute("lock table usage_logs in access share mode");
    }

    private static void collect(
            Handle handle, LocalDate from, LocalDate to, By by, SequencedMap<String, Figures> lines) {
        handle.createQuery("""
                        select d.day, d.route, d.cache, d.status_class, d.node, d.requests, d.bytes_in, d.bytes_out,
                            d.latency_us, d.latency_max_us, d.origin_requests, d.origin_us,
                            d.latency_buckets::text as latency_buckets, d.latency_counts::text as latency_counts
                        from usage_daily d
                        join usage_days u on u.day = d.day and u.part = d.part
                        left join usage_changes c on c.day = d.day
                        left join usage_archives a on a.day = d.day and a.part = d.part
                        where d.day >= :from and d.day < :to and (a.day is not null or u.changes = c.changes)
                        order by d.day""")
                .bind("from", from)
                .bind("to", to)
                .setFetchSize(1_000)
                .map((row, context) -> {
                    Figures sum = line(lines, by, row.getObject("day", LocalDate.class))
                            .apply(DayRollup.cell(row));
                    sum.add(row);
                    return sum;
                })
                .forEach(sum -> {});
    }

    private static Function<Cell, Figures> line(SequencedMap<String, Figures> lines, By by, LocalDate day) {
        return cell -> lines.computeIfAbsent(
                switch (by) {
                    case DAY -> day.toString();
                    case ROUTE -> cell.route();
                    case CACHE -> cell.cache();
                    case STATUS -> cell.statusClass() + "xx";
                    case NODE -> cell.node();
                    case TOTAL -> "total";
                },
                name -> new Figures());
    }

    /**
     * Who asked most, of the days that are aggregated.
     *
     * @param limit 1 to 1,000
     */
    public List<UserShare> users(LocalDate from, LocalDate to, int limit) {
        return reading.query(h -> h.createQuery("""
                        select r.user_id, u.name, sum(requests)::bigint as requests, sum(errors)::bigint as errors,
                            sum(cache_hits)::bigint as cache_hits, least(sum(bytes_in), 9223372036854775807)::bigint as bytes_in,
                            least(sum(bytes_out), 9223372036854775807)::bigint as bytes_out,
                            least(sum(latency_us), 9223372036854775807)::bigint as latency_us,
                            max(latency_max_us) as latency_max_us
                        from usage_daily_users r left join users u on u.id = r.user_id
                        where day >= :from and day < :to group by r.user_id, u.name
                        order by requests desc, r.user_id limit :limit""")
                .bind("from", from)
                .bind("to", to)
                .bind("limit", limit)
                .map((row, context) -> new UserShare(
                        row.getLong("user_id"),
                        row.getString("name"),
                        row.getLong("requests"),
                        row.getLong("errors"),
                        row.getLong("cache_hits"),
                        row.getLong("bytes_in"),
                        row.getLong("bytes_out"),
                        row.getLong("latency_us"),
                        row.getLong("latency_max_us")))
                .list());
    }

    /**
     * What was asked most, of the days that are aggregated; over several days, of each day's first 1,000.
     *
     * @param limit 1 to 1,000
     */
    public List<TopQuery> queries(LocalDate from, LocalDate to, int limit) {
        return reading.query(h -> h.createQuery("""
                        select encode(query_digest, 'hex') as digest, max(query_text collate "C") as text,
                            sum(requests)::bigint as requests, sum(cache_hits)::bigint as cache_hits,
                            least(sum(latency_us), 9223372036854775807)::bigint as latency_us
                        from queries_top where day >= :from and day < :to group by query_digest
                        order by requests desc, query_digest limit :limit""")
                .bind("from", from)
                .bind("to", to)
                .bind("limit", limit)
                .map((row, context) -> new TopQuery(
                        row.getString("digest"),
                        row.getString("text"),
                        row.getLong("requests"),
                        row.getLong("cache_hits"),
                        row.getLong("latency_us")))
                .list());
    }

    /** What {@link #forget} changed: a user's shares of days, and questions of days that nobody else who is left asked. */
    public record Forgotten(int days, int queries) {}

    /**
     * Removes what the figures know of a user: their share of each day joins that of callers without a key, and the text of
     * questions that nobody else asked, or nobody who is not forgotten, is taken away. Which those are the rows in {@code usage_logs}
     * tell, which are to be without a number first; what is archived is left to {@code Archives.forget}.
     *
     * @param dry only says how much there is
     */
    public Forgotten forget(long userId, boolean dry) {
        return dry ? known(userId) : forget(userId);
    }

    private Forgotten known(long userId) {
        return database.query(h -> new Forgotten(
                h.createQuery("select count(*) from usage_daily_users where user_id = :user")
                        .bind("user", userId)
                        .mapTo(Integer.class)
                        .one(),
                h.createQuery(UNASKED + "select (select count(*) from queries_top where only_user_id = :user)"
                                + " + (select count(*) from unasked)")
                        .bind("user", userId)
                        .mapTo(Integer.class)
                        .one()));
    }

    private Forgotten forget(long userId) {
        return database.transaction(h -> {
            // Waits for aggregations that have seen the user's rows and not written their figures yet (DayRollup).
            h.execute("lock table queries_top in share row exclusive mode");
            int moved = h.createUpdate("""
                            with gone as (delete from usage_daily_users where user_id = :user returning *)
                            insert into usage_daily_users (day, part, user_id, requests, errors, cache_hits, bytes_in,
                                bytes_out, latency_us, latency_max_us)
                            select day, part, 0, requests, errors, cache_hits, bytes_in, bytes_out, latency_us, latency_max_us
                            from gone
                            on conflict (day, part, user_id) do update set
                                requests = usage_daily_users.requests + excluded.requests,
                                errors = usage_daily_users.errors + excluded.errors,
                                cache_hits = usage_daily_users.cache_hits + excluded.cache_hits,
                                bytes_in = usage_daily_users.bytes_in + excluded.bytes_in,
                                bytes_out = usage_daily_users.bytes_out + excluded.bytes_out,
                                latency_us = usage_daily_users.latency_us + excluded.latency_us,
                                latency_max_us = greatest(usage_daily_users.latency_max_us, excluded.latency_max_us)""").bind("user", userId).execute();
            int queries = h.createUpdate(
                            "update queries_top set query_text = null, only_user_id = 0 where only_user_id = :user")
                    .bind("user", userId)
                    .execute();
            int unasked = h.createUpdate(UNASKED + """
                            update queries_top q set query_text = null from unasked u
                            where q.day = u.day and q.part = u.part and q.query_digest = u.query_digest""").bind("user", userId).execute();
            return new Forgotten(moved, queries + unasked);
        });
    }
}
