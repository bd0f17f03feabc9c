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
    private static final int APPEND_ROWS = 512;

    private static final int APPEND_BYTES = 1 << 18;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EventRing ring;
    private final @Nullable Spool spool;
    private final UsageTally tally;
    /** Rows that are out of the ring and not yet anywhere else. */
    private final RowBatch pending = new RowBatch();

    private boolean full;
    private boolean refused;
    private long refusedNanos;

    UsageIntake(EventRing ring, @Nullable Spool spool, UsageTally tally) {
        this.ring = ring;
        this.spool = spool;
        this.tally = tally;
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
        Spool.Appended appended = spool.append(pending);
        refused = appended == Spool.Appended.FAILED;
        tell(appended == Spool.Appended.FULL);
        if (appended != Spool.Appended.WRITTEN) {
            refusedNanos = System.nanoTime();
            return false;
        }
        tally.spooled.add(pending.rows());
        pending.clear();
        return true;
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
        batch.addAll(pending);
        pending.clear();
        fill(batch, maxRows, maxBytes);
        return spool == null ? place.nextDirect() : spool.passedBy(place);
    }

    /** Whether nothing waits in memory. */
    synchronized boolean isEmpty() {
        return pending.rows() == 0 && ring.size() == 0;
    }

    /** Throws away what waits in memory. @return how many events that was */
    synchronized int discard() {
        int events = pending.rows();
        pending.clear();
        while (ring.poll() != null) {
            events++;
        }
        return events;
    }

    private void fill(RowBatch batch, int maxRows, int maxBytes) {
        while (batch.rows() < maxRows && batch.size() < maxBytes) {
            @Nullable UsageEvent event = ring.poll();
            if (event == null) {
                return;
            }
            try {
                batch.add(event);
            } catch (RuntimeException e) {
                tally.rejected.increment();
                LOG.error(
                        "A usage event cannot be made a row ({}); it is counted and left out",
                        e.getClass().getName());
            }
        }
    }
}
