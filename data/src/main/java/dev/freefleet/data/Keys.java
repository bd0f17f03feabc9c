package dev.freefleet.data;

import static dev.freefleet.data.KeyChecks.checked;
import static dev.freefleet.data.KeyChecks.conflict;
import static dev.freefleet.data.KeyChecks.invalid;
import static dev.freefleet.data.KeyChecks.requireActiveOwner;
import static dev.freefleet.data.KeyChecks.requireFreeName;
import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What is known of keys. A fleet key proves itself by its HMAC, and of a key that was made elsewhere there is a digest, so
 * that no key is stored here. Each change is noted in the audit log, in the change's own transaction, and reaches the
 * gateways through {@link DataPlane#onKeysChanged}. Safe for use by several threads and several fleets on one database.
 */
public final class Keys {
    /** The longest that a replaced key may live on. */
    public static final Duration LONGEST_GRACE = Duration.ofDays(365);

    private static final long IDS = 1L << 53;
    private static final String SELECT = """
            select k.*, u.name as user_name, u.disabled_at is not null as owner_disabled, used.last_used
            from api_keys k join users u on u.id = k.user_id left join keys_used used on used.key_id = k.id
            """;

    private final Database database;
    private final Clock clock;
    private final RandomGenerator random;
    private final String actor;

    Keys(Database database, Clock clock, String actor) {
        this(database, clock, new SecureRandom(), actor);
    }

    Keys(Database database, Clock clock, RandomGenerator random, String actor) {
        this.database = requireNonNull(database, "database");
        this.clock = requireNonNull(clock, "clock");
        this.random = requireNonNull(random, "random");
        this.actor = requireNonNull(actor, "actor");
    }

    /** The same, for changes that this one makes: 1 to 64 characters, which the audit log will show. */
    public Keys as(String who) {
        return new Keys(database, clock, random, who);
    }

    /**
     * Makes a key under a new random id.
     *
     * @throws DataException INVALID if a value is not allowed, CONFLICT if the owner is disabled or has a key of that
     *     name, NOT_FOUND if there is no such owner, UNAVAILABLE
     */
    public ApiKey create(NewKey wanted) {
        return create(wanted, made -> {});
    }

    /**
     * Makes a key as {@link #create(NewKey)} does.
     *
     * @param beforeItIsThere told of the key before anybody else can see it; what it throws leaves no key behind
     */
    public ApiKey create(NewKey wanted, Consumer<ApiKey> beforeItIsThere) {
        Instant now = clock.instant();
        NewKey key = checked(wanted, now);
        return database.transaction(handle -> {
            requireActiveOwner(handle, key.userId());
            while (true) {
                Optional<Long> id = insert(handle, newId(), key, now);
                if (id.isPresent()) {
                    ApiKey made = show(handle, id.get());
                    note(handle, now, AuditEntry.Act.on(made, "key.create", KeyChanges.all(made)));
                    beforeItIsThere.accept(made);
                    return made;
                }
                requireFreeName(handle, key, 0);
            }
        });
    }

    /** All keys, revoked and expired ones too, in the order of their making. */
    public List<ApiKey> list() {
        return database.query(h -> h.createQuery(SELECT + "order by k.created_at, k.id")
                .map((row, context) -> KeyRow.key(row))
                .list());
    }

    /** One owner's keys, revoked and expired ones too, in the order of their making; empty where there is no such owner. */
    public List<ApiKey> list(long userId) {
        return database.query(h -> h.createQuery(SELECT + "where k.user_id = :user order by k.created_at, k.id")
                .bind("user", userId)
                .map((row, context) -> KeyRow.key(row))
                .list());
    }

    /** One key. @throws DataException NOT_FOUND, UNAVAILABLE */
    public ApiKey show(long id) {
        return database.query(handle -> show(handle, id));
    }

    /**
     * Revokes a key; one that is revoked already keeps its time.
     *
     * @throws DataException NOT_FOUND, UNAVAILABLE
     */
    public ApiKey revoke(long id) {
        Instant now = clock.instant();
        return database.transaction(handle -> {
            int revoked = handle.createUpdate(
                            "update api_keys set revoked_at = :now where id = :id and revoked_at is null")
                    .bind("now", Database.utc(now))
                    .bind("id", id)
                    .execute();
            ApiKey key = show(handle, id);
            if (revoked > 0) {
                note(handle, now, AuditEntry.Act.on(key, "key.revoke", Map.of()));
            }
            return key;
        });
    }

    /**
     * Deletes what is known of a key, which stays refused. One that was made elsewhere may be imported again.
     *
     * @param force also while it is accepted
     * @return what was deleted
     * @throws DataException NOT_FOUND, CONFLICT if it is accepted, UNAVAILABLE
     */
    public ApiKey delete(long id, boolean force) {
        Instant now = clock.instant();
        return database.transaction(handle -> {
            ApiKey key = locked(handle, id);
            if (!force && !key.ownerDisabled() && Removal.isLive(handle, id, now)) {
                throw conflict("The key " + id + " is accepted; revoke it first, or insist with --force.");
            }
            Removal.removeKey(handle, id, now);
            note(handle, now, AuditEntry.Act.on(key, "key.delete", Map.of()));
            return key;
        });
    }

    /**
     * Changes what a key may do; its text stays as it is. A key of the fleet's own can end earlier than its text says,
     * and not later: that takes a rotation. Nor can a key that was replaced end later than its grace.
     *
     * @param change what it is to be, of what it is; the owner and the secret's version are left as they are
     * @throws DataException INVALID if a value is not allowed, CONFLICT if the key is revoked, the name taken or its grace would be
     *     undone, NOT_FOUND, UNAVAILABLE
     */
    public ApiKey change(long id, UnaryOperator<NewKey> change) {
        return database.transaction(handle -> {
            ApiKey before = locked(handle, id);
            if (before.revokedAt() != null) {
                throw conflict("The key " + id + " is revoked, and nothing of it can be changed; make a new one.");
            }
            NewKey wanted = change.apply(before.settings()).ownedBy(before.userId());
            boolean sameEnd = Objects.equals(wanted.expiresAt(), before.expiresAt());
            NewKey key = sameEnd
                    ? checked(wanted.renewed(null, wanted.secretVersion()), clock.instant())
                            .renewed(before.expiresAt(), wanted.secretVersion())
                    : checked(wanted, clock.instant());
            if (before.replacedBy() == null) {
                requireFreeName(handle, key, id);
            }
            @Nullable Instant end = key.expiresAt();
            if (before.replacedBy() != null && isLater(end, before.expiresAt())) {
                throw conflict("The key " + id + " was replaced by the key " + before.replacedBy() + " and ends at "
                        + before.expiresAt() + ": it can end earlier but not later; set the end of the key "
                        + before.replacedBy() + " instead.");
            }
            @Nullable Instant minted = mintedEnd(handle, id);
            if (isLater(end, minted)) {
                throw invalid("The key itself says that it ends at " + minted
                        + ", and can end earlier but not later; rotate it for a later end.");
            }
            KeyWrites.time(
                            KeyWrites.bind(handle.createUpdate(KeyWrites.UPDATE), key),
                            "ends",
                            Objects.equals(end, minted) ? null : end)
                    .bind("id", id)
                    .execute();
            ApiKey after = show(handle, id);
            note(handle, clock.instant(), AuditEntry.Act.on(after, "key.change", KeyChanges.between(before, after)));
            return after;
        });
    }

    /**
     * Makes a new key of the same owner and settings in the place of one, which lives on for a while.
     *
     * @param grace how long the old one lives on, 0 to {@link #LONGEST_GRACE}, unless it ends before that
     * @param expiresAt when the new one ends; null: when the old one was to end
     * @param secretVersion what the new one is signed with
     * @return the new key
     * @throws DataException INVALID if a value is not allowed, CONFLICT if the old key is revoked, has ended or is replaced
     *     already, or its owner is disabled, NOT_FOUND, UNAVAILABLE
     */
    public ApiKey rotate(long id, Duration grace, @Nullable Instant expiresAt, int secretVersion) {
        if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
            throw invalid("A grace is 0 to " + LONGEST_GRACE.toDays() + " days.");
        }
        return database.transaction(handle -> {
            Instant now = clock.instant();
            ApiKey old = locked(handle, id);
            @Nullable Instant end = old.expiresAt();
            if (old.revokedAt() != null) {
                throw conflict("The key " + id + " is revoked; make a new one instead.");
            }
            if (old.replacedBy() != null) {
                throw conflict("The key " + id + " was replaced by the key " + old.replacedBy() + "; rotate that one.");
            }
            if (end != null && !end.isAfter(now)) {
                throw conflict("The key " + id + " ended at " + end + "; make a new one instead.");
            }
            requireActiveOwner(handle, old.userId());
            NewKey renewed = checked(old.settings().renewed(expiresAt != null ? expiresAt : end, secretVersion), now);
            Instant last = now.plus(grace);
            while (true) {
                long replacement = newId();
                KeyWrites.time(
                                handle.createUpdate(
                                        "update api_keys set replaced_by = :new, ends_at = :ends where id = :id"),
                                "ends",
                                end != null && end.isBefore(last) ? end : last)
                        .bind("new", replacement)
                        .bind("id", id)
                        .execute();
                if (insert(handle, replacement, renewed, now).isPresent()) {
                    note(
                            handle,
                            now,
                            AuditEntry.Act.on(
                                    old,
                                    "key.rotate",
                                    Map.of("grace", grace.toString(), "new_key", Long.toString(replacement))));
                    return show(handle, replacement);
                }
            }
        });
    }

    /**
     * Takes keys that were made elsewhere, all or, where there is a problem with any, none.
     *
     * @param makeUsers whether owners that are not there are made; else each is a problem
     * @param dry only says what would become of it
     * @throws DataException UNAVAILABLE
     */
    public ImportResult importKeys(List<KeyImport> imports, boolean makeUsers, boolean dry) {
        Instant now = clock.instant();
        return database.transaction(handle -> {
            ImportResult result = new KeyImporter(handle, now, this::newId).run(List.copyOf(imports), makeUsers, dry);
            if (!dry && result.problems().isEmpty()) {
                note(
                        handle,
                        now,
                        new AuditEntry.Act(
                                "key.import",
                                null,
                                null,
                                Map.of(
                                        "keys",
                                        Integer.toString(result.keys()),
                                        "new_users",
                                        Integer.toString(result.newUsers().size()))));
            }
            return result;
        });
    }

    /** Whether an end is later than another; null is never. */
    private static boolean isLater(@Nullable Instant end, @Nullable Instant than) {
        return than != null && (end == null || end.isAfter(than));
    }

    /** The states of all keys of which there is something to say that the key does not say itself, by id. */
    public List<KeyState> states() {
        return database.query(this::states);
    }

    /** What a gateway must know of keys. */
    public KeyBook book() {
        // The states last: of an imported key that is new in between, there is a state but no digest yet.
        return database.query(handle -> {
            Map<String, KeyToken> imported = new HashMap<>();
            handle.createQuery(KeyRow.IMPORTED)
                    .map((row, context) -> {
                        @Nullable KeyToken token = KeyRow.imported(row);
                        return token == null || imported.put(row.getString("digest"), token) == null;
                    })
                    .list();
            return new KeyBook(states(handle), imported);
        });
    }

    /** How many keys that are neither revoked nor ended each signing secret has signed; none where it has no such key. */
    public Map<Integer, Long> bySecret() {
        Map<Integer, Long> counts = new TreeMap<>();
        database.query(h -> h.createQuery("""
                        select secret_version, count(*) as keys from api_keys
                        where secret_version is not null and revoked_at is null
                          and coalesce(ends_at, expires_at, 'infinity') > :now
                        group by secret_version""")
                .bind("now", Database.utc(clock.instant()))
                .map((row, context) -> counts.put(row.getInt("secret_version"), row.getLong("keys")) == null)
                .list());
        return counts;
    }

    private List<KeyState> states(Handle handle) {
        return handle.createQuery(KeyRow.STATES)
                .bind(0, Database.utc(clock.instant()))
                .map((row, context) -> KeyRow.state(row))
                .list();
    }

    private void note(Handle handle, Instant now, AuditEntry.Act act) {
        AuditLog.write(handle, actor, now, act);
    }

    private long newId() {
        return random.nextLong(1, IDS);
    }

    private static Optional<Long> insert(Handle handle, long id, NewKey key, Instant now) {
        return KeyWrites.minted(
                        handle.createQuery(KeyWrites.INSERT + "on conflict do nothing returning id"), id, key, now)
                .mapTo(Long.class)
                .findOne();
    }

    /** The key, which nobody else changes until the transaction's end. */
    private static ApiKey locked(Handle handle, long id) {
        handle.createQuery("select id from api_keys where id = :id for update")
                .bind("id", id)
                .mapTo(Long.class)
                .findOne();
        return show(handle, id);
    }

    private static @Nullable Instant mintedEnd(Handle handle, long id) {
        return handle.createQuery("select expires_at from api_keys where id = :id")
                .bind("id", id)
                .map((row, context) -> Optional.ofNullable(Users.instant(row, "expires_at")))
                .one()
                .orElse(null);
    }

    private static ApiKey show(Handle handle, long id) {
        return handle.createQuery(SELECT + "where k.id = :id")
                .bind("id", id)
                .map((row, context) -> KeyRow.key(row))
                .findOne()
                .orElseThrow(() -> new DataException(
                        DataException.Kind.NOT_FOUND,
                        "There is no key with the id " + id + "; list the keys to see them."));
    }
}
