package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What is known of keys. A key proves itself by its HMAC, so none is stored here. Safe for use by several threads and
 * several fleets on one database; every change reaches the gateways through {@link DataPlane#onKeyStatesChanged}.
 */
public final class Keys {
    private static final long IDS = 1L << 53;
    private static final String SELECT =
            "select k.*, u.name as user_name from api_keys k join users u on u.id = k.user_id ";

    private final Database database;
    private final Clock clock;
    private final RandomGenerator random;

    Keys(Database database, Clock clock) {
        this(database, clock, new SecureRandom());
    }

    Keys(Database database, Clock clock, RandomGenerator random) {
        this.database = requireNonNull(database, "database");
        this.clock = requireNonNull(clock, "clock");
        this.random = requireNonNull(random, "random");
    }

    /**
     * Makes a key under a new random id.
     *
     * @throws DataException INVALID if a value is not allowed, CONFLICT if the owner is disabled or has a key of that
     *     name, NOT_FOUND if there is no such owner, UNAVAILABLE
     */
    public ApiKey create(NewKey wanted) {
        NewKey key = checked(wanted);
        Instant now = clock.instant();
        if (key.expiresAt() != null && !key.expiresAt().isAfter(now)) {
            throw invalid("A key's expiry lies in the future, and " + key.expiresAt() + " does not.");
        }
        return database.query(handle -> {
            requireActiveOwner(handle, key.userId());
            while (true) {
                Optional<Long> id = insert(handle, key, now);
                if (id.isPresent()) {
                    return show(handle, id.get());
                }
                requireFreeName(handle, key);
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
        return database.query(handle -> {
            handle.createUpdate("update api_keys set revoked_at = :now where id = :id and revoked_at is null")
                    .bind("now", Database.utc(clock.instant()))
                    .bind("id", id)
                    .execute();
            return show(handle, id);
        });
    }

    /** The states of all keys of which there is something to say that the key does not say itself, by id. */
    public List<KeyState> states() {
        return database.query(h -> h.createQuery(KeyRow.STATES)
                .bind(0, Database.utc(clock.instant()))
                .map((row, context) -> KeyRow.state(row))
                .list());
    }

    private Optional<Long> insert(Handle handle, NewKey key, Instant now) {
        @Nullable RateLimit rate = key.rate();
        return handle.createQuery("""
                insert into api_keys (id, user_id, name, plan, scopes, rate_requests, rate_period_ms, rate_burst,
                                      quota_day, quota_month, created_at, expires_at)
                values (:id, :user, :name, :plan, :scopes, :requests, :period, :burst, :day, :month, :now, :expires)
                on conflict do nothing
                returning id""")
                .bind("id", random.nextLong(1, IDS))
                .bind("user", key.userId())
                .bind("name", key.name())
                .bind("plan", key.plan())
                .bindArray("scopes", String.class, key.scopes())
                .bind("requests", rate == null ? null : (Integer) rate.requests())
                .bind("period", rate == null ? null : (Long) rate.periodMillis())
                .bind("burst", rate == null ? null : (Integer) rate.burst())
                .bind("day", quota(key, Quota.Period.DAY))
                .bind("month", quota(key, Quota.Period.MONTH))
                .bind("now", Database.utc(now))
                .bind("expires", key.expiresAt() == null ? null : Database.utc(key.expiresAt()))
                .mapTo(Long.class)
                .findOne();
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

    private static void requireActiveOwner(Handle handle, long userId) {
        boolean disabled = handle.createQuery("select disabled_at is not null from users where id = :id")
                .bind("id", userId)
                .mapTo(Boolean.class)
                .findOne()
                .orElseThrow(() -> new DataException(
                        DataException.Kind.NOT_FOUND,
                        "There is no user with the id " + userId + "; make the user first."));
        if (disabled) {
            throw new DataException(
                    DataException.Kind.CONFLICT,
                    "The user with the id " + userId + " is disabled and can have no new keys.");
        }
    }

    private static void requireFreeName(Handle handle, NewKey key) {
        boolean taken = handle.createQuery(
                        "select exists (select from api_keys where user_id = :user and name = :name and revoked_at is null)")
                .bind("user", key.userId())
                .bind("name", key.name())
                .mapTo(Boolean.class)
                .one();
        if (taken) {
            throw new DataException(
                    DataException.Kind.CONFLICT,
                    "The user has a key named \"" + key.name()
                            + "\" already; choose another name, or revoke that key first.");
        }
    }

    private static NewKey checked(NewKey key) {
        if (key.scopes().size() > 64) {
            throw invalid("A key has at most 64 scopes, and this one has "
                    + key.scopes().size() + ".");
        }
        for (String scope : key.scopes()) {
            Names.checked(scope, "scope");
        }
        for (Quota.Period period : Quota.Period.values()) {
            if (key.quotas().stream().filter(q -> q.period() == period).count() > 1) {
                throw invalid(
                        "A key has at most one quota for each " + period.name().toLowerCase(Locale.ROOT) + ".");
            }
        }
        return new NewKey(
                key.userId(),
                Names.checked(key.name(), "key's name"),
                Names.checked(key.plan(), "plan's name"),
                key.scopes(),
                key.rate(),
                key.quotas(),
                key.expiresAt());
    }

    private static @Nullable Long quota(NewKey key, Quota.Period period) {
        return key.quotas().stream()
                .filter(q -> q.period() == period)
                .map(Quota::requests)
                .findFirst()
                .orElse(null);
    }

    private static DataException invalid(String message) {
        return new DataException(DataException.Kind.INVALID, message);
    }
}
