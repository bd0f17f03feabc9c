package dev.freefleet.bench;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The same result by one statement, into tables of its own. */
final class AggregateSql {
    private static final String SPAN =
            "from usage_logs where time >= '2026-11-20 00:00:00+00' and time < '2026-11-21 00:00:00+00'";

    /** Groups the day once for hours and days, and once each for users and questions. */
    static final String STATEMENT = """
            with cells as materialized (
                select date_bin('1 hour', time, '2000-01-01 00:00:00+00') as hour, route, cache, status / 100 as status_class,
                    node, ceil(ln(greatest(latency_us, 1)::float8) / ln(1.02::float8))::smallint as bucket,
                    count(*) as n, sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out, sum(latency_us) as latency_us,
                    max(latency_us) as latency_max_us, count(*) filter (where origin_us > 0) as origin_requests,
                    sum(origin_us) as origin_us
                SPAN group by 1, 2, 3, 4, 5, 6),
            hourly as (
                insert into bench_hourly
                select hour, 1, route, cache, status_class, node, sum(n), sum(bytes_in), sum(bytes_out), sum(latency_us),
                    max(latency_max_us), sum(origin_requests), sum(origin_us), array_agg(bucket order by bucket),
                    array_agg(n order by bucket)
                from cells group by hour, route, cache, status_class, node),
            days as (
                select route, cache, status_class, node, bucket, sum(n)::bigint as n, sum(bytes_in) as bytes_in,
                    sum(bytes_out) as bytes_out, sum(latency_us) as latency_us, max(latency_max_us) as latency_max_us,
                    sum(origin_requests) as origin_requests, sum(origin_us) as origin_us
                from cells group by 1, 2, 3, 4, 5),
            daily as (
                insert into bench_daily
                select '2026-11-20', 1, route, cache, status_class, node, sum(n), sum(bytes_in), sum(bytes_out),
                    sum(latency_us), max(latency_max_us), sum(origin_requests), sum(origin_us),
                    array_agg(bucket order by bucket), array_agg(n order by bucket)
                from days group by route, cache, status_class, node),
            users as (
                select coalesce(user_id, 0) as user_id, count(*) as requests, count(*) filter (where status >= 400) as errors,
                    count(*) filter (where cache in ('hit', 'stale', 'coalesced', 'revalidated')) as cache_hits,
                    sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out, sum(latency_us) as latency_us,
                    max(latency_us) as latency_max_us
                SPAN group by 1),
            ranked as (
                select *, case when row_number() over (order by requests desc, user_id) <= 1000 then user_id else -1 end as shown
                from users),
            shown as (
                insert into bench_users
                select '2026-11-20', 1, shown, sum(requests), sum(errors), sum(cache_hits), sum(bytes_in), sum(bytes_out),
                    sum(latency_us), max(latency_max_us)
                from ranked group by shown)
            insert into bench_queries
            select '2026-11-20', 1, query_digest, max(query_text collate "C"), count(*) as requests,
                count(*) filter (where cache in ('hit', 'stale', 'coalesced', 'revalidated')), sum(latency_us),
                case when min(coalesce(user_id, 0)) = max(coalesce(user_id, 0)) then min(coalesce(user_id, 0)) end
            SPAN and query_digest is not null group by query_digest order by requests desc, query_digest limit 1000""".replace("SPAN", SPAN);

    private static final Map<String, String> TABLES = Map.of(
            "bench_hourly", "usage_hourly",
            "bench_daily", "usage_daily",
            "bench_users", "usage_daily_users",
            "bench_queries", "queries_top");

    private AggregateSql() {}

    static void tables(Handle handle) {
        TABLES.forEach((bench, real) -> handle.execute("create table " + bench + " (like " + real + " including all)"));
    }

    /** @throws IllegalStateException if the two results differ */
    static void requireSame(Handle handle) {
        for (Map.Entry<String, String> pair : TABLES.entrySet()) {
            for (List<String> two :
                    List.of(List.of(pair.getKey(), pair.getValue()), List.of(pair.getValue(), pair.getKey()))) {
                long more = handle.createQuery("select count(*) from (select * from " + two.get(0)
                                + " except select * from " + two.get(1) + ") d")
                        .mapTo(Long.class)
                        .one();
                if (more != 0) {
                    throw new IllegalStateException(
                            two.get(0) + " has " + more + " rows that are not in " + two.get(1));
                }
            }
        }
    }
}
