-- Keys whose settings change, that rotate, and that were made elsewhere.

alter table api_keys
    add column addresses      text[] not null default '{}',
    add column max_concurrent integer,
    -- What the key's own text says; plan is what holds. A key cannot be rewritten, only overruled.
    add column minted_plan    text,
    -- When it ends before expires_at, which the key's own text says.
    add column ends_at        timestamptz,
    -- The key that took its place; from then on it lives until ends_at.
    add column replaced_by    bigint,
    -- Which signing secret its text is signed with; null for a key that was made elsewhere.
    add column secret_version smallint default 1,
    -- SHA-256 of the text of a key that was made elsewhere.
    add column digest         bytea;

update api_keys set minted_plan = plan;

alter table api_keys
    alter column minted_plan set not null,
    -- Deferred: a rotation names the new key before it is there, since both have one name.
    add constraint api_keys_replaced_by foreign key (replaced_by) references api_keys (id) deferrable initially deferred,
    add constraint api_keys_digest_unique unique (digest),
    add constraint api_keys_digest_valid check (digest is null or (octet_length(digest) = 32 and expires_at is null)),
    add constraint api_keys_one_proof check ((digest is null) <> (secret_version is null)),
    add constraint api_keys_secret_valid check (secret_version between 1 and 255),
    add constraint api_keys_addresses_valid check (cardinality(addresses) <= 64 and array_position(addresses, null) is null),
    add constraint api_keys_concurrent_valid check (max_concurrent between 1 and 10000),
    add constraint api_keys_end_valid check (ends_at <= expires_at);

-- A name is free again once its key is revoked, and goes over to the key that replaces it.
drop index api_keys_name_unique;
create unique index api_keys_name_unique on api_keys (user_id, name) where revoked_at is null and replaced_by is null;
