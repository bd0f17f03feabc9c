package dev.freefleet.data;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Takes keys and users out of their tables. A fleet key proves itself to every edge, so that deleting its row alone would let it in
 * again: its number goes to {@code dead_keys} until the end that its own text says. A key that was made elsewhere is known by
 * its digest alone, and is nobody's once that is gone.
 */
final class Removal {
    private static final String LIVE = """
            revoked_at is null and coalesce(ends_at, expires_at, 'infinity') > :now""";

    private Removal() {}

    /** How many keys of a user are accepted now. */
    static long liveKeys(Handle handle, User user, Instant now) {
        if (user.disabledAt() != null) {
            return 0;
        }
        return handle.createQuery("select count(*) from api_keys where user_id = :user and " + LIVE)
                .bind("user", user.id())
                .bind("now", Database.utc(now))
                .mapTo(Long.class)
                .one();
    }

    /** Whether this key would be accepted, were its owner not disabled. */
    static boolean isLive(Handle handle, long key, Instant now) {
        return handle.createQuery("select exists (select from api_keys where id = :id and " + LIVE + ")")
                .bind("id", key)
                .bind("now", Database.utc(now))
                .mapTo(Boolean.class)
                .one();
    }

    /** Takes a user and all their keys away. @return how many keys */
    static int remove(Handle handle, User user, Instant now) {
        int keys = removeKeys(handle, "user_id = :id", user.id(), now);
        handle.createUpdate("delete from users where id = :id")
                .bind("id", user.id())
                .execute();
        return keys;
    }

    static void removeKey(Handle handle, long key, Instant now) {
        removeKeys(handle, "id = :id", key, now);
    }

    private static int removeKeys(Handle handle, String which, long id, Instant now) {
        // Those whose end has come say so themselves.
        handle.createUpdate("delete from dead_keys where ends <= :now")
                .bind("now", Database.utc(now))
                .execute();
        handle.createUpdate("""
                        insert into dead_keys (id, ends)
                        select id, expires_at from api_keys
                        where secret_version is not null and coalesce(expires_at, 'infinity') > :now and\s""" + which + " on conflict do nothing")
                .bind("id", id)
                .bind("now", Database.utc(now))
                .execute();
        // Who writes there looks first whether there is the key: those who have, and have not committed, are waited
        // for, and all others look when it is gone. In the order in which batches write these tables, so that neither
        // waits for the other in a circle.
        handle.execute("lock table keys_used, edge_key_days in share row exclusive mode");
        for (String table : List.of("keys_used", "edge_key_days")) {
            handle.createUpdate(
                            "delete from " + table + " where key_id in (select id from api_keys where " + which + ")")
                    .bind("id", id)
                    .execute();
        }
        return handle.createUpdate("delete from api_keys where " + which)
                .bind("id", id)
                .execute();
    }
}
