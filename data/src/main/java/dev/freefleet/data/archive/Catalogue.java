package dev.freefleet.data.archive;

import dev.freefleet.data.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** Where each day's detail is: the partitions of {@code usage_logs}, and the table {@code usage_archives}. */
final class Catalogue {
    /** What tells of an older program's has no last part. */
    private static final Pattern NAME = Pattern.compile(
            "(usage/[0-9]{4}/[0-9]{2}/[0-9]{2}/part-[0-9]{1,5})-([0-9]{1,9})(-[0-9a-f]{12})?\\.parquet");

    private Catalogue() {}

    /** An archived part of a day. */
    record Entry(LocalDate day, short part, String object, long bytes, byte[] sha256, long requests) {}

    /** Days that have rows in PostgreSQL or may have some, ascending. */
    static List<LocalDate> liveDays(Handle handle, LocalDate from, LocalDate to) {
        return handle.createQuery("""
                        select day from (
                            select to_date(substr(c.relname, 12), 'YYYYMMDD') as day
                            from pg_inherits i join pg_class c on c.oid = i.inhrelid
                            where i.inhparent = to_regclass('usage_logs') and c.relname ~ '^usage_logs_[0-9]{8}$'
                            union select (time at time zone 'UTC')::date from usage_logs_default) days
                        where day >= :from and day < :to order by day""")
                .bind("from", from)
                .bind("to", to)
                .mapTo(LocalDate.class)
                .list();
    }

    static List<Entry> entries(Handle handle, LocalDate from, LocalDate to) {
        return handle.createQuery("select * from usage_archives where day >= :from and day < :to order by day, part")
                .bind("from", from)
                .bind("to", to)
                .map((row, context) -> entry(row))
                .list();
    }

    /** A day's, in the transaction of a connection. */
    static List<Entry> entries(Connection connection, LocalDate day) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select * from usage_archives where day = ? order by part")) {
            select.setObject(1, day);
            List<Entry> entries = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    entries.add(entry(rows));
                }
            }
            return entries;
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getObject("day", LocalDate.class),
                row.getShort("part"),
                row.getString("object"),
                row.getLong("bytes"),
                row.getBytes("sha256"),
                row.getLong("requests"));
    }

    static void add(Handle handle, Entry entry, Instant now) {
        handle.createUpdate("""
                        insert into usage_archives (day, part, object, bytes, sha256, requests, archived_at)
                        values (:day, :part, :object, :bytes, :sha256, :requests, :now)""")
                .bind("day", entry.day())
                .bind("part", entry.part())
                .bind("object", entry.object())
                .bind("bytes", entry.bytes())
                .bind("sha256", entry.sha256())
                .bind("requests", entry.requests())
                .bind("now", Database.utc(now))
                .execute();
    }

    /** Another object takes an entry's place. */
    static void replace(Handle handle, Entry entry) {
        handle.createUpdate("""
                        update usage_archives set object = :object, bytes = :bytes, sha256 = :sha256
                        where day = :day and part = :part""")
                .bind("day", entry.day())
                .bind("part", entry.part())
                .bind("object", entry.object())
                .bind("bytes", entry.bytes())
                .bind("sha256", entry.sha256())
                .execute();
    }

    static boolean exists(Handle handle, String table) {
        return handle.createQuery("select to_regclass(:table) is not null")
                .bind("table", table)
                .mapTo(Boolean.class)
                .one();
    }

    static String partition(LocalDate day) {
        return "usage_logs_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    /**
     * A name that nothing has, {@code usage/2026/11/23/part-1-0-5f0c1e9a27b4.parquet}: also what no entry names may be all that is left of
     * some requests. The second number is above those of the part's others; what follows is drawn by lot, since a fleet that
     * slept while it stored something does not know that another has become the one that may, and must not write over its objects.
     */
    static String next(ArchiveStore store, LocalDate day, short part) throws IOException {
        String begin = folder(day) + "part-" + part + "-";
        int edition = 1
                + store.list(begin).stream().mapToInt(Catalogue::edition).max().orElse(-1);
        String lot = UUID.randomUUID().toString();
        return begin + edition + lot.substring(lot.lastIndexOf('-')) + ".parquet";
    }

    /** What the names of a day's archives begin with. */
    static String folder(LocalDate day) {
        return "usage/" + day.toString().replace('-', '/') + "/";
    }

    /** The greater, the later an archive of that name was written, of those of its part; -1 where it is the name of none. */
    static int edition(String object) {
        Matcher name = NAME.matcher(object);
        return name.matches() ? Integer.parseInt(name.group(2)) : -1;
    }

    /** Which part of which day an archive of that name is; the name itself where it is the name of none. */
    static String part(String object) {
        Matcher name = NAME.matcher(object);
        return name.matches() ? name.group(1) : object;
    }
}
