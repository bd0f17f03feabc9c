package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The allowances of a caller who may use the route: those of the key and of the route, all or none. */
final class Limits implements Phase {
    private final Call call;
    private final List<Step.Allowance> allowances;

    private Limits(Call call, List<Step.Allowance> allowances) {
        this.call = call;
        this.allowances = allowances;
    }

    static Next begin(Call call) {
        Caller caller = call.caller;
        if (caller != null) {
            return new Next(caller.take(), new Limits(call, caller.allowances()));
        }
        RateLimit route = call.route().rate();
        if (route == null) {
            return KeyLimits.begin(call);
        }
        String bucket = "route:" + call.route().name() + ":addr:" + call.bucket;
        List<Step.Allowance> allowances = List.of(new Step.Allowance(bucket, route));
        return new Next(new Step.TakeAllowances(allowances), new Limits(call, allowances));
    }

    @Override
    public Next on(Event event) {
        if (!(event instanceof Event.AllowancesTaken(List<Gcra.Taken> results))) {
            throw Call.unexpected(event, "AllowancesTaken");
        }
        for (int i = 0; i < allowances.size(); i++) {
            Step.Allowance allowance = allowances.get(i);
            String policy = allowance.bucket().startsWith("route:") ? "route" : "key";
            call.limits.add(policy, allowance.limit(), results.get(i));
        }
        Next refusal = refusal(call, results);
        return refusal == null ? KeyLimits.begin(call) : refusal;
    }

    /** The refusal of whoever has nothing left of one of these, or null. */
    static @Nullable Next refusal(Call call, List<Gcra.Taken> results) {
        long wait = 0;
        for (Gcra.Taken taken : results) {
            if (!taken.allowed()) {
                wait = Math.max(wait, Math.max(1, taken.retryAfterMillis()));
            }
        }
        return wait == 0 ? null : refusal(call, wait);
    }

    /** The refusal of whoever is to come back after this time. */
    static Next refusal(Call call, long waitMillis) {
        long seconds = RateLimitFields.seconds(waitMillis);
        Fields fields = Fields.of("retry-after", Long.toString(seconds));
        return Next.last(call.problem(429, "Too many requests; the next is welcome in " + seconds + " s.", fields));
    }
}
