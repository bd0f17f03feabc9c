package dev.freefleet.data;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What a key may be. */
final class KeyChecks {
    private static final int MOST = 64;

    private KeyChecks() {}

    /** The key as it is stored. @throws DataException INVALID */
    static NewKey checked(NewKey key, Instant now) {
        requireFew(key.scopes().size(), "scopes");
        requireFew(key.addresses().size(), "addresses");
        for (String scope : key.scopes()) {
            Names.checked(scope, "scope");
        }
        if (!KeyToken.isPlan(key.plan())) {
            throw invalid("A plan's name has 1 to 32 characters of a-z 0-9 _ -, and \"" + key.plan() + "\" does not.");
        }
        for (Quota.Period period : Quota.Period.values()) {
            if (key.quotas().stream().filter(q -> q.period() == period).count() > 1) {
                throw invalid(
                        "A key has at most one quota for each " + period.name().toLowerCase(Locale.ROOT) + ".");
            }
        }
        try {
            // The edge is who reads them: what it takes is right.
            new KeyState(1, false, null, List.of(), Set.of(), key.addresses(), 0, 0, key.maxConcurrent());
        } catch (IllegalArgumentException e) {
            throw invalid("A key's " + e.getMessage() + ".");
        }
        @Nullable Instant end = key.expiresAt();
        if (end != null && !end.isAfter(now)) {
            throw invalid("A key's expiry lies in the future, and " + end + " does not.");
        }
        return new NewKey(
                key.userId(),
                Names.checked(key.name(), "key's name"),
                key.plan(),
                key.scopes(),
                key.rate(),
                key.quotas(),
                end,
                key.addresses(),
                key.maxConcurrent(),
                key.secretVersion());
    }

    private static void requireFew(int count, String what) {
        if (count > MOST) {
            throw invalid("A key has at most " + MOST + " " + what + ", and this one has " + count + ".");
        }
    }

    static void requireActiveOwner(Handle handle, long userId) {
        boolean disabled = handle.createQuery("select disabled_at is not null from users where id = :id")
                .bind("id", userId)
                .mapTo(Boolean.class)
                .findOne()
                .orElseThrow(() -> new DataException(
                        DataException.Kind.NOT_FOUND,
                        "There is no user with the id " + userId + "; make the user first."));
        if (disabled) {
            throw conflict("The user with the id " + userId + " is disabled and can have no new keys.");
        }
    }

    /** No other key of this owner may be called so. */
    static void requireFreeName(Handle handle, NewKey key, long except) {
        boolean taken = handle.createQuery("""
                        select exists (select from api_keys where user_id = :user and name = :name
                                       and revoked_at is null and replaced_by is null and id <> :except)""")
                .bind("user", key.userId())
                .bind("name", key.name())
                .bind("except", except)
                .mapTo(Boolean.class)
                .one();
        if (taken) {
            throw conflict("The user has a key named \"" + key.name()
                    + "\" already; choose another name, or revoke that key first.");
        }
    }

    static DataException invalid(String message) {
        return new DataException(DataException.Kind.INVALID, message);
    }

    static DataException conflict(String message) {
        return new DataException(DataException.Kind.CONFLICT, message);
    }
}
