package dev.freefleet.backup;

import java.util.ArrayList;
import java.util.List;

/** Collects problems; all are counted, the first {@link BackupResult#MOST_PROBLEMS} are kept unless more are wanted. */
final class Problems {
    private final List<Problem> kept = new ArrayList<>();
    private final int most;
    private long count;

    Problems() {
        this(BackupResult.MOST_PROBLEMS);
    }

    Problems(int most) {
        this.most = most;
    }

    synchronized void add(String where, String what) {
        count++;
        if (kept.size() < most) {
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
