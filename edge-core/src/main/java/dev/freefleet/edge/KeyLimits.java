package dev.freefleet.edge;

import java.util.List;

/** What a key may do beyond its rate: so many requests at once, and so many in a day and a month of UTC. */
final class KeyLimits implements Phase {
    private final Call call;
    private final Caller caller;
    private final Caller.Day day;

    private KeyLimits(Call call, Caller caller) {
        this.call = call;
        this.caller = caller;
        this.day = caller.day(call.nowMillis());
    }

    static Next begin(Call call) {
        Caller caller = call.caller;
        if (caller == null) {
            return CacheKey.begin(call);
        }
        KeyState state = caller.state();
        if (state != null && state.exhaustedUntilMillis() > call.nowMillis()) {
            return Limits.refusal(call, state.exhaustedUntilMillis() - call.nowMillis());
        }
        return new Next(caller.hold(), new KeyLimits(call, caller));
    }

    @Override
    public Next on(Event event) {
        return switch (event) {
            case Event.Held(boolean held) -> {
                if (!held) {
                    yield Limits.refusal(call, 1_000);
                }
                yield day.uses().isEmpty() ? CacheKey.begin(call) : new Next(day.count(), this);
            }
            case Event.QuotasCounted(List<Long> remaining) -> counted(remaining);
            default -> throw Call.unexpected(event, "Held or QuotasCounted");
        };
    }

    private Next counted(List<Long> remaining) {
        long wait = 0;
        for (int i = 0; i < remaining.size(); i++) {
            Step.QuotaUse use = day.uses().get(i);
            long left = use.endMillis() - call.nowMillis();
            long count = remaining.get(i);
            String policy = switch (caller.quotas().get(i).period()) {
                case DAY -> "day";
                case MONTH -> "month";
            };
            call.limits.add(policy, use.requests(), day.windows().get(i), Math.max(0, count), left);
            wait = count < 0 ? Math.max(wait, left) : wait;
        }
        return wait == 0 ? CacheKey.begin(call) : Limits.refusal(call, wait);
    }
}
