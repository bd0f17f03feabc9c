package dev.freefleet.data.archive;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A row of {@code usage_logs}, as PostgreSQL or an archive has it. */
record Row(
        UUID id,
        long timeMicros,
        @Nullable Long keyId,
        @Nullable Long userId,
        String route,
        String method,
        int status,
        String cache,
        long latencyMicros,
        long originMicros,
        long bytesIn,
        long bytesOut,
        @Nullable String queryDigest,
        @Nullable String queryText,
        String node) {
    /** The order in which both tell them: by time, then by the id's bytes. */
    static final Comparator<Row> ORDER = Comparator.comparingLong(Row::timeMicros)
            .thenComparing((a, b) -> Long.compareUnsigned(a.id.getMostSignificantBits(), b.id.getMostSignificantBits()))
            .thenComparing(
                    (a, b) -> Long.compareUnsigned(a.id.getLeastSignificantBits(), b.id.getLeastSignificantBits()));

    private static final Map<String, CacheOutcome> OUTCOMES =
            Arrays.stream(CacheOutcome.values()).collect(Collectors.toMap(CacheOutcome::label, Function.identity()));

    Row {
        requireNonNull(id, "id");
        requireNonNull(route, "route");
        requireNonNull(method, "method");
        requireNonNull(cache, "cache");
        requireNonNull(node, "node");
    }

    /** The columns in the order of this record; the time in microseconds. By number, since DuckDB knows few by name. */
    static Row of(ResultSet row) throws SQLException {
        byte @Nullable [] digest = row.getBytes(13);
        return new Row(
                (UUID) row.getObject(1),
                row.getLong(2),
                number(row, 3),
                number(row, 4),
                row.getString(5),
                row.getString(6),
                row.getInt(7),
                row.getString(8),
                row.getLong(9),
                row.getLong(10),
                row.getLong(11),
                row.getLong(12),
                digest == null ? null : HexFormat.of().formatHex(digest),
                row.getString(14),
                row.getString(15));
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    /** Without whose it was and what was asked. */
    Row withoutUser() {
        return new Row(
                id,
                timeMicros,
                null,
                null,
                route,
                method,
                status,
                cache,
                latencyMicros,
                originMicros,
                bytesIn,
                bytesOut,
                null,
                null,
                node);
    }

    UsageEvent event() {
        return new UsageEvent(
                id.toString(),
                Math.floorDiv(timeMicros, 1_000),
                keyId == null ? 0 : keyId,
                userId == null ? 0 : userId,
                route,
                method,
                status,
                OUTCOMES.getOrDefault(cache, CacheOutcome.NONE),
                latencyMicros,
                originMicros,
                bytesIn,
                bytesOut,
                queryDigest,
                queryText,
                node);
    }
}
