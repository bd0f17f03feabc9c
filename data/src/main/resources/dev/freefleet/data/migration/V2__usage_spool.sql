-- How far each spool of usage events has been delivered: changed in the transaction that writes the events' rows.
create table usage_spool (
    id          uuid primary key,
    segment     bigint not null,
    byte_offset bigint not null,
    -- Batches that came from memory, past a spool that could not be written.
    direct      bigint not null,
    updated_at  timestamptz not null
);
