package dev.freefleet.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the requests of this isolate hold while they are under way: places of their keys, and memory for contents that are
 * kept whole. The platform may end a request at any point without a word, as it does where one takes too long for its plan;
 * what gave no sign of life for {@value #DEAD_MILLIS} ms gives back what it held.
 */
final class Underway {
    /** The platform waits 30 s for what a request leaves behind; a stream that passes something is alive. */
    static final long DEAD_MILLIS = 600_000;

    /** An isolate has 128 MB, and a content may be there twice: as it came, and as it is stored or sent. */
    static final int MAX_BYTES = 32 << 20;

    private static final long SWEEP_MILLIS = 60_000;

    private final Map<String, Integer> places = new HashMap<>();
    /** What was heard of least lately is first. */
    private final Set<Held> all = new LinkedHashSet<>();

    private long bytes;
    private long sweptMillis;

    /** A request comes. */
    Held begin(long nowMillis) {
        if (nowMillis - sweptMillis >= SWEEP_MILLIS) {
            sweptMillis = nowMillis;
            sweep(nowMillis);
        }
        Held held = new Held(nowMillis);
        all.add(held);
        return held;
    }

    /** How many are under way. */
    int requests() {
        return all.size();
    }

    private void sweep(long nowMillis) {
        Iterator<Held> oldest = all.iterator();
        while (oldest.hasNext()) {
            Held held = oldest.next();
            if (nowMillis - held.seenMillis < DEAD_MILLIS) {
                return;
            }
            oldest.remove();
            held.giveBack();
        }
    }

    /** What one request holds. */
    final class Held {
        private final List<String> buckets = new ArrayList<>(0);
        private long own;
        private long seenMillis;

        private Held(long nowMillis) {
            seenMillis = nowMillis;
        }

        /** The request does something. */
        void isAlive(long nowMillis) {
            if (nowMillis - seenMillis >= SWEEP_MILLIS && all.remove(this)) {
                seenMillis = nowMillis;
                all.add(this);
            }
        }

        /** Takes one of {@code max} places; false where there is none. */
        boolean place(String bucket, int max) {
            int now = places.getOrDefault(bucket, 0);
            if (now >= max) {
                return false;
            }
            places.put(bucket, now + 1);
            buckets.add(bucket);
            return true;
        }

        /** Takes memory for so many bytes more; false, and none, where all requests together would have too much. */
        boolean memory(long more) {
            if (bytes + more > MAX_BYTES) {
                return false;
            }
            bytes += more;
            own += more;
            return true;
        }

        /** The request is over. Once it is, or was taken for dead, this does nothing. */
        void end() {
            if (all.remove(this)) {
                giveBack();
            }
        }

        private void giveBack() {
            for (String bucket : buckets) {
                int now = places.getOrDefault(bucket, 0) - 1;
                if (now > 0) {
                    places.put(bucket, now);
                } else {
                    places.remove(bucket);
                }
            }
            buckets.clear();
            bytes -= own;
            own = 0;
        }
    }
}
