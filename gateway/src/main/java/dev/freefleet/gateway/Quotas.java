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
    private long changes;

    private static final class Count {
        final long endMillis;
        long used;
        /** Of these, how many were counted here alone and are to be told to the other gateways. */
        long owed;
        /** Of these, how many are being told. */
        long lent;

        Count(long endMillis) {
            this.endMillis = endMillis;
        }
    }

    /** How many requests of a quota's span were made, until when that matters; {@code bucket} as {@link Step.QuotaUse} names it. */
    public record Counted(String bucket, long used, long endMillis) {}

    /**
     * Nothing counted yet.
     *
     * @param maxBuckets how many counts are kept at most, 1 or more
     * @param millis now, epoch milliseconds
     */
    public Quotas(int maxBuckets, LongSupplier millis) {
        this.maxBuckets = maxBuckets;
        this.millis = millis;
    }

    /**
     * What a gateway brings along when it counts together with others.
     *
     * @param known the requests that all of them have counted, as far as this one knows
     * @param lent those that it counted alone since
     */
    record Loan(long known, long lent) {}

    /** What this gateway has to tell of a quota; {@link #counted(Step.QuotaUse, Loan, long)} or {@link #back} ends it. */
    synchronized Loan lend(Step.QuotaUse use) {
        Count count = counts.get(use.bucket());
        if (count == null) {
            return new Loan(0, 0);
        }
        long owed = count.owed;
        long known = count.used - owed - count.lent;
        count.owed = 0;
        count.lent += owed;
        return new Loan(Math.max(0, known), owed);
    }

    /** It was told, and all gateways have counted so many now. */
    synchronized void counted(Step.QuotaUse use, Loan loan, long used) {
        atLeast(use.bucket(), used, use.endMillis());
        Count count = counts.get(use.bucket());
        if (count != null) {
            count.lent -= Math.min(count.lent, loan.lent());
        }
        changes++;
    }

    /** It could not be told. */
    synchronized void back(Step.QuotaUse use, Loan loan) {
        Count count = counts.get(use.bucket());
        if (count != null) {
            count.lent -= Math.min(count.lent, loan.lent());
            count.owed += loan.lent();
        }
    }

    /** Counts as {@link #count}, and keeps in mind what the other gateways do not know. */
    synchronized List<Long> countAlone(List<Step.QuotaUse> uses) {
        List<Long> remaining = count(uses);
        if (!remaining.contains(-1L)) {
            uses.forEach(use -> bucket(use.bucket(), use.endMillis()).owed++);
        }
        return remaining;
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
            changes++;
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

    /** Another number after each change. */
    synchronized long changes() {
        return changes;
    }

    /** All counts of spans that are not over. */
    public synchronized List<Counted> counted() {
        long now = millis.getAsLong();
        List<Counted> all = new ArrayList<>(counts.size());
        counts.forEach((bucket, count) -> {
            if (count.endMillis > now) {
                all.add(new Counted(bucket, count.used, count.endMillis));
            }
        });
        return all;
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
