package dev.freefleet.worker;

import java.util.HashMap;
import java.util.Map;

/** How many requests of one key this isolate serves at once. */
final class Places {
    private final Map<String, Integer> held = new HashMap<>();

    boolean hold(String bucket, int max) {
        int now = held.getOrDefault(bucket, 0);
        if (now >= max) {
            return false;
        }
        held.put(bucket, now + 1);
        return true;
    }

    void release(String bucket) {
        int now = held.getOrDefault(bucket, 0) - 1;
        if (now > 0) {
            held.put(bucket, now);
        } else {
            held.remove(bucket);
        }
    }
}
