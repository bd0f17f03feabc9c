package dev.freefleet.data;

import dev.freefleet.edge.UsageEvent;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue from many threads to one that never blocks either side: a producer claims a slot by a compare-and-set
 * of the tail and fills it; the consumer takes slots in order and stops at one that is claimed but not yet filled.
 * (The bounded array queue of D. Vyukov's kind, with one consumer.) It is bounded by bytes too, since what an event weighs
 * is up to whoever asked the question.
 */
final class EventRing {
    /** An event without its text, roughly: the object, its id, its digest. */
    private static final int EVENT_BYTES = 300;

    private final AtomicReferenceArray<@Nullable UsageEvent> slots;
    private final int mask;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();

    /** @param capacity a power of two */
    EventRing(int capacity, long maxBytes) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two, but is " + capacity);
        }
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
        this.maxBytes = maxBytes;
    }

    /** Adds an event, from any thread. @return false if there is no room */
    boolean offer(UsageEvent event) {
        long weight = weight(event);
        if (bytes.addAndGet(weight) > maxBytes) {
            bytes.addAndGet(-weight);
            return false;
        }
        long claimed;
        do {
            claimed = tail.get();
            if (claimed - head.get() > mask) {
                bytes.addAndGet(-weight);
                return false;
            }
        } while (!tail.compareAndSet(claimed, claimed + 1));
        slots.setRelease((int) claimed & mask, event);
        return true;
    }

    /** Takes the oldest event, from the consumer's thread only; null where there is none. */
    @Nullable
    UsageEvent poll() {
        long next = head.get();
        int slot = (int) next & mask;
        @Nullable UsageEvent event = slots.getAcquire(slot);
        if (event != null) {
            slots.setPlain(slot, null);
            bytes.addAndGet(-weight(event));
            // Releases the cleared slot to producers, who read the head before they fill it.
            head.setRelease(next + 1);
        }
        return event;
    }

    /** How many events wait, from any thread; exact only when nobody adds or takes. */
    int size() {
        return (int) Math.max(0, tail.get() - head.get());
    }

    private static long weight(UsageEvent event) {
        return EVENT_BYTES
                + 2L * (event.queryText() == null ? 0 : event.queryText().length());
    }
}
