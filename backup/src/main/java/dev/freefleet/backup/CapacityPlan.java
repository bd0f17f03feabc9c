package dev.freefleet.backup;

import java.util.List;

/**
 * Whether what is to come fits under a storage cap, and how many days of history do.
 *
 * @param fits whether the next backup fits as things are
 * @param nextBytes what the next backup is expected to add
 * @param steadyBytes what the store will hold when retention has come to its steady state
 * @param steadyFits whether that fits
 * @param daysUntilFull days until the store is full, {@link Integer#MAX_VALUE} if never
 * @param daysOfHistory largest number of daily snapshots, up to ten years, that fits with the weekly and monthly ones
 */
public record CapacityPlan(
        boolean fits, long nextBytes, long steadyBytes, boolean steadyFits, int daysUntilFull, int daysOfHistory) {

    /** A first backup's bytes as a part of its source's, in percent; what float vectors came to when measured. */
    private static final int FIRST_PERCENT = 90;

    /** A later backup's bytes as a part of its source's, in percent, before there is anything to go by. */
    private static final int LATER_PERCENT = 1;

    private static final int LONGEST_DAYS = 3650;

    /**
     * Returns the plan. A pure function.
     *
     * @param cap most bytes that the store may hold
     * @param used bytes that it holds
     * @param added what each earlier backup of the source added, oldest first; empty before the first one
     * @param sourceBytes length of the source in bytes
     * @param keep the retention, with one backup a day
     */
    public static CapacityPlan of(long cap, long used, List<Long> added, long sourceBytes, Retention keep) {
        boolean first = added.isEmpty();
        // A copy that is made once and shared by every snapshot, and what each further day adds to it.
        List<Long> days = added.size() > 1 ? added.subList(Math.max(1, added.size() - 30), added.size()) : List.of();
        long daily = days.isEmpty()
                ? sourceBytes / 100 * LATER_PERCENT
                : days.stream().mapToLong(Long::longValue).sum() / days.size();
        long next = first
                ? sourceBytes / 100 * FIRST_PERCENT
                : days.isEmpty()
                        ? daily
                        : days.stream().mapToLong(Long::longValue).max().orElse(0);
        long base = first ? next : Math.max(0, used - (long) added.size() * daily);
        long steady = steady(base, daily, keep.daily(), keep);
        int history = 0;
        while (history < LONGEST_DAYS && steady(base, daily, history + 1, keep) <= cap) {
            history++;
        }
        boolean steadyFits = steady <= cap;
        int untilFull = Integer.MAX_VALUE;
        if (!steadyFits) {
            long room = Math.max(0, cap - used - (first ? next : 0));
            untilFull = (int) Math.min(Integer.MAX_VALUE - 1, room / Math.max(1, daily));
        }
        return new CapacityPlan(used + next <= cap, next, steady, steadyFits, untilFull, history);
    }

    /**
     * What a span of history holds beyond one copy: changes of a day for each daily snapshot, of a week or a month between older
     * ones. Rows that change twice in a span are held once, so a span holds at most what changed in it, and at most one copy more.
     */
    private static long steady(long base, long daily, int days, Retention keep) {
        long bytes = base + days * daily;
        long weeksOlder = Math.max(0, keep.weekly() - days / 7);
        long monthsOlder = Math.max(0, keep.monthly() - Math.max(days, keep.weekly() * 7) / 30);
        bytes += weeksOlder * Math.min(base, 7 * daily);
        bytes += monthsOlder * Math.min(base, 30 * daily);
        return bytes;
    }
}
