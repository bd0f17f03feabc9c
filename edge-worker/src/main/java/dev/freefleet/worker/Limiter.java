package dev.freefleet.worker;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.Step;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rate limits as this isolate sees them: one GCRA arrival time for each bucket, bounded; what was used least lately
 * goes first. Other isolates count for themselves; what they have in common is counted by the rate limiting bindings.
 */
final class Limiter {
    private static final int MAX_BUCKETS = 20_000;

    private final Map<String, Long> arrivals = new LinkedHashMap<>(256, 0.75f, true);

    /** Takes one from each allowance, or from none where one has nothing left; one result for each, in order. */
    List<Gcra.Taken> take(List<Step.Allowance> allowances, long nowNanos) {
        List<Gcra.Taken> results = new ArrayList<>(allowances.size());
        long[] next = new long[allowances.size()];
        boolean all = true;
        for (int i = 0; i < next.length; i++) {
            Step.Allowance allowance = allowances.get(i);
            Long kept = arrivals.get(allowance.bucket());
            Gcra.Decision decision = allowance.take(kept == null ? nowNanos : kept, nowNanos);
            next[i] = decision.arrivalNanos();
            all &= decision.taken().allowed();
            results.add(decision.taken());
        }
        for (int i = 0; all && i < next.length; i++) {
            arrivals.put(allowances.get(i).bucket(), next[i]);
        }
        while (arrivals.size() > MAX_BUCKETS) {
            Iterator<String> oldest = arrivals.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return results;
    }
}
