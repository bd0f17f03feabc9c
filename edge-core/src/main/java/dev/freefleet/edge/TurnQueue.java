package dev.freefleet.edge;

import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a turn, by priority and time: one step of priority is worth a second of waiting. Whoever came first goes
 * first among equals, and nobody starves, for a request overtakes none that has waited longer than its lead. Bounded.
 * Not thread-safe.
 *
 * @param <T> who waits
 */
public final class TurnQueue<T> {
    private static final long NANOS_PER_STEP = 1_000_000_000L;

    private final int max;
    private final TreeSet<Turn<T>> turns = new TreeSet<>();
    private long sequence;

    /** An empty queue for this many. */
    public TurnQueue(int max) {
        this.max = max;
    }

    /** A place in the queue. */
    public static final class Turn<T> implements Comparable<Turn<T>> {
        private final T who;
        private final long rank;
        private final long number;

        private Turn(T who, long rank, long number) {
            this.who = who;
            this.rank = rank;
            this.number = number;
        }

        @Override
        public int compareTo(Turn<T> other) {
            long order = rank - other.rank; // nanosecond clocks may wrap
            return order != 0 ? Long.signum(order) : Long.compare(number, other.number);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }

    /**
     * A place for {@code who}, or null where all are taken.
     *
     * @param priority -10 to 10
     * @param sinceNanos since when it waits, of a clock that does not run backwards
     */
    public @Nullable Turn<T> offer(T who, int priority, long sinceNanos) {
        if (turns.size() >= max) {
            return null;
        }
        Turn<T> turn = new Turn<>(Objects.requireNonNull(who, "who"), sinceNanos - priority * NANOS_PER_STEP, sequence);
        sequence++;
        turns.add(turn);
        return turn;
    }

    /** Whose turn it is, taken out; null where nobody waits. */
    public @Nullable T poll() {
        Turn<T> next = turns.pollFirst();
        return next == null ? null : next.who;
    }

    /** Gives a place up; false where its turn has come already. */
    public boolean remove(Turn<T> turn) {
        return turns.remove(turn);
    }

    /** How many wait. */
    public int size() {
        return turns.size();
    }
}
