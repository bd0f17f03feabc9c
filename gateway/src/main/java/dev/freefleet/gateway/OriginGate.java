package dev.freefleet.gateway;

import dev.freefleet.edge.TurnQueue;
import org.jspecify.annotations.Nullable;

/**
 * How many requests are at the origin at once, and who waits for a turn: those of higher priority first, as
 * {@link TurnQueue} says. Thread-safe.
 */
final class OriginGate {
    /** What came of a request to enter. */
    sealed interface Entry {
        /** It is its turn. */
        record Entered() implements Entry {}

        /** It waits, at this place. */
        record Queued(TurnQueue.Turn<OriginTurn> turn) implements Entry {}

        /** There is no place to wait. */
        record Full() implements Entry {}
    }

    private static final Entry ENTERED = new Entry.Entered();

    private final int maxRunning;
    private final TurnQueue<OriginTurn> queue;
    private int running;

    OriginGate(int maxRunning, int maxQueued) {
        this.maxRunning = maxRunning;
        this.queue = new TurnQueue<>(maxQueued);
    }

    /**
     * Takes a turn, or a place in the queue, whose turn comes by {@link OriginTurn#come} on its own loop.
     *
     * @param sinceNanos since when the request waits to be sent
     */
    synchronized Entry enter(OriginTurn wanted, long sinceNanos) {
        if (running < maxRunning) {
            running++;
            return ENTERED;
        }
        TurnQueue.Turn<OriginTurn> turn = queue.offer(wanted, wanted.priority(), sinceNanos);
        return turn == null ? new Entry.Full() : new Entry.Queued(turn);
    }

    /** Gives a place in the queue up; false where the turn has come already. */
    synchronized boolean forget(TurnQueue.Turn<OriginTurn> turn) {
        return queue.remove(turn);
    }

    /** Ends a turn. */
    void leave() {
        OriginTurn next = next();
        if (next != null) {
            next.come();
        }
    }

    private synchronized @Nullable OriginTurn next() {
        OriginTurn next = queue.poll();
        if (next == null) {
            running--;
        }
        return next;
    }

    synchronized int running() {
        return running;
    }

    synchronized int queued() {
        return queue.size();
    }
}
