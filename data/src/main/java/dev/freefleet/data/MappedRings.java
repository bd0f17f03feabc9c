package dev.freefleet.data;

import dev.freefleet.edge.UsageEvent;
import org.jspecify.annotations.Nullable;

/**
 * Two {@link MappedRing}s: a small one, so that what is written and read over and over stays in a core's cache beside the
 * answers that are served from there, and a large one for what finds no room in it. Many threads offer; one at a time reads.
 */
final class MappedRings {
    static final String SMALL = "ring-small";
    static final String LARGE = "ring";
    private static final int SMALL_BYTES = 1 << 19;

    private final MappedRing small;
    private final MappedRing large;
    /** From which was read what is not released. */
    private MappedRing read;

    private MappedRings(MappedRing small, MappedRing large) {
        this.small = small;
        this.large = large;
        read = large;
    }

    /**
     * Opens both with what a former process left in them, or makes them; with one where the other cannot be, since that may
     * hold events; null where none can be. {@link MappedRing#open} tells the log.
     */
    static @Nullable MappedRings open(Spool spool, long maxBytes) {
        @Nullable MappedRing small = MappedRing.open(spool, SMALL, SMALL_BYTES);
        @Nullable MappedRing large = MappedRing.open(spool, LARGE, maxBytes);
        if (small == null) {
            return large == null ? null : new MappedRings(large, large);
        }
        return new MappedRings(small, large == null ? small : large);
    }

    /** As {@link MappedRing#offer}. */
    boolean offer(UsageEvent event, byte[] question) {
        return small.offer(event, question) || (large != small && large.offer(event, question));
    }

    /** As {@link MappedRing#whenPressed}, for each of them. */
    void whenPressed(Runnable tell) {
        small.whenPressed(tell);
        large.whenPressed(tell);
    }

    /** Adds rows of one of them to a batch; of the other, once those were released: in turns, so that none waits for the other to be empty. */
    void read(RowBatch batch, int maxRows, int maxBytes) {
        MappedRing other = other();
        if (read.isReleased() && !other.isEmpty()) {
            read = other;
        }
        read.read(batch, maxRows, maxBytes);
    }

    /** As {@link MappedRing#intend}. */
    void intend(long segment, long offset) {
        read.intend(segment, offset);
    }

    /** As {@link MappedRing#withdraw}. */
    void withdraw() {
        read.withdraw();
    }

    /** As {@link MappedRing#release}. */
    void release() {
        read.release();
    }

    /** As {@link MappedRing#offered}. */
    long offered() {
        return small.offered() + (large == small ? 0 : large.offered());
    }

    /** As {@link MappedRing#size}. */
    int size() {
        return small.size() + (large == small ? 0 : large.size());
    }

    /** Whether there is something in the one that was not read last. */
    boolean isOtherWaiting() {
        return large != small && !other().isEmpty();
    }

    /** As {@link MappedRing#close}. */
    void close() {
        small.close();
        large.close();
    }

    private MappedRing other() {
        return read == large ? small : large;
    }

    boolean isEmpty() {
        return small.isEmpty() && large.isEmpty();
    }
}
