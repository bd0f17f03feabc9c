package dev.freefleet.data.rollup;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import dev.freefleet.data.Forgetting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Aggregates what {@code usage_logs} has of a day, and replaces what was there before: doing it twice changes nothing.
 *
 * <p>Rows that arrive meanwhile are not overlooked: first, under a lock that waits for the transactions that are writing rows of
 * that day, the day is entered in {@code usage_changes}, where every later one counts itself. The count from before is what the
 * aggregation is entered with; as long as the two differ, the day is to be done again.
 */
final class DayRollup {
    static final int MOST_USERS = 1_000;
    static final int MOST_QUERIES = 1_000;

    /** Late events of those who were forgotten come one by one, if at all. */
    private static final int ATTEMPTS = 10;

    private final Database database;
    private final Clock clock;

    DayRollup(Database database, Clock clock) {
        this.database = requireNonNull(database, "database");
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * Aggregates a day's live part.
     *
     * @return how many requests it has
     * @throws DataException CONFLICT if events of those who were forgotten arrived each time
     */
    long aggregate(LocalDate day) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long changes = claim(day);
            // After the claim: what arrives behind this is a change.
            database.transaction(h -> {
                Forgetting.anonymise(h, begin(day), begin(day.plusDays(1)));
                return changes;
            });
            OptionalLong requests = database.query(h -> h.inTransaction(
                    TransactionIsolationLevel.REPEATABLE_READ, transaction -> replace(transaction, day, changes)));
            if (requests.isPresent()) {
                return requests.getAsLong();
            }
        }
        throw new DataException(
                DataException.Kind.CONFLICT,
                "Usage of " + day + " of people who were forgotten arrived while it was being aggregated; it is tried"
                        + " again.");
    }

    private long claim(LocalDate day) {
        return database.transaction(h -> {
            h.execute("set local lock_timeout = '10s'");
            for (String table : List.of(partition(day), "usage_logs_default")) {
                // It is there or not; nobody but the retention, which is not here now, takes it away.
                if (exists(h, table)) {
                    h.execute("lock table " + table + " in share mode");
                }
            }
            h.createUpdate("insert into usage_changes (day, changes) values (:day, 0) on conflict (day) do nothing")
                    .bind("day", day)
                    .execute();
            return h.createQuery("select changes from usage_changes where day = :day")
                    .bind("day", day)
                    .mapTo(Long.class)
                    .one();
        });
    }

    static String partition(LocalDate day) {
        return "usage_logs_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    static boolean exists(Handle handle, String table) {
        return handle.createQuery("select to_regclass(:table) is not null")
                .bind("table", table)
                .mapTo(Boolean.class)
                .one();
    }

    /** @return how many requests it has; empty where some tell of those who were forgotten, and nothing was done */
    private OptionalLong replace(Handle handle, LocalDate day, long changes) {
        // Before the transaction's first look: whoever forgets somebody waits until the figures that it saw are there.
        handle.execute("lock table queries_top in row exclusive mode");
        if (Forgetting.tells(handle, begin(day), begin(day.plusDays(1)))) {
            return OptionalLong.empty();
        }
        handle.execute("set local work_mem = '32MB'");
        short part = livePart(handle, day);
        for (String table : List.of("usage_hourly", "usage_daily", "usage_daily_users", "queries_top")) {
            String mine = table.equals("usage_hourly") ? "hour >= :from and hour < :to" : "day = :day";
            handle.createUpdate("delete from " + table + " where " + mine + " and part = :part")
                    .bindMap(span(day))
                    .bind("part", part)
                    .execute();
        }
        long requests = hours(handle, day, part);
        if (requests > 0) {
            copy(handle, DaySql.USERS, MOST_USERS, "usage_daily_users", day, part);
            copy(handle, DaySql.QUERIES, MOST_QUERIES, "queries_top", day, part);
        }
        handle.createUpdate("""
                        insert into usage_days (day, part, changes, requests, aggregated_at)
                        values (:day, :part, :changes, :requests, :now)
                        on conflict (day, part) do update set changes = excluded.changes, requests = excluded.requests,
                            aggregated_at = excluded.aggregated_at""")
                .bind("day", day)
                .bind("part", part)
                .bind("changes", changes)
                .bind("requests", requests)
                .bind("now", Database.utc(clock.instant()))
                .execute();
        return OptionalLong.of(requests);
    }

    /** The number of the part that is in {@code usage_logs}: behind those that are archived. */
    static short livePart(Handle handle, LocalDate day) {
        return handle.createQuery("select coalesce(max(part), 0) + 1 from usage_archives where day = :day")
                .bind("day", day)
                .mapTo(Short.class)
                .one();
    }

    static Map<String, Object> span(LocalDate day) {
        return Map.of("day", day, "from", start(day), "to", start(day.plusDays(1)));
    }

    private static Object start(LocalDate day) {
        return Database.utc(begin(day));
    }

    private static Instant begin(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Over this process, since PostgreSQL reads with several of its own only where a statement writes nothing. */
    private static void copy(Handle handle, String query, int most, String table, LocalDate day, short part) {
        List<Map<String, Object>> rows = handle.createQuery(query)
                .bind("from", start(day))
                .bind("to", start(day.plusDays(1)))
                .bind("most", most)
                .mapToMap()
                .list();
        if (rows.isEmpty()) {
            return;
        }
        List<String> columns = List.copyOf(rows.getFirst().keySet());
        PreparedBatch batch = handle.prepareBatch("insert into " + table + " (day, part, " + String.join(", ", columns)
                + ") values (:day, :part, :" + String.join(", :", columns) + ")");
        rows.forEach(
                row -> batch.bindMap(row).bind("day", day).bind("part", part).add());
        batch.execute();
    }

    private record Hour(Instant hour, Cell cell, Figures figures) {}

    private static long hours(Handle handle, LocalDate day, short part) {
        List<Hour> hours = read(handle, day);
        Map<Cell, Figures> days = new LinkedHashMap<>();
        PreparedBatch hourly = handle.prepareBatch(insert("usage_hourly", "hour"));
        for (Hour hour : hours) {
            days.computeIfAbsent(hour.cell, cell -> new Figures()).addAll(hour.figures);
            bind(hourly.bind("at", Database.utc(hour.hour)).bind("part", part), hour.cell, hour.figures);
        }
        execute(hourly, hours.size());
        PreparedBatch daily = handle.prepareBatch(insert("usage_daily", "day"));
        days.forEach((cell, figures) -> bind(daily.bind("at", day).bind("part", part), cell, figures));
        execute(daily, days.size());
        return days.values().stream().mapToLong(Figures::requests).sum();
    }

    private static List<Hour> read(Handle handle, LocalDate day) {
        List<Hour> hours = new ArrayList<>();
        handle.createQuery(DaySql.HOURS)
                .bind("from", start(day))
                .bind("to", start(day.plusDays(1)))
                .map((row, context) ->
                        hours.add(new Hour(requireNonNull(Database.instant(row, "hour")), cell(row), Figures.of(row))))
                .list();
        return hours;
    }

    /** The figures of a day as it is now, which need not be aggregated. */
    static Map<Cell, Figures> live(Handle handle, LocalDate day) {
        Map<Cell, Figures> cells = new LinkedHashMap<>();
        for (Hour hour : read(handle, day)) {
            cells.computeIfAbsent(hour.cell, cell -> new Figures()).addAll(hour.figures);
        }
        return cells;
    }

    static Cell cell(ResultSet row) throws SQLException {
        return new Cell(
                row.getString("route"), row.getString("cache"), row.getInt("status_class"), row.getString("node"));
    }

    private static String insert(String table, String time) {
        return "insert into " + table + " (" + time + ", part, route, cache, status_class, node, requests, bytes_in,"
                + " bytes_out, latency_us, latency_max_us, origin_requests, origin_us, latency_buckets, latency_counts)"
                + " values (:at, :part, :route, :cache, :class, :node, :requests, :bytes_in, :bytes_out, :latency,"
                + " :max, :origin_requests, :origin, cast(:buckets as smallint[]), cast(:counts as bigint[]))";
    }

    private static void bind(PreparedBatch batch, Cell cell, Figures figures) {
        batch.bind("route", cell.route())
                .bind("cache", cell.cache())
                .bind("class", cell.statusClass())
                .bind("node", cell.node())
                .bind("requests", figures.requests())
                .bind("bytes_in", figures.bytesIn())
                .bind("bytes_out", figures.bytesOut())
                .bind("latency", figures.latencyMicros())
                .bind("max", figures.latencyMaxMicros())
                .bind("origin_requests", figures.originRequests())
                .bind("origin", figures.originMicros())
                .bind("buckets", figures.latencies().buckets())
                .bind("counts", figures.latencies().counts())
                .add();
    }

    private static void execute(PreparedBatch batch, int rows) {
        if (rows > 0) {
            batch.execute();
        } else {
            batch.close();
        }
    }
}
