package dev.freefleet.data;

import dev.freefleet.edge.UsageEvent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the ring: into the spool at once, or, where there is none or it cannot be written, into the batch that goes
 * straight to the database. Its two callers take turns.
 */
final class UsageIntake {
    private static final Logger LOG = LoggerFactory.getLogger(UsageIntake.class);

    /** Small, so that the first event of a burst is safe soon. */
    private static final int APPEND_ROWS = 1_024;

    private static final int FEW_ROWS = 32;
    private static final int APPEND_BYTES = 1 << 18;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EventRing ring;
    /** In the ring's place where there is a spool, and a disk that takes it. */
    private final @Nullable MappedRings mapped;

    private final @Nullable Spool spool;
    private final FreshRows fresh;
    private final Runnable delivery;
    private final UsageTally tally;
    private final QuestionPolicy questions;
    /** Rows that are out of the ring and not yet anywhere else. */
    private final RowBatch pending = new RowBatch();

    private boolean full;
    private boolean refused;
    private long refusedNanos;
    /** Where the last append began. */
    private long segment;

    private long offset;

    /**
     * @param fresh gets what is appended to the spool
     * @param delivery is told where there is enough of that for a batch, and where the spool takes nothing
     */
    UsageIntake(
            EventRing ring,
            @Nullable MappedRings mapped,
            @Nullable Spool spool,
            FreshRows fresh,
            Runnable delivery,
            UsageTally tally,
            QuestionPolicy questions) {
        this.ring = ring;
        this.mapped = mapped;
        this.spool = spool;
        this.fresh = fresh;
        this.delivery = delivery;
        this.tally = tally;
        this.questions = questions;
    }

    /** Appends what there is, as far as one append goes. @return whether there may be more to append at once */
    synchronized boolean spoolSome() {
        if (spool == null || (refused && System.nanoTime() - refusedNanos < RETRY_NANOS)) {
            return false;
        }
        fill(pending, APPEND_ROWS, APPEND_BYTES);
        if (pending.rows() == 0) {
            return false;
        }
        Spool.Appended appended = spool.append(pending, this::intend);
        refused = appended == Spool.Appended.FAILED;
        tell(appended == Spool.Appended.FULL);
        if (appended != Spool.Appended.WRITTEN) {
            if (mapped != null && !spool.isTainted()) {
                mapped.withdraw();
            }
            refusedNanos = System.nanoTime();
            delivery.run(); // it may have to take them past the spool
            return false;
        }
        // What came while these were written may wait for more, where it is but a few rows.
        boolean more = pending.rows() >= FEW_ROWS || (mapped != null && mapped.isOtherWaiting());
        try {
            tally.spooled.add(pending.rows());
            if (fresh.add(pending, segment, offset, offset + Segment.bytes(pending))) {
                delivery.run();
            }
        } finally {
            release(); // they are in the spool, whatever became of that
        }
        return more;
    }

    /** Appends for so long at the most. @return whether there may be more to append at once */
    boolean spoolFor(long nanos) {
        long until = System.nanoTime() + nanos;
        boolean more = true;
        while (more && System.nanoTime() - until < 0) {
            more = spoolSome();
        }
        return more;
    }

    private void intend(long toSegment, long at) {
        segment = toSegment;
        offset = at;
        if (mapped != null) {
            mapped.intend(toSegment, at);
        }
    }

    private void tell(boolean nowFull) {
        if (nowFull && !full) {
            LOG.error(
                    "The usage spool has reached its bound; events wait in memory until PostgreSQL takes some, and are lost"
                            + " and counted when that is full, too");
        } else if (full && !nowFull) {
            LOG.info("The usage spool has room again");
        }
        full = nowFull;
    }

    /**
     * Moves events past the spool into a batch, if the spool cannot be written and all that is in it was read up to a place.
     *
     * @return the mark that the batch's transaction is to leave, or null where events have to go through the spool
     */
    synchronized @Nullable SpoolMark takePast(SpoolMark place, RowBatch batch, int maxRows, int maxBytes) {
        if (spool != null && (!spool.isFailing() || spool.next(place) != null)) {
            return null;
        }
        fill(pending, maxRows - batch.rows(), maxBytes - batch.size());
        SpoolMark mark = spool == null ? place.nextDirect() : spool.passedBy(place);
        batch.addAll(pending);
        release();
        return mark;
    }

    /** Whether nothing waits in memory. */
    synchronized boolean isEmpty() {
        return pending.rows() == 0 && ring.size() == 0 && (mapped == null || mapped.isEmpty());
    }

    private void release() {
        pending.clear();
        if (mapped != null) {
            mapped.release();
        }
    }

    /** Throws away what waits in memory; what waits in a mapped ring is left to the next process. @return how many were lost */
    synchronized int discard() {
        if (mapped != null) {
            return 0;
        }
        int events = pending.rows();
        pending.clear();
        while (ring.poll() != null) {
            events++;
        }
        return events;
    }

    private void fill(RowBatch batch, int maxRows, int maxBytes) {
        if (mapped != null) {
            mapped.read(batch, maxRows, maxBytes);
            return;
        }
        while (batch.rows() < maxRows && batch.size() < maxBytes) {
            @Nullable UsageEvent event = ring.poll();
            if (event == null) {
                return;
            }
            try {
                batch.add(questions.apply(event));
            } catch (RuntimeException | OutOfMemoryError e) {
                tally.rejected.increment();
                LOG.error(
                        "A usage event cannot be made a row ({}); it is counted and left out",
                        e.getClass().getName());
            }
        }
    }
}
