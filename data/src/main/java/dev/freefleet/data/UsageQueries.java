package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Questions about requests that were served. Safe for use by several threads. */
public final class UsageQueries {
    private static final int MOST_ROWS = 10_000;
    private static final Map<String, CacheOutcome> OUTCOMES =
            Arrays.stream(CacheOutcome.values()).collect(Collectors.toMap(CacheOutcome::label, Function.identity()));

    private final Database database;

    UsageQueries(Database database) {
        this.database = requireNonNull(database, "database");
    }

    /** How many there are. */
    public long count(UsageFilter filter) {
        return database.query(h -> bound(h.createQuery("select count(*) from usage_logs" + where(filter)), filter)
                .mapTo(Long.class)
                .one());
    }

    /**
     * The last of them, newest first.
     *
     * @param limit 1 to 10,000
     */
    public List<UsageEvent> recent(UsageFilter filter, int limit) {
        if (limit < 1 || limit > MOST_ROWS) {
            throw new DataException(
                    DataException.Kind.INVALID,
                    "From 1 to " + MOST_ROWS + " requests can be listed, not " + limit + ".");
        }
        // The table's only index is by blocks of time: a span that just suffices is cheaper than sorting the whole.
        Duration span = Duration.ofMinutes(5);
        while (span.compareTo(Duration.between(filter.from(), filter.to())) < 0) {
            UsageFilter end = new UsageFilter(
                    filter.to().minus(span), filter.to(), filter.keyId(), filter.userId(), filter.route());
            List<UsageEvent> events = last(end, limit);
            if (events.size() == limit) {
                return events;
            }
            span = span.multipliedBy(12);
        }
        return last(filter, limit);
    }

    private List<UsageEvent> last(UsageFilter filter, int limit) {
        return database.query(h -> bound(
                        h.createQuery("select * from usage_logs" + where(filter)
                                + " order by time desc, id desc limit :limit"),
                        filter)
                .bind("limit", limit)
                .map((row, context) -> event(row))
                .list());
    }

    private static String where(UsageFilter filter) {
        return " where time >= :from and time < :to" + (filter.keyId() == 0 ? "" : " and key_id = :key")
                + (filter.userId() == 0 ? "" : " and user_id = :user")
                + (filter.route() == null ? "" : " and route = :route");
    }

    private static Query bound(Query query, UsageFilter filter) {
        query.bind("from", Database.utc(stored(filter.from()))).bind("to", Database.utc(stored(filter.to())));
        if (filter.keyId() != 0) {
            query.bind("key", filter.keyId());
        }
        if (filter.userId() != 0) {
            query.bind("user", filter.userId());
        }
        if (filter.route() != null) {
            query.bind("route", filter.route());
        }
        return query;
    }

    /** Into the years that PostgreSQL can store, so that Instant.MIN and MAX mean what they say. */
    private static Instant stored(Instant instant) {
        return instant.isBefore(Instant.EPOCH) ? Instant.EPOCH : instant.isAfter(RowBatch.END) ? RowBatch.END : instant;
    }

    private static UsageEvent event(ResultSet row) throws SQLException {
        Instant time = requireNonNull(Users.instant(row, "time"), "time");
        byte @Nullable [] digest = row.getBytes("query_digest");
        return new UsageEvent(
                row.getString("id"),
                time.toEpochMilli(),
                row.getLong("key_id"),
                row.getLong("user_id"),
                row.getString("route"),
                row.getString("method"),
                row.getInt("status"),
                OUTCOMES.getOrDefault(row.getString("cache"), CacheOutcome.NONE),
                row.getLong("latency_us"),
                row.getLong("origin_us"),
                row.getLong("bytes_in"),
                row.getLong("bytes_out"),
                digest == null ? null : HexFormat.of().formatHex(digest),
                row.getString("query_text"),
                row.getString("node"));
    }
}
