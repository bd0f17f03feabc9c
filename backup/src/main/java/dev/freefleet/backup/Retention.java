package dev.freefleet.backup;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Which snapshots are kept: the last of each of the newest days, weeks (ISO 8601) and months, in UTC, that have any.
 *
 * <p>The rule is applied twice, by the times that the manifests claim and by the times at which the store says they were
 * written, and what either keeps is kept. A client whose clock is wrong, or who forges times to push good snapshots out, moves
 * only the first; a copy into another store, where all was written on one day, only the second. Besides, the newest snapshot
 * of each host and source is always kept, and none goes that the store has had for less than {@code grace}.
 *
 * @param daily number of days, 0..
 * @param weekly number of weeks, 0..
 * @param monthly number of months, 0..
 * @param grace time for which the store keeps any snapshot
 */
public record Retention(int daily, int weekly, int monthly, Duration grace) {
    /** 30 days, 8 weeks, 12 months; 24 hours of grace. */
    public static final Retention DEFAULT = new Retention(30, 8, 12, Duration.ofHours(24));

    public Retention {
        if (daily < 0 || weekly < 0 || monthly < 0 || daily + weekly + monthly == 0 || grace.isNegative()) {
            throw new IllegalArgumentException(
                    "retention must keep something: daily " + daily + ", weekly " + weekly + ", monthly " + monthly);
        }
    }

    /**
     * Returns the snapshots that go, oldest first.
     *
     * @param all every snapshot of the store
     * @param storeNow the time by the store's clock
     */
    public List<StoredSnapshot> toForget(List<StoredSnapshot> all, Instant storeNow) {
        Map<String, List<StoredSnapshot>> series = new LinkedHashMap<>();
        for (StoredSnapshot s : all) {
            String key = s.snapshot().host() + "\0" + s.snapshot().source();
            series.computeIfAbsent(key, k -> new ArrayList<>()).add(s);
        }
        List<StoredSnapshot> forget = new ArrayList<>();
        for (List<StoredSnapshot> one : series.values()) {
            Set<String> kept = new HashSet<>(keep(one, s -> s.snapshot().time()));
            kept.addAll(keep(one, StoredSnapshot::stored));
            for (StoredSnapshot s : one) {
                boolean young = s.stored().plus(grace).isAfter(storeNow);
                if (!young && !kept.contains(s.object())) {
                    forget.add(s);
                }
            }
        }
        forget.sort(Comparator.comparing(StoredSnapshot::stored).thenComparing(StoredSnapshot::object));
        return forget;
    }

    private Set<String> keep(List<StoredSnapshot> series, Function<StoredSnapshot, Instant> time) {
        List<StoredSnapshot> newestFirst = new ArrayList<>(series);
        newestFirst.sort(
                Comparator.comparing(time).thenComparing(StoredSnapshot::object).reversed());
        Set<String> kept = new HashSet<>();
        if (!newestFirst.isEmpty()) {
            kept.add(newestFirst.getFirst().object());
        }
        pick(newestFirst, time, daily, kept, t -> t.toLocalDate().toString());
        pick(
                newestFirst,
                time,
                weekly,
                kept,
                t -> t.get(IsoFields.WEEK_BASED_YEAR) + "-" + t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
        pick(newestFirst, time, monthly, kept, t -> t.getYear() + "-" + t.getMonthValue());
        return kept;
    }

    private static void pick(
            List<StoredSnapshot> newestFirst,
            Function<StoredSnapshot, Instant> time,
            int count,
            Set<String> kept,
            Function<java.time.OffsetDateTime, String> bucket) {
        Set<String> seen = new HashSet<>();
        for (StoredSnapshot s : newestFirst) {
            String b = bucket.apply(time.apply(s).atOffset(ZoneOffset.UTC));
            if (seen.size() >= count && !seen.contains(b)) {
                return;
            }
            if (seen.add(b)) {
                kept.add(s.object());
            }
        }
    }
}
