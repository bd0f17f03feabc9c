package dev.freefleet.gateway;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many requests of each key are in flight. Thread-safe; it knows only those that are. */
final class Places {
    private final Map<String, Integer> held = new ConcurrentHashMap<>();

    /** Takes one of {@code max} places; false where all are taken. */
    boolean hold(String bucket, int max) {
        boolean[] taken = {false};
        held.compute(bucket, (same, count) -> {
            int now = count == null ? 0 : count;
            taken[0] = now < max;
            return taken[0] ? Integer.valueOf(now + 1) : count;
        });
        return taken[0];
    }

    /** Gives a place back. */
    void release(String bucket) {
        held.computeIfPresent(bucket, (same, count) -> count == 1 ? null : count - 1);
    }

    int size() {
        return held.size();
    }
}
