package dev.freefleet.data;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps when each key was last used, with the batches that the ingest writes and to the minute, so that a busy key costs a
 * row a minute and no request anything. For one thread.
 */
final class KeysUsed {
    private static final long MINUTE_MICROS = 60_000_000;
    /** Of more keys than this nothing is remembered, and each batch writes them anew. */
    private static final int MOST = 100_000;

    /** The minute that each key's row has, by the key's id. */
    private final Map<Long, Long> known = new HashMap<>();

    /** In the order of the keys' ids, in which other fleets lock the rows too. */
    void note(Connection open, RowBatch batch) throws SQLException {
        try (PreparedStatement upsert = open.prepareStatement("""
                insert into keys_used (key_id, last_used)
                select ?, timestamptz '2000-01-01 00:00:00Z' + ? * interval '1 minute'
                where exists (select from api_keys where id = ?)
                on conflict (key_id) do update set last_used = greatest(keys_used.last_used, excluded.last_used)""")) {
            boolean any = false;
            for (Map.Entry<Long, Long> used : batch.lastUsed().entrySet()) {
                long minute = Math.floorDiv(used.getValue(), MINUTE_MICROS);
                if (known.getOrDefault(used.getKey(), Long.MIN_VALUE) < minute) {
                    if (known.size() >= MOST) {
                        known.clear();
                    }
                    known.put(used.getKey(), minute);
                    upsert.setLong(1, used.getKey());
                    upsert.setLong(2, minute);
                    upsert.setLong(3, used.getKey());
                    upsert.addBatch();
                    any = true;
                }
            }
            if (any) {
                upsert.executeBatch();
            }
        }
    }

    /** To be called when the transaction was rolled back. */
    void forget() {
        known.clear();
    }
}
