package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.time.Instant;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Writes rows of {@code api_keys}. */
final class KeyWrites {
    /** With the parameters of {@link #bind}, and id, now, digest, expires and ends. */
    static final String INSERT = """
            insert into api_keys (id, user_id, name, plan, minted_plan, scopes, rate_requests, rate_period_ms, rate_burst,
                                  quota_day, quota_month, addresses, max_concurrent, secret_version, digest,
                                  created_at, expires_at, ends_at)
            values (:id, :user, :name, :plan, :plan, :scopes, :requests, :period, :burst,
                    :day, :month, :addresses, :concurrent, :secret, :digest,
                    :now, :expires, :ends)
            """;

    /** With the parameters of {@link #bind}, and id and ends. */
    static final String UPDATE = """
            update api_keys set name = :name, plan = :plan, scopes = :scopes, rate_requests = :requests,
                rate_period_ms = :period, rate_burst = :burst, quota_day = :day, quota_month = :month,
                addresses = :addresses, max_concurrent = :concurrent, ends_at = :ends
            where id = :id""";

    private KeyWrites() {}

    static <S extends SqlStatement<S>> S bind(S statement, NewKey key) {
        @Nullable RateLimit rate = key.rate();
        return statement
                .bind("user", key.userId())
                .bind("name", key.name())
                .bind("plan", key.plan())
                .bindArray("scopes", String.class, key.scopes())
                .bind("requests", rate == null ? null : (Integer) rate.requests())
                .bind("period", rate == null ? null : (Long) rate.periodMillis())
                .bind("burst", rate == null ? null : (Integer) rate.burst())
                .bind("day", quota(key, Quota.Period.DAY))
                .bind("month", quota(key, Quota.Period.MONTH))
                .bindArray("addresses", String.class, key.addresses())
                .bind("concurrent", key.maxConcurrent() == 0 ? null : (Integer) key.maxConcurrent());
    }

    /** What an insert has beyond {@link #bind}: a key of the fleet's own, whose text tells its expiry. */
    static <S extends SqlStatement<S>> S minted(S statement, long id, NewKey key, Instant now) {
        return time(time(bind(statement, key), "expires", key.expiresAt()), "ends", null)
                .bind("id", id)
                .bind("secret", (Integer) key.secretVersion())
                .bind("digest", (byte[]) null)
                .bind("now", Database.utc(now));
    }

    /** The same of a key that was made elsewhere, whose text tells nothing. */
    static <S extends SqlStatement<S>> S imported(S statement, long id, NewKey key, byte[] digest, Instant now) {
        return time(time(bind(statement, key), "expires", null), "ends", key.expiresAt())
                .bind("id", id)
                .bind("secret", (Integer) null)
                .bind("digest", requireNonNull(digest, "digest"))
                .bind("now", Database.utc(now));
    }

    static <S extends SqlStatement<S>> S time(S statement, String name, @Nullable Instant time) {
        return statement.bind(name, time == null ? null : Database.utc(time));
    }

    private static @Nullable Long quota(NewKey key, Quota.Period period) {
        return key.quotas().stream()
                .filter(q -> q.period() == period)
                .map(Quota::requests)
                .findFirst()
                .orElse(null);
    }
}
