package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all requests of one key on one route, as long as the edge's state is the same: its limits, and the steps
 * that count them. Thread-safe: who races works out the same.
 */
final class Caller {
    private final EdgeState edge;
    private final Route route;
    private final KeyToken token;
    private final @Nullable KeyState state;
    private final List<Quota> quotas;
    private final List<Step.Allowance> allowances;
    private final Step.TakeAllowances take;
    private final Step.Hold hold;
    private @Nullable Day day;

    /**
     * The quotas of one day in UTC.
     *
     * @param untilMillis when it ends, epoch milliseconds
     * @param uses one for each quota, in order
     * @param windows how long each quota's span is, milliseconds
     */
    record Day(
            long fromMillis, long untilMillis, List<Step.QuotaUse> uses, Step.CountQuotas count, List<Long> windows) {}

    Caller(EdgeState edge, Route route, KeyToken token) {
        this.edge = edge;
        this.route = route;
        this.token = token;
        state = edge.keys().get(token.keyId());
        EdgePolicy.Plan plan = edge.planOf(token, state);
        String name = "key:" + token.keyId();
        RateLimit own = state == null ? null : state.rate();
        RateLimit routeRate = route.rate();
        Step.Allowance key = new Step.Allowance(name, own == null ? plan.rate() : own);
        allowances = routeRate == null
                ? List.of(key)
                : List.of(key, new Step.Allowance("route:" + route.name() + ":" + name, routeRate));
        take = new Step.TakeAllowances(allowances);
        quotas = state == null || state.quotas().isEmpty() ? plan.quotas() : state.quotas();
        int max = state == null || state.maxConcurrent() == 0 ? plan.maxConcurrent() : state.maxConcurrent();
        hold = new Step.Hold(name, max);
    }

    /** Whether it was worked out from these very objects. */
    @SuppressWarnings("ReferenceEquality") // other objects may say the same, and then it is worked out once more
    boolean isOf(EdgeState otherEdge, Route otherRoute, KeyToken otherToken) {
        return edge == otherEdge && route == otherRoute && token == otherToken;
    }

    /** What the fleet says about the key, or null. */
    @Nullable
    KeyState state() {
        return state;
    }

    /** Those of the key and, behind it, of the route. */
    List<Step.Allowance> allowances() {
        return allowances;
    }

    Step.TakeAllowances take() {
        return take;
    }

    Step.Hold hold() {
        return hold;
    }

    List<Quota> quotas() {
        return quotas;
    }

    /** The quotas of the day of this moment. */
    Day day(long nowMillis) {
        Day known = day;
        if (known == null || nowMillis < known.fromMillis || nowMillis >= known.untilMillis) {
            known = dayOf(nowMillis);
            day = known;
        }
        return known;
    }

    private Day dayOf(long nowMillis) {
        Civil today = Civil.of(nowMillis);
        long from = today.millis();
        long until = from + Civil.DAY_MILLIS;
        long nextMonth = today.nextMonth().millis();
        String bucket = "key:" + token.keyId() + ":";
        List<Step.QuotaUse> uses = new ArrayList<>(quotas.size());
        List<Long> windows = new ArrayList<>(quotas.size());
        for (Quota quota : quotas) {
            switch (quota.period()) {
                case DAY -> {
                    uses.add(new Step.QuotaUse(bucket + today.text(), quota.requests(), until));
                    windows.add(Civil.DAY_MILLIS);
                }
                case MONTH -> {
                    uses.add(new Step.QuotaUse(bucket + today.monthText(), quota.requests(), nextMonth));
                    windows.add(nextMonth - today.firstOfMonth().millis());
                }
            }
        }
        List<Step.QuotaUse> all = List.copyOf(uses);
        return new Day(from, until, all, new Step.CountQuotas(all), List.copyOf(windows));
    }
}
