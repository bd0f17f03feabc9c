-- Usage that edges elsewhere send in batches, any number of times.

-- The batches that are in usage_logs: written in the transaction that writes their rows.
create table usage_batches (
    id          uuid primary key,
    edge        text not null,
    events      integer not null,
    ingested_at timestamptz not null
);

create index usage_batches_time on usage_batches (ingested_at);

-- How many requests of a key those edges have served on a day of UTC, for quotas that are counted over all edges.
create table edge_key_days (
    key_id   bigint not null,
    day      date not null,
    requests bigint not null,
    primary key (key_id, day)
);
