package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Every administrative act, in {@code audit_log}: written in the transaction of the act, and never changed afterwards, which
 * a trigger sees to. Safe for use by several threads and several fleets on one database.
 */
public final class AuditLog {
    /** What the fleet does by itself. */
    public static final String FLEET = "fleet";

    private static final int MOST = 1_000;

    private final Database database;
    private final Clock clock;

    AuditLog(Database database, Clock clock) {
        this.database = requireNonNull(database, "database");
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * Which entries are meant: those of which all that is not null is true.
     *
     * @param userId done to this user or a key of theirs
     * @param keyId done to this key
     * @param action this one, or, where it ends in a dot, all that begin so
     * @param before only entries with a lower id; 0 for all
     */
    public record Filter(
            @Nullable Long userId,
            @Nullable Long keyId,
            @Nullable String action,
            long before) {
        public static final Filter ALL = new Filter(null, null, null, 0);
    }

    /**
     * The last of them, newest first.
     *
     * @param limit 1 to 1,000
     * @throws DataException INVALID, UNAVAILABLE
     */
    public List<AuditEntry> list(Filter filter, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new DataException(
                    DataException.Kind.INVALID, "From 1 to " + MOST + " entries can be listed, not " + limit + ".");
        }
        @Nullable String action = filter.action();
        String where = " where true" + (filter.userId() == null ? "" : " and a.user_id = :user")
                + (filter.keyId() == null ? "" : " and a.key_id = :key")
                + (action == null
                        ? ""
                        : action.endsWith(".") ? " and starts_with(a.action, :action)" : " and a.action = :action")
                + (filter.before() == 0 ? "" : " and a.id < :before");
        return database.query(handle -> {
            Query query = handle.createQuery("""
                    select a.*, u.name as user_name,
                           array(select key from jsonb_each_text(a.details) order by key) as names,
                           array(select value from jsonb_each_text(a.details) order by key) as texts
                    from audit_log a left join users u on u.id = a.user_id""" + where + " order by a.id desc limit :limit")
                    .bind("limit", limit);
            if (filter.userId() != null) {
                query.bind("user", filter.userId());
            }
            if (filter.keyId() != null) {
                query.bind("key", filter.keyId());
            }
            if (action != null) {
                query.bind("action", action);
            }
            if (filter.before() != 0) {
                query.bind("before", filter.before());
            }
            return query.map((row, context) -> entry(row)).list();
        });
    }

    /**
     * Notes an act that changed nothing in the database, such as a purge of the cache.
     *
     * @param actor who did it, 1 to 64 characters
     * @param action what was done, 1 to 64 characters
     * @param details what else is to be known; never a secret, a name of a person or a question
     * @throws DataException UNAVAILABLE
     */
    public void record(String actor, String action, Map<String, String> details) {
        AuditEntry.Act act = new AuditEntry.Act(action, null, null, details);
        database.transaction(handle -> {
            write(handle, actor, clock.instant(), act);
            return true;
        });
    }

    /** In the transaction of the act itself. */
    static void write(Handle handle, String actor, Instant now, AuditEntry.Act act) {
        SortedMap<String, String> details = new TreeMap<>(act.details());
        handle.createUpdate("""
                        insert into audit_log (time, actor, action, user_id, key_id, details)
                        values (:now, :actor, :action, :user, :key, jsonb_object(:names, :texts))""")
                .bind("now", Database.utc(now))
                .bind("actor", actor)
                .bind("action", act.action())
                .bind("user", act.userId())
                .bind("key", act.keyId())
                .bindArray("names", String.class, details.keySet())
                .bindArray("texts", String.class, details.values())
                .execute();
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        SortedMap<String, String> details = new TreeMap<>();
        String[] names = texts(row.getArray("names"));
        String[] texts = texts(row.getArray("texts"));
        for (int i = 0; i < names.length; i++) {
            details.put(names[i], texts[i]);
        }
        return new AuditEntry(
                row.getLong("id"),
                requireNonNull(Users.instant(row, "time")),
                row.getString("actor"),
                row.getString("action"),
                row.getObject("user_id", Long.class),
                row.getString("user_name"),
                row.getObject("key_id", Long.class),
                details);
    }

    private static String[] texts(Array array) throws SQLException {
        return (String[]) array.getArray();
    }
}
