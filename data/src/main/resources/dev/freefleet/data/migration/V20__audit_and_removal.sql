-- What the operator did, and what is left of keys and users that are gone.

-- Numbers instead of names: an entry stays when the person is forgotten, and tells nobody who it was.
create table audit_log (
    id      bigint generated always as identity primary key,
    time    timestamptz not null,
    actor   text not null,
    action  text not null,
    user_id bigint,
    key_id  bigint,
    details jsonb not null default '{}',
    constraint audit_log_valid check (
        char_length(actor) between 1 and 64
        and char_length(action) between 1 and 64
        and jsonb_typeof(details) = 'object'
        and octet_length(details::text) <= 16384)
);

create function fleet_audit_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'audit_log can only be added to' using errcode = '42501';
end
$$;

create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function fleet_audit_append_only();

-- A fleet key proves itself, so that one whose row is deleted would be good again: its number is refused until it ends.
create table dead_keys (
    id  bigint primary key,
    -- When its own text says that it ends; null for never.
    ends timestamptz
);

create trigger dead_keys_changed after insert or update or delete or truncate on dead_keys
    for each statement execute function fleet_keys_changed();

-- The key that a rotation made may be deleted before the one that it replaced.
alter table api_keys drop constraint api_keys_replaced_by;

-- When a key was last used, to the minute: written by the ingest with its batches, not by requests.
create table keys_used (
    key_id    bigint primary key,
    last_used timestamptz not null
);

-- Whose usage is still to be looked for, since events may have been under way when they were forgotten.
create table forgotten_users (
    user_id      bigint primary key,
    forgotten_at timestamptz not null,
    -- Since when all of their usage was gone through once.
    swept_at     timestamptz
);
