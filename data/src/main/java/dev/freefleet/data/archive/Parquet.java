package dev.freefleet.data.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads Parquet by DuckDB, in this process with bounded memory and one thread, without the network. What does not
 * fit in memory waits in a file of the working folder. For one thread.
 */
final class Parquet implements AutoCloseable {
    private static final String TABLE = """
            create table usage_rows (id uuid not null, time timestamptz not null, key_id bigint, user_id bigint,
                route varchar not null, method varchar not null, status smallint not null, cache varchar not null,
                latency_us bigint not null, origin_us bigint not null, bytes_in bigint not null, bytes_out bigint not null,
                query_digest blob, query_text varchar, node varchar not null)""";
    private static final String FORMAT = "(format parquet, compression zstd, row_group_size 20480)";

    private final DuckDBConnection duck;
    private final Path scratch;

    /** @param work a folder for its files, to be emptied by its owner after a crash */
    Parquet(Path work) throws SQLException, IOException {
        scratch = Files.createTempDirectory(work, "duckdb-");
        Properties properties = new Properties();
        properties.setProperty("memory_limit", "256MB");
        properties.setProperty("threads", "1");
        properties.setProperty("temp_directory", scratch.resolve("overflow").toString());
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        duck = (DuckDBConnection)
                DriverManager.getConnection("jdbc:duckdb:" + scratch.resolve("rows.duckdb"), properties);
        execute("set TimeZone = 'UTC'");
    }

    /** Writes all rows in their order, which a file keeps: it need not be sorted again. @return how many there were */
    long write(Rows rows, Path file) throws SQLException {
        execute(TABLE);
        long count = 0;
        try (DuckDBAppender appender = duck.createAppender("main", "usage_rows")) {
            for (@Nullable Row row = rows.next(); row != null; row = rows.next()) {
                append(appender, row);
                count++;
            }
        }
        execute("copy (select * from usage_rows) to " + quoted(file) + " " + FORMAT);
        execute("drop table usage_rows");
        return count;
    }

    private static void append(DuckDBAppender appender, Row row) throws SQLException {
        appender.beginRow();
        appender.append(row.id());
        appender.append(
                OffsetDateTime.ofInstant(Instant.EPOCH.plus(row.timeMicros(), ChronoUnit.MICROS), ZoneOffset.UTC));
        append(appender, row.keyId());
        append(appender, row.userId());
        appender.append(row.route());
        appender.append(row.method());
        appender.append((short) row.status());
        appender.append(row.cache());
        appender.append(row.latencyMicros());
        appender.append(row.originMicros());
        appender.append(row.bytesIn());
        appender.append(row.bytesOut());
        if (row.queryDigest() == null) {
            appender.appendNull();
        } else {
            appender.append(HexFormat.of().parseHex(row.queryDigest()));
        }
        if (row.queryText() == null) {
            appender.appendNull();
        } else {
            appender.append(row.queryText());
        }
        appender.append(row.node());
        appender.endRow();
    }

    private static void append(DuckDBAppender appender, @Nullable Long value) throws SQLException {
        if (value == null) {
            appender.appendNull();
        } else {
            appender.append(value.longValue());
        }
    }

    /** Rows of a file. */
    Rows read(Path file, Selection selection) throws SQLException {
        PreparedStatement statement = duck.prepareStatement(selection.archived());
        statement.setString(1, file.toString());
        selection.bind(statement, 2);
        return new Rows(statement);
    }

    /** How many requests there are, and the sums of their bytes as decimal digits. */
    record Sums(long requests, String bytesIn, String bytesOut) {}

    /** Of all rows of a file. */
    Sums sums(Path file) throws SQLException {
        try (PreparedStatement select = duck.prepareStatement("select count(*), coalesce(sum(bytes_in), 0)::varchar,"
                + " coalesce(sum(bytes_out), 0)::varchar from read_parquet(?)")) {
            select.setString(1, file.toString());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Sums(row.getLong(1), row.getString(2), row.getString(3));
            }
        }
    }

    /** How many rows of a file are a user's. */
    long count(Path file, long userId) throws SQLException {
        try (PreparedStatement count =
                duck.prepareStatement("select count(*) from read_parquet(?) where user_id = ?")) {
            count.setString(1, file.toString());
            count.setLong(2, userId);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Which of these questions somebody else asked than the user, by their digests in lower-case hex digits. */
    Set<String> asked(Path file, List<String> digests, long userId) throws SQLException {
        try (PreparedStatement select = duck.prepareStatement(
                "select distinct lower(hex(query_digest)) from read_parquet(?) where user_id is distinct from ?"
                        + " and lower(hex(query_digest)) in ("
                        + String.join(", ", Collections.nCopies(digests.size(), "?"))
                        + ")")) {
            select.setString(1, file.toString());
            select.setLong(2, userId);
            for (int i = 0; i < digests.size(); i++) {
                select.setString(i + 3, digests.get(i));
            }
            Set<String> asked = new HashSet<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    asked.add(row.getString(1));
                }
            }
            return asked;
        }
    }

    /** Copies a file, and takes a user's name off what is theirs, and what they asked. */
    void copyWithout(long userId, Path from, Path to) throws SQLException {
        String theirs = "user_id is not distinct from " + userId;
        execute("copy (select * replace (if(" + theirs + ", null, key_id) as key_id, if(" + theirs
                + ", null, query_digest) as query_digest, if(" + theirs
                + ", null, query_text) as query_text, nullif(user_id, "
                + userId + ") as user_id) from read_parquet(" + quoted(from) + ")) to " + quoted(to) + " "
                + FORMAT);
    }

    private static String quoted(Path file) {
        return "'" + file.toString().replace("'", "''") + "'";
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = duck.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException, IOException {
        try {
            duck.close();
        } finally {
            WorkFolder.delete(scratch);
        }
    }
}
