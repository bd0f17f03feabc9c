package dev.freefleet.backup;

import java.util.ArrayList;
import java.util.List;

/** Collects problems; all are counted, the first {@link BackupResult#MOST_PROBLEMS} are kept. */
final class Problems {
    private final List<Problem> kept = new ArrayList<>();
    private long count;

    synchronized void add(String where, String what) {
        count++;
        if (kept.size() < BackupResult.MOST_PROBLEMS) {
            kept.add(new Problem(where, what));
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized List<Problem> kept() {
        return List.copyOf(kept);
    }
}
