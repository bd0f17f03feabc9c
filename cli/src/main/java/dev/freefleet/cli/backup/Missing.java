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
        List<StoredSnapshot> all = from.repository().list();
        // A copy is stored later than the snapshot was taken: one that claims to be of the future counts as old as it
        // is where it was made.
        Map<String, Instant> taken = new HashMap<>();
        all.forEach(s -> taken.put(s.snapshot().id(), s.taken()));
        Map<String, Instant> newest = new HashMap<>();
        for (StoredSnapshot s : to.repository().list()) {
            Instant there = taken.getOrDefault(s.snapshot().id(), s.taken());
            if (!there.isAfter(now)) {
                newest.merge(series(s), there, (a, b) -> a.isAfter(b) ? a : b);
            }
        }
        return all.stream()
                .filter(s -> s.taken().isAfter(newest.getOrDefault(series(s), Instant.MIN)))
                .toList();
    }

    private static String series(StoredSnapshot s) {
        return s.snapshot().host() + "\0" + s.snapshot().source();
    }
}
