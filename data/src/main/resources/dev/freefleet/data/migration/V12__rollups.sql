-- Usage in figures, by hour and by day of UTC, and where a day's detail is.

-- A day's detail is in parts: each archive is one, and what is in usage_logs is the last. A part is aggregated as a whole.
create table usage_hourly (
    hour            timestamptz not null,
    part            smallint not null,
    route           text not null,
    cache           text not null,
    -- 2 for 200 to 299, and so on
    status_class    smallint not null,
    node            text not null,
    requests        bigint not null,
    bytes_in        bigint not null,
    bytes_out       bigint not null,
    latency_us      bigint not null,
    latency_max_us  bigint not null,
    -- Of those that went to the origin.
    origin_requests bigint not null,
    origin_us       bigint not null,
    -- A histogram: bucket b counts latencies from 1.02^(b-1), exclusive, to 1.02^b microseconds, and bucket 0 those up to 1.
    -- Histograms are merged by adding the counts of equal buckets.
    latency_buckets smallint[] not null,
    latency_counts  bigint[] not null,
    primary key (hour, part, route, cache, status_class, node)
);

create table usage_daily (
    day             date not null,
    part            smallint not null,
    route           text not null,
    cache           text not null,
    status_class    smallint not null,
    node            text not null,
    requests        bigint not null,
    bytes_in        bigint not null,
    bytes_out       bigint not null,
    latency_us      bigint not null,
    latency_max_us  bigint not null,
    origin_requests bigint not null,
    origin_us       bigint not null,
    latency_buckets smallint[] not null,
    latency_counts  bigint[] not null,
    primary key (day, part, route, cache, status_class, node)
);

-- The 1,000 users with the most requests of each day. User 0: no key was accepted; -1: all others together.
create table usage_daily_users (
    day            date not null,
    part           smallint not null,
    user_id        bigint not null,
    requests       bigint not null,
    errors         bigint not null,
    cache_hits     bigint not null,
    bytes_in       bigint not null,
    bytes_out      bigint not null,
    latency_us     bigint not null,
    latency_max_us bigint not null,
    primary key (day, part, user_id)
);
create index usage_daily_users_user on usage_daily_users (user_id);

-- The 1,000 questions that were asked most on each day.
create table queries_top (
    day          date not null,
    part         smallint not null,
    query_digest bytea not null,
    query_text   text,
    requests     bigint not null,
    cache_hits   bigint not null,
    latency_us   bigint not null,
    -- The one user who asked it, 0 for callers without a key; null where there were several.
    only_user_id bigint,
    primary key (day, part, query_digest)
);

-- How often a day's detail was changed since it was first aggregated: raised in the transaction that writes the rows.
create table usage_changes (
    day     date primary key,
    changes bigint not null
);

-- What of a day is aggregated: as of how many changes.
create table usage_days (
    day           date not null,
    part          smallint not null,
    changes       bigint not null,
    requests      bigint not null,
    aggregated_at timestamptz not null,
    primary key (day, part)
);

-- Where detail is that has left usage_logs: a row is made in the transaction that drops it there.
create table usage_archives (
    day         date not null,
    part        smallint not null,
    -- Its name in the object store, and what is to be found there.
    object      text not null,
    bytes       bigint not null,
    sha256      bytea not null,
    requests    bigint not null,
    archived_at timestamptz not null,
    primary key (day, part),
    constraint usage_archives_valid check (octet_length(sha256) = 32 and bytes >= 0 and requests >= 0)
);
