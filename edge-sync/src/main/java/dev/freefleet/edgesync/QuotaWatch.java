package dev.freefleet.edgesync;

import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the keys whose daily or monthly quota is used up by what the gateway has counted and what edges elsewhere have told.
 * Thread-safe.
 */
public final class QuotaWatch {
    private static final String BUCKET = "key:";

    private final Source source;
    private final Map<String, EdgePolicy.Plan> plans;

    /** What edges elsewhere have served of a key; {@code own}: its own quotas, in place of the plan's. */
    public record Use(long keyId, String plan, List<Quota> own, long today, long month) {}

    /** Where that is told. */
    public interface Source {
        /**
         * All keys that such edges have served this month, and the others.
         *
         * @param others keys that are wanted although no such edge has served them
         * @throws BatchIntake.Away if the database is away
         */
        List<Use> use(Collection<Long> others);
    }

    /** What several gateways have counted together, where they do. */
    public interface Shared {
        /** Those of these buckets that are known there, by bucket; none where nobody can be asked. */
        Map<String, Long> of(Collection<String> buckets);
    }

    public QuotaWatch(Source source, Map<String, EdgePolicy.Plan> plans) {
        this.source = source;
        this.plans = Map.copyOf(plans);
    }

    /**
     * The keys whose quota is used up.
     *
     * @param counted what the gateway has counted, by bucket as {@code Step.QuotaUse} names it
     * @param shared what it has counted together with others, who may know of more
     * @throws BatchIntake.Away if the database is away
     */
    public KnownKeys.Exhausted at(Instant now, Map<String, Long> counted, Shared shared) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        Map<Long, Long> everywhere = new HashMap<>();
        Map<Long, Long> uncounted = new HashMap<>();
        List<Use> uses = source.use(keys(counted.keySet()));
        Map<String, Long> known = new HashMap<>(counted);
        shared.of(buckets(uses, today)).forEach((bucket, used) -> known.merge(bucket, used, Math::max));
        for (Use use : uses) {
            long until = until(use, today, known);
            if (until > 0) {
                everywhere.put(use.keyId(), until);
                if (use.month() > 0) {
                    uncounted.put(use.keyId(), until);
                }
            }
        }
        return new KnownKeys.Exhausted(everywhere, uncounted);
    }

    private List<String> buckets(List<Use> uses, LocalDate today) {
        return uses.stream()
                .flatMap(use -> quotas(use).stream().map(quota -> bucket(use, quota, today)))
                .distinct()
                .toList();
    }

    private List<Quota> quotas(Use use) {
        EdgePolicy.Plan plan = plans.get(use.plan());
        return !use.own().isEmpty()
                ? use.own()
                : Objects.requireNonNull(plan != null ? plan : plans.get("default"))
                        .quotas();
    }

    private static String bucket(Use use, Quota quota, LocalDate today) {
        return BUCKET + use.keyId() + ":" + (quota.period() == Quota.Period.DAY ? today : YearMonth.from(today));
    }

    private long until(Use use, LocalDate today, Map<String, Long> counted) {
        YearMonth month = YearMonth.from(today);
        long until = 0;
        for (Quota quota : quotas(use)) {
            boolean daily = quota.period() == Quota.Period.DAY;
            long used = counted.getOrDefault(bucket(use, quota, today), 0L) + (daily ? use.today() : use.month());
            LocalDate end = daily ? today.plusDays(1) : month.plusMonths(1).atDay(1);
            if (used >= quota.requests()) {
                until = Math.max(
                        until, end.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
            }
        }
        return until;
    }

    /** The keys of buckets; what is no bucket of a key is nothing. */
    private static List<Long> keys(Collection<String> buckets) {
        return buckets.stream()
                .filter(bucket -> bucket.startsWith(BUCKET) && bucket.indexOf(':', BUCKET.length()) > 0)
                .map(bucket -> Long.valueOf(bucket.substring(BUCKET.length(), bucket.indexOf(':', BUCKET.length()))))
                .distinct()
                .toList();
    }
}
