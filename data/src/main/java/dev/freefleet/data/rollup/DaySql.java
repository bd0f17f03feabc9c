package dev.freefleet.data.rollup;

/** The questions that a day's rows are asked; each reads them once, and PostgreSQL may do so with several processes. */
final class DaySql {
    private static final String CAP = Latencies.MOST_MICROS + "";

    /** One row for each hour, route, cache outcome, class of status and node. */
    static final String HOURS = """
            with cells as (
                select date_bin('1 hour', time, '2000-01-01 00:00:00+00') as hour, route, cache, status / 100 as status_class,
                    node, ceil(ln(least(greatest(latency_us, 1), %1$s)::float8) / ln(1.02::float8))::int as bucket,
                    count(*) as n, sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out,
                    sum(least(latency_us, %1$s)) as latency_us, max(least(latency_us, %1$s)) as latency_max_us,
                    count(*) filter (where origin_us > 0) as origin_requests, sum(least(origin_us, %1$s)) as origin_us
                from usage_logs where time >= :from and time < :to
                group by 1, 2, 3, 4, 5, 6)
            select hour, route, cache, status_class, node, sum(n)::bigint as requests,
                least(sum(bytes_in), 9223372036854775807)::bigint as bytes_in,
                least(sum(bytes_out), 9223372036854775807)::bigint as bytes_out,
                least(sum(latency_us), 9223372036854775807)::bigint as latency_us, max(latency_max_us) as latency_max_us,
                sum(origin_requests)::bigint as origin_requests,
                least(sum(origin_us), 9223372036854775807)::bigint as origin_us,
                array_agg(bucket order by bucket)::text as latency_buckets,
                array_agg(n order by bucket)::text as latency_counts
            from cells group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5""".formatted(CAP);

    /** The users with the most requests, the others together as -1. */
    static final String USERS = """
            with users as (
                select coalesce(user_id, 0) as user_id, count(*) as requests,
                    count(*) filter (where status >= 400) as errors,
                    count(*) filter (where cache in ('hit', 'stale', 'coalesced', 'revalidated')) as cache_hits,
                    sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out,
                    sum(least(latency_us, %1$s)) as latency_us, max(least(latency_us, %1$s)) as latency_max_us
                from usage_logs where time >= :from and time < :to group by 1),
            ranked as (
                select *, case when row_number() over (order by requests desc, user_id) <= :most then user_id else -1 end as shown
                from users)
            select shown as user_id, sum(requests)::bigint as requests, sum(errors)::bigint as errors,
                sum(cache_hits)::bigint as cache_hits, least(sum(bytes_in), 9223372036854775807)::bigint as bytes_in,
                least(sum(bytes_out), 9223372036854775807)::bigint as bytes_out,
                least(sum(latency_us), 9223372036854775807)::bigint as latency_us, max(latency_max_us) as latency_max_us
            from ranked group by shown""".formatted(CAP);

    /** The questions that were asked most. */
    static final String QUERIES = """
            select query_digest, max(query_text collate "C") as query_text, count(*) as requests,
                count(*) filter (where cache in ('hit', 'stale', 'coalesced', 'revalidated')) as cache_hits,
                least(sum(least(latency_us, %1$s)), 9223372036854775807)::bigint as latency_us,
                case when min(coalesce(user_id, 0)) = max(coalesce(user_id, 0)) then min(coalesce(user_id, 0)) end
                    as only_user_id
            from usage_logs where time >= :from and time < :to and query_digest is not null
            group by query_digest order by requests desc, query_digest limit :most""".formatted(CAP);

    private DaySql() {}
}
