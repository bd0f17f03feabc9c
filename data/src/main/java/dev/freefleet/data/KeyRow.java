package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads rows of {@code api_keys}. */
final class KeyRow {
    private static final Logger LOG = LoggerFactory.getLogger(KeyRow.class);

    /**
     * The keys of which a gateway must know more than they say of themselves, and those that are deleted. A key that has
     * expired says so itself, and would only make the list grow for ever. In one statement, since a key that is deleted
     * meanwhile must not be missed in both tables. Parameter: now.
     */
    static final String STATES = """
            with clock as (select ?::timestamptz as now)
            select k.id, k.plan, k.minted_plan, k.scopes, k.addresses, k.max_concurrent, k.ends_at,
                   k.rate_requests, k.rate_period_ms, k.rate_burst, k.quota_day, k.quota_month,
                   (k.revoked_at is not null or u.disabled_at is not null) as refused
            from clock, api_keys k join users u on u.id = k.user_id
            where (k.expires_at is null or k.expires_at > clock.now)
              and (k.revoked_at is not null or u.disabled_at is not null or k.rate_requests is not null
                   or k.quota_day is not null or k.quota_month is not null or k.scopes <> '{}'
                   or k.addresses <> '{}' or k.max_concurrent is not null or k.ends_at is not null
                   or k.plan <> k.minted_plan)
            union all
            select id, '', '', '{}', '{}', null, null, null, null, null, null, null, true
            from clock, dead_keys where ends is null or ends > clock.now
            order by id""";

    /** Keys that were made elsewhere; a revoked one is no key any more. */
    static final String IMPORTED = """
            select id, user_id, plan, encode(digest, 'hex') as digest from api_keys
            where digest is not null and revoked_at is null""";

    private KeyRow() {}

    /** A row that somebody wrote by hand and that cannot be understood makes its key refused, and no other. */
    static KeyState state(ResultSet row) throws SQLException {
        long id = row.getLong("id");
        try {
            String plan = row.getString("plan");
            @Nullable Instant end = Users.instant(row, "ends_at");
            return new KeyState(
                    id,
                    row.getBoolean("refused"),
                    rate(row),
                    quotas(row),
                    scopes(row),
                    List.copyOf(texts(row, "addresses")),
                    end == null ? 0 : Math.max(1, end.toEpochMilli()),
                    0,
                    row.getInt("max_concurrent"),
                    plan.equals(row.getString("minted_plan")) ? null : plan);
        } catch (IllegalArgumentException e) {
            LOG.error("The row of key {} in api_keys cannot be used, and the key is refused: {}", id, e.getMessage());
            return new KeyState(id, true, null, List.of(), Set.of());
        }
    }

    /** What an imported key stands for; null where its row cannot be understood. */
    static @Nullable KeyToken imported(ResultSet row) throws SQLException {
        long id = row.getLong("id");
        try {
            return new KeyToken(1, id, row.getLong("user_id"), 0, row.getString("plan"));
        } catch (IllegalArgumentException e) {
            LOG.error("The row of key {} in api_keys cannot be used, and the key is refused: {}", id, e.getMessage());
            return null;
        }
    }

    /** Of a row that also has the owner's name, as {@code user_name}, and whether they are disabled, as {@code owner_disabled}. */
    static ApiKey key(ResultSet row) throws SQLException {
        @Nullable Instant end = Users.instant(row, "ends_at");
        long replacedBy = row.getLong("replaced_by");
        boolean replaced = !row.wasNull();
        return new ApiKey(
                row.getLong("id"),
                row.getLong("user_id"),
                row.getString("user_name"),
                row.getString("name"),
                row.getString("plan"),
                scopes(row),
                rate(row),
                quotas(row),
                requireNonNull(Users.instant(row, "created_at")),
                end != null ? end : Users.instant(row, "expires_at"),
                Users.instant(row, "revoked_at"),
                List.copyOf(texts(row, "addresses")),
                row.getInt("max_concurrent"),
                replaced ? (Long) replacedBy : null,
                row.getInt("secret_version"),
                row.getBoolean("owner_disabled"),
                Users.instant(row, "last_used"));
    }

    private static Set<String> scopes(ResultSet row) throws SQLException {
        return Set.copyOf(texts(row, "scopes"));
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        Array texts = row.getArray(column);
        return Arrays.asList((String[]) texts.getArray());
    }

    private static @Nullable RateLimit rate(ResultSet row) throws SQLException {
        int requests = row.getInt("rate_requests");
        return row.wasNull() ? null : new RateLimit(requests, row.getLong("rate_period_ms"), row.getInt("rate_burst"));
    }

    static List<Quota> quotas(ResultSet row) throws SQLException {
        List<Quota> quotas = new ArrayList<>(2);
        for (Quota.Period period : Quota.Period.values()) {
            long requests = row.getLong(column(period));
            if (!row.wasNull()) {
                quotas.add(new Quota(requests, period));
            }
        }
        return quotas;
    }

    static String column(Quota.Period period) {
        return switch (period) {
            case DAY -> "quota_day";
            case MONTH -> "quota_month";
        };
    }
}
