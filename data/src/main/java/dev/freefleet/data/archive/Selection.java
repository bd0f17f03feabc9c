package dev.freefleet.data.archive;

import dev.freefleet.data.Database;
import dev.freefleet.data.UsageFilter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Which rows of a day are meant, said to PostgreSQL and to DuckDB in the same words.
 *
 * @param limit so many suffice
 */
record Selection(UsageFilter filter, boolean newestFirst, long limit) {
    private static final String COLUMNS =
            "id, %s as time_us, key_id, user_id, route, method, status, cache, latency_us,"
                    + " origin_us, bytes_in, bytes_out, query_digest, query_text, node";
    private static final String LIVE_COLUMNS = COLUMNS.formatted("(extract(epoch from time) * 1000000)::bigint");
    private static final String ARCHIVED_COLUMNS = COLUMNS.formatted("epoch_us(time)");

    /** Everything of a day, oldest first. */
    static Selection all(LocalDate day) {
        return new Selection(UsageFilter.between(start(day), start(day.plusDays(1))), false, Long.MAX_VALUE);
    }

    static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** This, of one day only. */
    Selection of(LocalDate day) {
        Instant from = filter.from().isBefore(start(day)) ? start(day) : filter.from();
        Instant to = filter.to().isAfter(start(day.plusDays(1))) ? start(day.plusDays(1)) : filter.to();
        return new Selection(
                new UsageFilter(from, to, filter.keyId(), filter.userId(), filter.route()), newestFirst, limit);
    }

    String live() {
        String direction = newestFirst ? " desc" : "";
        return "select " + LIVE_COLUMNS + " from usage_logs" + where() + " order by time" + direction + ", id"
                + direction + limited();
    }

    /** Its first parameter is the file, whose rows are oldest first: to sort them so again would take memory for nothing. */
    String archived() {
        String order = newestFirst ? " order by time desc, id desc" : "";
        return "select " + ARCHIVED_COLUMNS + " from read_parquet(?)" + where() + order + limited();
    }

    /** So that the last of a day are found without sorting it. */
    private String limited() {
        return limit == Long.MAX_VALUE ? "" : " limit " + limit;
    }

    private String where() {
        String key = filter.keyId() == 0 ? "" : " and key_id = ?";
        String user = filter.userId() == 0 ? "" : " and user_id = ?";
        String route = filter.route() == null ? "" : " and route = ?";
        return " where time >= ? and time < ?" + key + user + route;
    }

    /** @param first the number of the first parameter that is this one's */
    void bind(PreparedStatement statement, int first) throws SQLException {
        int next = first;
        statement.setObject(next++, Database.utc(filter.from()));
        statement.setObject(next++, Database.utc(filter.to()));
        if (filter.keyId() != 0) {
            statement.setLong(next++, filter.keyId());
        }
        if (filter.userId() != 0) {
            statement.setLong(next++, filter.userId());
        }
        if (filter.route() != null) {
            statement.setString(next, filter.route());
        }
    }
}
