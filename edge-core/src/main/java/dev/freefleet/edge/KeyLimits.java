package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;

/** What a key may do beyond its rate: so many requests at once, and so many in a day and a month of UTC. */
final class KeyLimits implements Phase {
    private final Call call;
    private final List<Quota> quotas;
    private final List<Step.QuotaUse> uses;

    private KeyLimits(Call call, List<Quota> quotas, List<Step.QuotaUse> uses) {
        this.call = call;
        this.quotas = quotas;
        this.uses = uses;
    }

    static Next begin(Call call) {
        KeyToken token = call.token;
        if (token == null) {
            return CacheKey.begin(call);
        }
        KeyState state = call.edge.keys().get(token.keyId());
        EdgePolicy.Plan plan = call.edge.plan(token.plan());
        if (state != null && state.exhaustedUntilMillis() > call.nowMillis()) {
            return Limits.refusal(call, state.exhaustedUntilMillis() - call.nowMillis());
        }
        List<Quota> quotas = state == null || state.quotas().isEmpty() ? plan.quotas() : state.quotas();
        int max = state == null || state.maxConcurrent() == 0 ? plan.maxConcurrent() : state.maxConcurrent();
        List<Step.QuotaUse> uses = new ArrayList<>(quotas.size());
        for (Quota quota : quotas) {
            uses.add(use(token, quota, call.nowMillis()));
        }
        return new Next(new Step.Hold("key:" + token.keyId(), max), new KeyLimits(call, quotas, uses));
    }

    private static Step.QuotaUse use(KeyToken token, Quota quota, long nowMillis) {
        Civil today = Civil.of(nowMillis);
        String bucket = "key:" + token.keyId() + ":";
        return switch (quota.period()) {
            case DAY -> new Step.QuotaUse(bucket + today.text(), quota.requests(), today.millis() + Civil.DAY_MILLIS);
            case MONTH ->
                new Step.QuotaUse(
                        bucket + today.monthText(),
                        quota.requests(),
                        today.nextMonth().millis());
        };
    }

    @Override
    public Next on(Event event) {
        return switch (event) {
            case Event.Held(boolean held) -> {
                if (!held) {
                    yield Limits.refusal(call, 1_000);
                }
                yield uses.isEmpty() ? CacheKey.begin(call) : new Next(new Step.CountQuotas(List.copyOf(uses)), this);
            }
            case Event.QuotasCounted(List<Long> remaining) -> counted(remaining);
            default -> throw Call.unexpected(event, "Held or QuotasCounted");
        };
    }

    private Next counted(List<Long> remaining) {
        long wait = 0;
        for (int i = 0; i < uses.size(); i++) {
            long left = uses.get(i).endMillis() - call.nowMillis();
            long count = remaining.get(i);
            switch (quotas.get(i).period()) {
                case DAY -> call.limits.add("day", uses.get(i).requests(), Civil.DAY_MILLIS, Math.max(0, count), left);
                case MONTH -> {
                    Civil today = Civil.of(call.nowMillis());
                    long window =
                            today.nextMonth().millis() - today.firstOfMonth().millis();
                    call.limits.add("month", uses.get(i).requests(), window, Math.max(0, count), left);
                }
            }
            wait = count < 0 ? Math.max(wait, left) : wait;
        }
        return wait == 0 ? CacheKey.begin(call) : Limits.refusal(call, wait);
    }
}
