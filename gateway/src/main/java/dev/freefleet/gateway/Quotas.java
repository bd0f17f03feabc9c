package dev.freefleet.gateway;

import dev.freefleet.edge.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many requests of each quota were made: counts by key and span in memory. Thread-safe, and bounded: counts of spans
 * that are over are forgotten. Only signed keys have quotas, so that nobody can fill it.
 */
public final class Quotas {
    private final Map<String, Count> counts = new HashMap<>();
    private final int maxBuckets;
    private final LongSupplier millis;

    private static final class Count {
        final long endMillis;
        long used;

        Count(long endMillis) {
            this.endMillis = endMillis;
        }
    }

    Quotas(int maxBuckets, LongSupplier millis) {
        this.maxBuckets = maxBuckets;
        this.millis = millis;
    }

    /** Counts one request towards each, or towards none where one is used up: what is left of each, -1 for nothing. */
    synchronized List<Long> count(List<Step.QuotaUse> uses) {
        List<Long> remaining = new ArrayList<>(uses.size());
        boolean all = true;
        for (Step.QuotaUse use : uses) {
            Count count = counts.get(use.bucket());
            long left = use.requests() - (count == null ? 0 : count.used) - 1;
            all &= left >= 0;
            remaining.add(Math.max(-1, left));
        }
        if (all) {
            uses.forEach(use -> bucket(use.bucket(), use.endMillis()).used++);
        }
        return remaining;
    }

    /**
     * Says that at least so many requests were made, as someone else has counted: after a restart, or at another edge.
     *
     * @param bucket as {@link Step.QuotaUse} names it
     * @param endMillis when the span ends, epoch milliseconds
     */
    public synchronized void atLeast(String bucket, long used, long endMillis) {
        if (endMillis > millis.getAsLong()) {
            Count count = bucket(bucket, endMillis);
            count.used = Math.max(count.used, used);
        }
    }

    private Count bucket(String name, long endMillis) {
        Count known = counts.get(name);
        if (known != null) {
            return known;
        }
        if (counts.size() >= maxBuckets) {
            makeRoom();
        }
        Count fresh = new Count(endMillis);
        counts.put(name, fresh);
        return fresh;
    }

    private void makeRoom() {
        long now = millis.getAsLong();
        if (!counts.values().removeIf(count -> count.endMillis <= now)) {
            counts.remove(counts.keySet().iterator().next());
        }
    }

    synchronized int size() {
        return counts.size();
    }
}
