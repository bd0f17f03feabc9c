package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads rows of {@code api_keys}. */
final class KeyRow {
    /**
     * The keys of which a gateway must know more than they say of themselves. A key that has expired says so itself, and
     * would only make the list grow for ever. Parameter: now.
     */
    static final String STATES = """
            select k.*, (k.revoked_at is not null or u.disabled_at is not null) as refused
            from api_keys k join users u on u.id = k.user_id
            where (k.expires_at is null or k.expires_at > ?)
              and (k.revoked_at is not null or u.disabled_at is not null or k.rate_requests is not null
                   or k.quota_day is not null or k.quota_month is not null or k.scopes <> '{}')
            order by k.id""";

    private KeyRow() {}

    static KeyState state(ResultSet row) throws SQLException {
        return new KeyState(row.getLong("id"), row.getBoolean("refused"), rate(row), quotas(row), scopes(row));
    }

    /** Of a row that also has the owner's name, as {@code user_name}. */
    static ApiKey key(ResultSet row) throws SQLException {
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
                Users.instant(row, "expires_at"),
                Users.instant(row, "revoked_at"));
    }

    private static Set<String> scopes(ResultSet row) throws SQLException {
        Array scopes = row.getArray("scopes");
        return Set.copyOf(Arrays.asList((String[]) scopes.getArray()));
    }

    private static @Nullable RateLimit rate(ResultSet row) throws SQLException {
        int requests = row.getInt("rate_requests");
        return row.wasNull() ? null : new RateLimit(requests, row.getLong("rate_period_ms"), row.getInt("rate_burst"));
    }

    private static List<Quota> quotas(ResultSet row) throws SQLException {
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
