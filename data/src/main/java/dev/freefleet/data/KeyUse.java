package dev.freefleet.data;

import dev.freefleet.edge.Quota;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What edges elsewhere have served of a key.
 *
 * @param keyId the key
 * @param plan its plan, whose quotas hold where it has none of its own
 * @param quotas its own quotas, at most one a period
 * @param today requests on this day of UTC
 * @param month requests in this month of UTC, to this day
 */
public record KeyUse(long keyId, String plan, List<Quota> quotas, long today, long month) {
    private static final String SELECT = """
            select k.id, k.plan, k.quota_day, k.quota_month,
                   coalesce(sum(d.requests) filter (where d.day = ?), 0) as today, coalesce(sum(d.requests), 0) as month
            from api_keys k left join edge_key_days d on d.key_id = k.id and d.day between ? and ?
            where k.revoked_at is null
              and (k.id = any(?) or exists (select from edge_key_days e where e.key_id = k.id and e.day between ? and ?))
            group by k.id order by k.id""";

    public KeyUse {
        quotas = List.copyOf(quotas);
    }

    static List<KeyUse> select(Connection open, LocalDate today, Collection<Long> others) throws SQLException {
        List<KeyUse> all = new ArrayList<>();
        LocalDate first = today.withDayOfMonth(1);
        try (PreparedStatement select = open.prepareStatement(SELECT)) {
            select.setObject(1, today);
            select.setObject(2, first);
            select.setObject(3, today);
            select.setArray(4, open.createArrayOf("bigint", others.toArray()));
            select.setObject(5, first);
            select.setObject(6, today);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    all.add(new KeyUse(
                            rows.getLong("id"),
                            rows.getString("plan"),
                            KeyRow.quotas(rows),
                            rows.getLong("today"),
                            rows.getLong("month")));
                }
            }
        }
        return all;
    }
}
