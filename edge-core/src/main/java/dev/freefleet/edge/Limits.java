package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The allowances of a caller who may use the route: those of the key and of the route, all or none. */
final class Limits implements Phase {
    private final Call call;
    private final List<Named> allowances;

    private record Named(String policy, Step.Allowance allowance) {}

    private Limits(Call call, List<Named> allowances) {
        this.call = call;
        this.allowances = allowances;
    }

    static Next begin(Call call) {
        List<Named> allowances = new ArrayList<>(2);
        KeyToken token = call.token;
        String caller = "addr:" + call.bucket;
        if (token != null) {
            KeyState state = call.edge.keys().get(token.keyId());
            RateLimit own = state == null ? null : state.rate();
            caller = "key:" + token.keyId();
            RateLimit rate = own == null ? call.edge.plan(token.plan()).rate() : own;
            allowances.add(new Named("key", new Step.Allowance(caller, rate)));
        }
        RateLimit route = call.route().rate();
        if (route != null) {
            String bucket = "route:" + call.route().name() + ":" + caller;
            allowances.add(new Named("route", new Step.Allowance(bucket, route)));
        }
        if (allowances.isEmpty()) {
            return CacheKey.begin(call);
        }
        List<Step.Allowance> step = allowances.stream().map(Named::allowance).toList();
        return new Next(new Step.TakeAllowances(step), new Limits(call, allowances));
    }

    @Override
    public Next on(Event event) {
        if (!(event instanceof Event.AllowancesTaken(List<Gcra.Taken> results))) {
            throw Call.unexpected(event, "AllowancesTaken");
        }
        for (int i = 0; i < allowances.size(); i++) {
            Named named = allowances.get(i);
            call.limits.add(named.policy, named.allowance.limit(), results.get(i));
        }
        Next refusal = refusal(call, results);
        return refusal == null ? CacheKey.begin(call) : refusal;
    }

    /** The refusal of whoever has nothing left of one of these, or null. */
    static @Nullable Next refusal(Call call, List<Gcra.Taken> results) {
        long wait = 0;
        for (Gcra.Taken taken : results) {
            if (!taken.allowed()) {
                wait = Math.max(wait, Math.max(1, taken.retryAfterMillis()));
            }
        }
        if (wait == 0) {
            return null;
        }
        long seconds = RateLimitFields.seconds(wait);
        Fields fields = Fields.of("retry-after", Long.toString(seconds));
        return Next.last(call.problem(429, "Too many requests; the next is welcome in " + seconds + " s.", fields));
    }
}
