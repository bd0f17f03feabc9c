-- Users, their keys, and one row for each request.
-- Needs no superuser and no extension. Names are unqualified: the schema is the first of the role's search path.

create table users (
    id          bigint generated always as identity primary key,
    name        text not null,
    email       text,
    created_at  timestamptz not null,
    disabled_at timestamptz,
    constraint users_name_unique unique (name),
    constraint users_name_valid check (char_length(name) between 1 and 64 and name !~ '[\x01-\x1f\x7f]'),
    constraint users_email_valid check (char_length(email) between 3 and 254 and email !~ '[\x01-\x20\x7f]')
);

-- No key material: a key carries its id and proves itself by its HMAC.
-- The id is random, so that a database restored from an old backup never gives a new key the id of a key in use.
create table api_keys (
    id             bigint primary key,
    user_id        bigint not null references users (id),
    name           text not null,
    plan           text not null,
    scopes         text[] not null default '{}',
    rate_requests  integer,
    rate_period_ms bigint,
    rate_burst     integer,
    quota_day      bigint,
    quota_month    bigint,
    created_at     timestamptz not null,
    expires_at     timestamptz,
    revoked_at     timestamptz,
    -- 2^53 - 1: what every JSON reader takes without loss (RFC 8259 section 6).
    constraint api_keys_id_valid check (id between 1 and 9007199254740991),
    constraint api_keys_name_valid check (char_length(name) between 1 and 64 and name !~ '[\x01-\x1f\x7f]'),
    constraint api_keys_plan_valid check (char_length(plan) between 1 and 64 and plan !~ '[\x01-\x1f\x7f]'),
    constraint api_keys_scopes_valid check (cardinality(scopes) <= 64 and array_position(scopes, null) is null),
    constraint api_keys_rate_whole check (num_nulls(rate_requests, rate_period_ms, rate_burst) in (0, 3)),
    constraint api_keys_rate_valid check (
        rate_requests between 1 and 1000000
        and rate_period_ms between 1000 and 86400000
        and rate_burst between 1 and 1000000),
    constraint api_keys_quota_valid check (
        (quota_day is null or quota_day between 1 and 1000000000)
        and (quota_month is null or quota_month between 1 and 1000000000)),
    constraint api_keys_expiry_valid check (expires_at > created_at)
);

-- A name is free again once its key is revoked.
create unique index api_keys_name_unique on api_keys (user_id, name) where revoked_at is null;

-- Gateways read the keys' states again whenever a statement changed a key or a user, whoever ran it.
create function fleet_keys_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('fleet_keys', '');
    return null;
end
$$;

create trigger users_changed after update or delete or truncate on users
    for each statement execute function fleet_keys_changed();
create trigger api_keys_changed after insert or update or delete or truncate on api_keys
    for each statement execute function fleet_keys_changed();

-- No foreign keys: a request that was served is recorded, whatever became of its key since.
create table usage_logs (
    id           uuid not null,
    time         timestamptz not null,
    key_id       bigint,
    user_id      bigint,
    route        text not null,
    method       text not null,
    status       smallint not null,
    cache        text not null,
    latency_us   bigint not null,
    origin_us    bigint not null,
    bytes_in     bigint not null,
    bytes_out    bigint not null,
    query_digest bytea,
    query_text   text,
    node         text not null,
    constraint usage_logs_valid check (
        status between 100 and 599
        and latency_us >= 0 and origin_us >= 0 and bytes_in >= 0 and bytes_out >= 0
        and octet_length(query_digest) = 16
        and char_length(query_text) <= 2000
        and char_length(route) <= 128 and char_length(method) <= 16 and char_length(node) <= 128)
) partition by range (time);

-- Rows come in nearly the order of their time, so a few pages' bounds find them; a B-tree would cost each insert.
create index usage_logs_time on usage_logs using brin (time) with (pages_per_range = 32);

-- Days have partitions usage_logs_YYYYMMDD, made by the fleet ahead of time; this one takes what belongs to none.
create table usage_logs_default partition of usage_logs default;
