package dev.freefleet.edgesync;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many operations of Workers KV the fleet may still use on this day of UTC, as the free plan counts them: each key that is
 * written, deleted or read, and each listing. What is used is noted before it is used, so that a crash uses up budget and never
 * exceeds it. Thread-safe.
 */
final class KvBudget {
    private static final long DAY_MILLIS = 86_400_000;

    private final Map<Kind, Integer> limits;
    private final LongSupplier millis;
    private final KvState state;

    /** What is counted. */
    enum Kind {
        WRITE,
        DELETE,
        LIST,
        READ;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A budget.
     *
     * @param limits operations a day
     * @param millis now, epoch milliseconds
     * @param state where it is kept across restarts
     */
    KvBudget(Map<Kind, Integer> limits, LongSupplier millis, KvState state) {
        this.limits = new EnumMap<>(limits);
        this.millis = millis;
        this.state = state;
    }

    int limit(Kind kind) {
        return limits.getOrDefault(kind, 0);
    }

    /** What is used of this day. */
    synchronized int used(Kind kind) {
        return state.used(kind, day());
    }

    /** Takes so many, or as many as are left. @return how many were taken */
    synchronized int take(Kind kind, int wanted) {
        int granted = Math.clamp((long) limit(kind) - used(kind), 0, wanted);
        if (granted > 0) {
            state.use(kind, day(), granted);
        }
        return granted;
    }

    /**
     * Takes writes of which some have to last for the rest of the day: a quarter of the budget at once, the rest as the day goes on.
     */
    synchronized int takePaced(Kind kind, int wanted) {
        return take(kind, Math.min(wanted, pacedLeft(kind)));
    }

    /** How many {@link #takePaced} would take now. */
    synchronized int pacedLeft(Kind kind) {
        double gone = Math.floorMod(millis.getAsLong(), DAY_MILLIS) / (double) DAY_MILLIS;
        int until = (int) Math.ceil(limit(kind) * (0.25 + 0.75 * gone));
        return Math.max(0, until - used(kind));
    }

    /** Notes operations that others have used of the same quota; past the limit too. */
    synchronized void foreign(Kind kind, int count) {
        state.use(kind, day(), count);
    }

    private long day() {
        return Math.floorDiv(millis.getAsLong(), DAY_MILLIS);
    }
}
