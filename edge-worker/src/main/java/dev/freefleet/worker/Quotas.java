package dev.freefleet.worker;

import dev.freefleet.edge.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many requests of each quota this isolate has served, bounded: counts of spans that are over are forgotten. The fleet
 * counts over all edges and says with the next sync which key has used up its quota.
 */
final class Quotas {
    private static final int MAX_BUCKETS = 10_000;

    private final Map<String, Count> counts = new HashMap<>();

    private static final class Count {
        final long endMillis;
        long used;

        Count(long endMillis) {
            this.endMillis = endMillis;
        }
    }

    /** Counts one request towards each, or towards none where one is used up: what is left of each, -1 for nothing. */
    List<Long> count(List<Step.QuotaUse> uses, long nowMillis) {
        List<Long> remaining = new ArrayList<>(uses.size());
        boolean all = true;
        for (Step.QuotaUse use : uses) {
            Count count = counts.get(use.bucket());
            long left = use.requests() - (count == null ? 0 : count.used) - 1;
            all &= left >= 0;
            remaining.add(Math.max(-1, left));
        }
        if (all) {
            for (Step.QuotaUse use : uses) {
                makeRoom(nowMillis);
                counts.computeIfAbsent(use.bucket(), bucket -> new Count(use.endMillis())).used++;
            }
        }
        return remaining;
    }

    private void makeRoom(long nowMillis) {
        if (counts.size() >= MAX_BUCKETS && !counts.values().removeIf(count -> count.endMillis <= nowMillis)) {
            counts.remove(counts.keySet().iterator().next());
        }
    }
}
