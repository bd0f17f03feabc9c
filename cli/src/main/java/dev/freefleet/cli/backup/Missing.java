package dev.freefleet.cli.backup;

import dev.freefleet.backup.StoredSnapshot;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which snapshots a second store is to be given. */
final class Missing {
    private Missing() {}

    /**
     * Of each host and source those that are newer than the newest one there: what retention has let go there is not sent again.
     * One that claims to be of the future, as a clock that ran ahead made it, keeps none from being sent.
     */
    static List<StoredSnapshot> newer(Stores.Open from, Stores.Open to, Instant now) {
        Map<String, Instant> newest = new HashMap<>();
        for (StoredSnapshot s : to.repository().list()) {
            if (!s.taken().isAfter(now)) {
                newest.merge(series(s), s.taken(), (a, b) -> a.isAfter(b) ? a : b);
            }
        }
        return from.repository().list().stream()
                .filter(s -> s.snapshot().time().isAfter(newest.getOrDefault(series(s), Instant.MIN)))
                .toList();
    }

    private static String series(StoredSnapshot s) {
        return s.snapshot().host() + "\0" + s.snapshot().source();
    }
}
