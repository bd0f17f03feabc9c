package dev.freefleet.gateway;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Step;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Rates and quotas that several gateways count together, in Redis. Each result is kept in this gateway's own counts too, so that
 * whoever is known to have nothing left is refused without asking, and so that limits go on from where they stood when Redis
 * does not answer. Then each gateway counts alone; what it counts towards quotas meanwhile is told when Redis is back.
 * Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is looked at where it is handled, and has a time limit
final class SharedLimits {
    private static final String RATE = RedisScript.PREFIX + "l:";
    private static final String QUOTA = RedisScript.PREFIX + "q:";

    private final RedisLink link;
    private final Limiter limiter;
    private final Quotas quotas;

    SharedLimits(RedisLink link, Limiter limiter, Quotas quotas) {
        this.link = link;
        this.limiter = limiter;
        this.quotas = quotas;
    }

    /** As {@link Limiter#take}; the results come at once, or later on another thread. */
    void take(List<Step.Allowance> allowances, Consumer<List<Gcra.Taken>> told) {
        List<Gcra.Taken> known = limiter.look(allowances);
        if (!allAllowed(known)) {
            told.accept(known);
            return;
        }
        List<String> keys = new ArrayList<>(allowances.size());
        byte[][] arguments = new byte[3 * allowances.size()][];
        for (int i = 0; i < allowances.size(); i++) {
            Step.Allowance allowance = allowances.get(i);
            keys.add(RATE + allowance.bucket());
            arguments[3 * i] = micros(Gcra.intervalNanos(allowance.limit()));
            arguments[3 * i + 1] = micros(Gcra.toleranceNanos(allowance.limit()));
            arguments[3 * i + 2] = bytes(allowance.cost());
        }
        CompletableFuture<List<Object>> asked =
                link.run(RedisUse.LIMITS, RedisScript.TAKE, ScriptOutputType.MULTI, keys, arguments);
        asked.whenComplete(
                (answer, failed) -> told.accept(failed == null ? taken(allowances, answer) : limiter.take(allowances)));
    }

    private List<Gcra.Taken> taken(List<Step.Allowance> allowances, List<Object> answer) {
        boolean all = text(answer.getLast()).equals("1");
        List<Gcra.Taken> results = new ArrayList<>(allowances.size());
        long[] aheadNanos = new long[allowances.size()];
        for (int i = 0; i < aheadNanos.length; i++) {
            RateLimit limit = allowances.get(i).limit();
            long ahead = Math.round(Double.parseDouble(text(answer.get(i))) * 1_000);
            Gcra.Decision decision =
                    Gcra.take(ahead, 0, limit, allowances.get(i).cost());
            Gcra.Taken taken = decision.taken();
            if (all && !taken.allowed()) { // by a rounding; what Redis says holds
                taken = new Gcra.Taken(true, 0, taken.resetMillis(), 0);
            }
            aheadNanos[i] = all ? decision.arrivalNanos() : ahead;
            results.add(taken);
        }
        if (!all && allAllowed(results)) {
            results.set(0, new Gcra.Taken(false, 0, results.getFirst().resetMillis(), 1));
        }
        limiter.adopt(allowances, aheadNanos);
        return results;
    }

    private static boolean allAllowed(List<Gcra.Taken> results) {
        for (Gcra.Taken taken : results) {
            if (!taken.allowed()) {
                return false;
            }
        }
        return true;
    }

    /** As {@link Quotas#count}; the result comes later on another thread, or at once. */
    void count(List<Step.QuotaUse> uses, Consumer<List<Long>> told) {
        List<String> keys = new ArrayList<>(uses.size());
        List<Quotas.Loan> loans = new ArrayList<>(uses.size());
        byte[][] arguments = new byte[4 * uses.size()][];
        for (int i = 0; i < uses.size(); i++) {
            Step.QuotaUse use = uses.get(i);
            Quotas.Loan loan = quotas.lend(use);
            loans.add(loan);
            keys.add(QUOTA + use.bucket());
            arguments[4 * i] = bytes(use.requests());
            arguments[4 * i + 1] = bytes(use.endMillis());
            arguments[4 * i + 2] = bytes(loan.known());
            arguments[4 * i + 3] = bytes(loan.lent());
        }
        CompletableFuture<List<Object>> asked =
                link.run(RedisUse.QUOTAS, RedisScript.COUNT, ScriptOutputType.MULTI, keys, arguments);
        asked.whenComplete((answer, failed) -> {
            if (failed == null) {
                told.accept(counted(uses, loans, answer));
                return;
            }
            for (int i = 0; i < uses.size(); i++) {
                quotas.back(uses.get(i), loans.get(i));
            }
            told.accept(quotas.countAlone(uses));
        });
    }

    private List<Long> counted(List<Step.QuotaUse> uses, List<Quotas.Loan> loans, List<Object> answer) {
        boolean all = text(answer.getLast()).equals("1");
        List<Long> remaining = new ArrayList<>(uses.size());
        for (int i = 0; i < uses.size(); i++) {
            long used = Long.parseLong(text(answer.get(i)));
            quotas.counted(uses.get(i), loans.get(i), used);
            remaining.add(Math.max(-1, uses.get(i).requests() - used - (all ? 0 : 1)));
        }
        return remaining;
    }

    /** What all gateways have counted towards these quotas, by bucket; without those that are not there. */
    static CompletableFuture<Map<String, Long>> used(RedisLink link, Collection<String> buckets) {
        String[] keys = buckets.stream().map(bucket -> QUOTA + bucket).toArray(String[]::new);
        return link.ask(RedisUse.QUOTAS, redis -> redis.mget(keys)).thenApply(values -> {
            Map<String, Long> used = new HashMap<>();
            for (KeyValue<String, byte[]> value : values) {
                if (value.hasValue()) {
                    used.put(value.getKey().substring(QUOTA.length()), Long.valueOf(text(value.getValue())));
                }
            }
            return used;
        });
    }

    private static byte[] micros(long nanos) {
        return String.format(Locale.ROOT, "%d.%03d", nanos / 1_000, nanos % 1_000)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.US_ASCII);
    }
}
