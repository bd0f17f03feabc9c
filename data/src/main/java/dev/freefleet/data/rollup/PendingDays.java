package dev.freefleet.data.rollup;

import java.time.LocalDate;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Which days' live parts are not aggregated, or not as they are now. */
final class PendingDays {
    private static final String PENDING = """
            with days as (
                select to_date(substr(c.relname, 12), 'YYYYMMDD') as day
                from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = to_regclass('usage_logs') and c.relname ~ '^usage_logs_[0-9]{8}$'
                union select (time at time zone 'UTC')::date from usage_logs_default),
            live as (
                select day, coalesce((select max(part) from usage_archives a where a.day = d.day), 0) + 1 as part
                from days d where day >= :from and day < :to)
            select l.day from live l
            left join usage_days u on u.day = l.day and u.part = l.part
            left join usage_changes c on c.day = l.day
            where u.day is null or u.changes is distinct from c.changes
            order by l.day""";

    private PendingDays() {}

    static List<LocalDate> between(Handle handle, LocalDate from, LocalDate to) {
        return handle.createQuery(PENDING)
                .bind("from", from)
                .bind("to", to)
                .mapTo(LocalDate.class)
                .list();
    }
}
