package dev.freefleet.gateway;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** How many requests are at the origin at once, and who waits for a turn, first come first served. Thread-safe. */
final class OriginGate {
    enum Entry {
        ENTERED,
        QUEUED,
        FULL
    }

    private final int maxRunning;
    private final int maxQueued;
    private final ArrayDeque<OriginCall> queue = new ArrayDeque<>();
    private int running;

    OriginGate(int maxRunning, int maxQueued) {
        this.maxRunning = maxRunning;
        this.maxQueued = maxQueued;
    }

    /** Takes a turn, or a place in the queue, whose turn comes by {@link OriginCall#entered} on its own loop. */
    synchronized Entry enter(OriginCall call) {
        if (running < maxRunning) {
            running++;
            return Entry.ENTERED;
        }
        if (queue.size() >= maxQueued) {
            return Entry.FULL;
        }
        queue.add(call);
        return Entry.QUEUED;
    }

    /** Gives a place in the queue up; false where the turn has come already. */
    synchronized boolean forget(OriginCall call) {
        return queue.remove(call);
    }

    /** Ends a turn. */
    void leave() {
        OriginCall next = next();
        if (next != null) {
            next.loop().run(next::entered);
        }
    }

    private synchronized @Nullable OriginCall next() {
        OriginCall next = queue.poll();
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
