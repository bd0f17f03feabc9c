package dev.freefleet.bench;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.rollup.Rollups;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Aggregates a day of usage beside one SQL statement for the same result, and asks a year of days; on an embedded PostgreSQL. */
@Command(
        name = "aggregate",
        description = "Aggregates a day of usage, beside one SQL statement for the same; asks a year of days.",
        mixinStandardHelpOptions = true)
final class AggregateCommand implements Callable<Integer> {
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");

    @Option(names = "--rows", description = "of the day, 1000 to 100,000,000 (default: ${DEFAULT-VALUE})")
    private long rows = 10_000_000;

    @Option(names = "--rounds", description = "alternated, 1 to 20 (default: ${DEFAULT-VALUE})")
    private int rounds = 3;

    @Option(
            names = "--folder",
            description = "for the database, some 250 bytes a row; emptied (default: a temporary one)")
    private Path folder = Path.of("");

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException {
        if (rows < 1_000 || rows > 100_000_000 || rounds < 1 || rounds > 20) {
            throw new IllegalArgumentException("--rows must be 1000 to 100000000, and --rounds 1 to 20");
        }
        Path place = folder.toString().isEmpty() ? Files.createTempDirectory("bench-aggregate") : folder;
        Clock clock = Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);
        out.println(Machine.describe());
        try (DataPlane plane = DataPlane.open(DataConfig.embedded(place.resolve("postgres")), clock);
                Database database = plane.pool("bench", 4)) {
            fill(database);
            Rollups rollups = new Rollups(database, clock);
            aggregate(database, rollups);
            year(database, rollups);
        } finally {
            delete(place);
        }
        return 0;
    }

    /** Routes, outcomes, questions and users as a fleet with 2,000 users has them; latencies over five decades. */
    private void fill(Database database) {
        long begun = System.nanoTime();
        database.query(h -> {
            h.execute("create table usage_logs_20261120 partition of usage_logs for values from"
                    + " ('2026-11-20 00:00:00+00') to ('2026-11-21 00:00:00+00')");
            h.execute("set synchronous_commit = off");
            h.execute("""
                    insert into usage_logs_20261120
                    select gen_random_uuid(), '2026-11-20 00:00:00+00'::timestamptz + (86400.0 * i / ?) * interval '1 second',
                        1000 + u, u, (array['query', 'query', 'query', 'search', 'ingest', 'health'])[(1 + i % 6)::int],
                        (array['POST', 'GET'])[(1 + i % 2)::int], (array[200, 200, 200, 200, 200, 304, 404, 429, 503])[(1 + i % 9)::int],
                        (array['hit', 'hit', 'hit', 'miss', 'coalesced', 'stale', 'bypass', 'none'])[(1 + (i / 7) % 8)::int],
                        exp(random() * 12)::bigint + 20, case when (i / 7) % 8 = 3 then exp(random() * 12)::bigint else 0 end,
                        120, 2400, decode(md5(q::text), 'hex'), 'What is question number ' || q || '?',
                        (array['edge-1', 'edge-2', 'worker'])[(1 + i % 3)::int]
                    from (select i, floor(exp(random() * 7.6))::bigint as u, floor(exp(random() * 12))::bigint as q
                          from generate_series(0, ? - 1) i) s""", rows, rows);
            h.execute("set synchronous_commit = on");
            h.execute("vacuum analyze usage_logs_20261120");
            return h;
        });
        out.printf(Locale.ROOT, "%,d rows made in %.1f s%n", rows, seconds(begun));
    }

    private void aggregate(Database database, Rollups rollups) {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        database.query(h -> {
            AggregateSql.tables(h);
            return h;
        });
        for (int round = 0; round < rounds; round++) {
            long begun = System.nanoTime();
            rollups.aggregate(DAY);
            ours.add(seconds(begun));
            begun = System.nanoTime();
            database.transaction(h -> {
                h.execute("set local work_mem = '32MB'");
                h.execute(AggregateSql.STATEMENT);
                return h;
            });
            theirs.add(seconds(begun));
            if (round == 0) {
                database.query(h -> {
                    AggregateSql.requireSame(h);
                    return h;
                });
            }
            database.query(AggregateCommand::empty);
        }
        out.printf(
                Locale.ROOT,
                "aggregation of %,d rows: %.2f s (%s), one SQL statement %.2f s (%s): %.2f times as long%n",
                rows,
                median(ours),
                list(ours),
                median(theirs),
                list(theirs),
                median(ours) / median(theirs));
    }

    private static Handle empty(Handle handle) {
        handle.execute("truncate bench_hourly, bench_daily, bench_users, bench_queries");
        return handle;
    }

    /** The day's figures, 364 times more. */
    private void year(Database database, Rollups rollups) {
        database.query(h -> {
            for (String table : List.of("usage_daily", "usage_daily_users", "queries_top", "usage_days")) {
                List<String> columns = h.createQuery(
                                "select attname from pg_attribute where attrelid = to_regclass(:table)"
                                        + " and attnum > 0 and not attisdropped and attname <> 'day' order by attnum")
                        .bind("table", table)
                        .mapTo(String.class)
                        .list();
                String rest = String.join(", ", columns);
                h.execute("insert into " + table + " (day, " + rest + ") select day - i, " + rest + " from " + table
                        + ", generate_series(1, 364) i where day = '2026-11-20'");
            }
            h.execute("insert into usage_changes select day - i, changes from usage_changes, generate_series(1, 364) i"
                    + " where day = '2026-11-20'");
            for (String table : List.of("usage_daily", "usage_daily_users", "queries_top", "usage_days")) {
                h.execute("vacuum analyze " + table);
            }
            return h;
        });
        LocalDate from = DAY.minusDays(364);
        LocalDate to = DAY.plusDays(1);
        for (int round = 0; round < 3; round++) {
            long begun = System.nanoTime();
            long requests = rollups.summary(from, to, Rollups.By.TOTAL)
                    .values()
                    .iterator()
                    .next()
                    .requests();
            double total = seconds(begun);
            begun = System.nanoTime();
            int days = rollups.summary(from, to, Rollups.By.DAY).size();
            double byDay = seconds(begun);
            begun = System.nanoTime();
            rollups.users(from, to, 20);
            double users = seconds(begun);
            begun = System.nanoTime();
            rollups.queries(from, to, 20);
            double queries = seconds(begun);
            out.printf(
                    Locale.ROOT,
                    "a year (%d days, %,d requests): total with percentiles %.3f s, by day %.3f s, users %.3f s,"
                            + " questions %.3f s%n",
                    days,
                    requests,
                    total,
                    byDay,
                    users,
                    queries);
        }
        out.println("bytes of a year: "
                + database.<String>query(h -> h.createQuery(
                                "select string_agg(t || ' ' || pg_size_pretty(pg_total_relation_size(to_regclass(t))), ', ')"
                                        + " from unnest(array['usage_daily', 'usage_daily_users', 'queries_top']) t")
                        .mapTo(String.class)
                        .one()));
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static String list(List<Double> values) {
        return String.join(
                ", ",
                values.stream().map(v -> String.format(Locale.ROOT, "%.2f", v)).toList());
    }

    private static void delete(Path folder) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.walk(folder)) {
            found = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : found) {
            Files.deleteIfExists(file);
        }
    }
}
