package dev.freefleet.gateway;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * The rate limits' counters in memory: one GCRA arrival time for each bucket. Thread-safe, and bounded: a bucket whose
 * arrival time has passed says the same as no bucket and is dropped; where all are in use, the one closest to that goes.
 *
 * <p>Buckets live in 64 stripes. A take locks the stripes of all its buckets in ascending order, so that it is atomic
 * and no two takes wait for each other.
 */
final class Limiter {
    private static final int STRIPES = 64;
    private static final int SAMPLE = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final int maxPerStripe;
    private final LongSupplier nanos;

    private static final class Stripe {
        final ReentrantLock lock = new ReentrantLock();
        final Map<String, Arrival> arrivals = new HashMap<>();
    }

    private static final class Arrival {
        long nanos;
    }

    Limiter(int maxBuckets, LongSupplier nanos) {
        this.maxPerStripe = Math.max(1, maxBuckets / STRIPES);
        this.nanos = nanos;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** Takes one from each allowance, or from none where one has nothing left; one result for each, in order. */
    List<Gcra.Taken> take(List<Step.Allowance> allowances) {
        if (allowances.size() == 1) {
            return List.of(take(allowances.getFirst()));
        }
        return locked(allowances, now -> takeLocked(allowances, now, true));
    }

    /** What {@link #take} would give now, without taking anything. */
    List<Gcra.Taken> look(List<Step.Allowance> allowances) {
        return locked(allowances, now -> takeLocked(allowances, now, false));
    }

    /** Takes over where the buckets stand as somebody else counts them: how far ahead of now, nanoseconds. */
    void adopt(List<Step.Allowance> allowances, long[] aheadNanos) {
        locked(allowances, now -> {
            for (int i = 0; i < aheadNanos.length; i++) {
                if (aheadNanos[i] > 0) {
                    keep(allowances.get(i).bucket(), now + aheadNanos[i], now);
                }
            }
            return aheadNanos;
        });
    }

    private <T> T locked(List<Step.Allowance> allowances, LongFunction<T> work) {
        long mask = 0;
        for (Step.Allowance allowance : allowances) {
            mask |= 1L << stripe(allowance.bucket());
        }
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            stripes[Long.numberOfTrailingZeros(rest)].lock.lock();
        }
        try {
            return work.apply(nanos.getAsLong());
        } finally {
            for (long rest = mask; rest != 0; rest &= rest - 1) {
                stripes[Long.numberOfTrailingZeros(rest)].lock.unlock();
            }
        }
    }

    private Gcra.Taken take(Step.Allowance allowance) {
        Stripe stripe = stripes[stripe(allowance.bucket())];
        stripe.lock.lock();
        try {
            long now = nanos.getAsLong();
            Arrival kept = stripe.arrivals.get(allowance.bucket());
            Gcra.Decision decision = allowance.take(kept == null ? now : kept.nanos, now);
            if (!decision.taken().allowed()) {
                return decision.taken();
            }
            if (kept == null) {
                keep(allowance.bucket(), decision.arrivalNanos(), now);
            } else {
                kept.nanos = decision.arrivalNanos();
            }
            return decision.taken();
        } finally {
            stripe.lock.unlock();
        }
    }

    private List<Gcra.Taken> takeLocked(List<Step.Allowance> allowances, long now, boolean keep) {
        List<Gcra.Taken> results = new ArrayList<>(allowances.size());
        long[] arrivals = new long[allowances.size()];
        boolean all = true;
        for (int i = 0; i < arrivals.length; i++) {
            Step.Allowance allowance = allowances.get(i);
            Arrival kept = stripes[stripe(allowance.bucket())].arrivals.get(allowance.bucket());
            Gcra.Decision decision = allowance.take(kept == null ? now : kept.nanos, now);
            arrivals[i] = decision.arrivalNanos();
            all &= decision.taken().allowed();
            results.add(decision.taken());
        }
        if (all && keep) {
            for (int i = 0; i < arrivals.length; i++) {
                keep(allowances.get(i).bucket(), arrivals[i], now);
            }
        }
        return results;
    }

    private void keep(String bucket, long arrival, long now) {
        Map<String, Arrival> arrivals = stripes[stripe(bucket)].arrivals;
        Arrival kept = arrivals.get(bucket);
        if (kept == null) {
            if (arrivals.size() >= maxPerStripe) {
                makeRoom(arrivals, now);
            }
            kept = new Arrival();
            arrivals.put(bucket, kept);
        }
        kept.nanos = arrival;
    }

    private static void makeRoom(Map<String, Arrival> arrivals, long now) {
        if (arrivals.values().removeIf(arrival -> arrival.nanos - now <= 0)) {
            return;
        }
        String victim = null;
        long soonest = Long.MAX_VALUE;
        Iterator<Map.Entry<String, Arrival>> entries = arrivals.entrySet().iterator();
        for (int i = 0; i < SAMPLE && entries.hasNext(); i++) {
            Map.Entry<String, Arrival> entry = entries.next();
            long ahead = entry.getValue().nanos - now;
            if (ahead < soonest) {
                soonest = ahead;
                victim = entry.getKey();
            }
        }
        arrivals.remove(victim);
    }

    private static int stripe(String bucket) {
        int hash = bucket.hashCode();
        return (hash ^ hash >>> 16 ^ hash >>> 8) & STRIPES - 1;
    }

    /** How many buckets are kept. */
    int size() {
        int size = 0;
        for (Stripe stripe : stripes) {
            stripe.lock.lock();
            try {
                size += stripe.arrivals.size();
            } finally {
                stripe.lock.unlock();
            }
        }
        return size;
    }
}
