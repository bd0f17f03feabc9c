package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings rows from the spool into PostgreSQL, batch by batch, each with the spool's mark in one transaction. If it is not
 * known whether a batch was committed, the mark tells at the next attempt. Rows come from memory instead where there is no
 * spool, or it cannot be written and is read to its end. For one thread, but for {@link #oldestMillis}.
 */
final class UsageDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(UsageDelivery.class);
    static final int BATCH_BYTES = 4 << 20;
    /** How soon the spool is looked at again while much comes; each look wakes a thread, so that it is seldom while little does. */
    private static final long SOON_MILLIS = 5;

    /** A batch of a busy fleet waits so many times longer: what a transaction costs is shared by more rows, and the machine has less to spare. */
    private static final int BUSY_DELAYS = 5;

    /** What has to be there when it would be written, else. */
    private static final int BUSY_ROWS = 200;

    /** How often it looks for rows that nobody tells it of while it waits for a batch. */
    private static final int LOOKS = 4;

    private static final long FIRST_BACKOFF = 50;
    private static final long LONGEST_BACKOFF = 2_000;

    private final IngestConfig config;
    private final UsageIntake intake;
    private final @Nullable Spool spool;
    private final @Nullable SpoolReader reader;
    private final FreshRows fresh;
    private final UsageTable table;
    private final UsageTally tally;
    private final Clock clock;
    private final CountDownLatch closed;

    private RowBatch batch = new RowBatch();
    /** Where the database is, as far as it is known. */
    private @Nullable SpoolMark expected;
    /** Behind what was read. */
    private SpoolMark cursor = SpoolMark.NONE;
    /** Behind what is delivered. */
    private SpoolMark done = SpoolMark.NONE;
    /** What the batch's transaction is to leave, where the batch is from memory. */
    private @Nullable SpoolMark past;

    private long backoff = FIRST_BACKOFF;
    /** When the oldest row of the batch came, epoch milliseconds; 0 where there is none. */
    private volatile long oldest;

    UsageDelivery(
            IngestConfig config,
            UsageIntake intake,
            @Nullable Spool spool,
            FreshRows fresh,
            UsageTable table,
            UsageTally tally,
            Clock clock,
            CountDownLatch closed) {
        this.config = config;
        this.intake = requireNonNull(intake, "intake");
        this.spool = spool;
        reader = spool == null ? null : new SpoolReader(spool);
        this.fresh = fresh;
        this.table = table;
        this.tally = tally;
        this.clock = clock;
        this.closed = closed;
    }

    /**
     * One attempt: learns where the database is, collects a batch, writes it; waits where there is nothing or it failed. What it throws,
     * for want of memory say, leaves all as it was for the next.
     */
    void step() {
        try {
            if (expected == null) {
                begin(table.mark());
            }
            if (batch.rows() == 0) {
                collect();
            }
            if (batch.rows() > 0) {
                write();
            }
            backoff = FIRST_BACKOFF;
        } catch (SQLException | RuntimeException e) {
            tally.failedBatches.increment();
            peekOldest();
            LOG.warn("Usage events cannot be written yet ({}); trying again in {} ms", reason(e), backoff);
            pause(backoff);
            backoff = Math.min(2 * backoff, LONGEST_BACKOFF);
        }
    }

    private void begin(SpoolMark mark) {
        done = spool == null ? mark : spool.resume(mark);
        cursor = done;
        expected = mark;
    }

    private void collect() {
        try {
            gather();
        } catch (RuntimeException | Error e) {
            if (past == null) { // rows may be there twice, or behind the cursor; all of them are in the spool
                batch.clear();
                cursor = done;
            }
            throw e;
        }
    }

    /** Waits for a full batch, or for as long as it may. */
    private void gather() {
        long begin = System.nanoTime();
        long look = Math.max(1, config.maxDelay().toMillis() / LOOKS);
        past = null;
        while (true) {
            boolean freshNext = reader != null && past == null && takeSpooled(reader);
            if (batch.rows() == 0 || past != null) {
                @Nullable SpoolMark mark = intake.takePast(cursor, batch, config.batchRows(), BATCH_BYTES);
                past = mark == null || batch.rows() == 0 ? past : mark;
            }
            oldest = batch.rows() == 0 ? fresh.firstMillis() : batch.firstMillis();
            long waited = System.nanoTime() - begin;
            if (isFull(freshNext) || closed.getCount() == 0 || isDue(waited)) {
                if (freshNext && batch.rows() == 0) {
                    takeFresh();
                }
                return;
            }
            if (reader == null || past != null || batch.rows() > 0) {
                pause(batch.rows() > config.batchRows() / 8 ? SOON_MILLIS : look);
            } else {
                long delay = config.maxDelay().toNanos();
                LockSupport.parkNanos(this, delay - waited % delay); // or until there are enough fresh ones
            }
        }
    }

    private boolean isDue(long waitedNanos) {
        long delay = config.maxDelay().toNanos();
        boolean patient = batch.rows() + fresh.size() >= BUSY_ROWS && isSafe();
        return waitedNanos >= (patient ? BUSY_DELAYS * delay : delay);
    }

    /** Whether what waits is in the spool, where the death of the process cannot take it, and keeps no others from finding room there. */
    private boolean isSafe() {
        return spool != null && past == null && !spool.isFailing() && spool.bytes() < config.spoolBytes() / 4;
    }

    private boolean isFull(boolean freshNext) {
        return batch.rows() >= config.batchRows()
                || batch.size() >= BATCH_BYTES
                // Else those would find no room for their own followers while this batch waits.
                || (freshNext && (batch.rows() > 0 || fresh.isEnough()));
    }

    /** Adds what the spool holds, but for what need not be read back. @return whether such rows are next */
    private boolean takeSpooled(SpoolReader from) {
        if (!fresh.isNext(spoolNext())) {
            cursor = from.read(cursor, batch, config.batchRows(), BATCH_BYTES);
            fresh.forgetBefore(cursor);
            if (spoolNext() == null) {
                fresh.caughtUp();
            }
        }
        return fresh.isNext(spoolNext());
    }

    private void takeFresh() {
        FreshRows.Taken taken = fresh.take(batch);
        batch = taken.rows();
        cursor = cursor.at(taken.end());
        oldest = batch.firstMillis();
    }

    private Spool.@Nullable Extent spoolNext() {
        return spool == null ? null : spool.next(cursor);
    }

    private void write() throws SQLException {
        SpoolMark from = requireNonNull(expected, "the mark is known before a batch is collected");
        @Nullable SpoolMark memory = past;
        SpoolMark next = memory == null ? from.at(cursor) : memory;
        switch (table.write(batch, from, next)) {
            case UsageTable.Outcome.Written written -> settled(next, written.refused());
            case UsageTable.Outcome.Elsewhere elsewhere -> {
                if (elsewhere.mark().equals(next)) {
                    settled(next, 0);
                } else {
                    moved(elsewhere.mark());
                }
            }
        }
    }

    private void settled(SpoolMark mark, int refused) {
        int written = batch.rows() - refused;
        boolean direct = past != null;
        expected = mark;
        cursor = mark;
        done = mark;
        past = null;
        batch.clear();
        oldest = 0;
        try {
            if (spool != null) {
                spool.delivered(mark);
            }
        } finally {
            // Last, so that who sees all written finds nothing of it in the spool, nor its age.
            tally.rejected.add(refused);
            tally.written.add(written);
            if (direct) {
                tally.direct.add(written);
            }
        }
    }

    /** The database was put back or replaced: what it does not have and is still in the spool goes there again. */
    private void moved(SpoolMark mark) {
        LOG.warn("The database has another mark of the usage spool than it was left with, as after a restore");
        if (past == null) {
            batch.clear();
            begin(mark);
        } else {
            expected = mark;
            past = new SpoolMark(past.segment(), past.offset(), mark.direct() + 1);
        }
    }

    /** Before the database has told its mark, the age of what waits is that of the oldest event there is. */
    private void peekOldest() {
        if (expected == null && reader != null) {
            RowBatch first = new RowBatch();
            try {
                reader.read(SpoolMark.NONE, first, 1, 1);
            } catch (UncheckedIOException e) {
                LOG.debug("Nor can the spool be read now", e);
            }
            oldest = first.rows() == 0 ? 0 : first.firstMillis();
        }
    }

    /** Whether nothing is left to write, as far as is known. */
    boolean isIdle() {
        return expected != null
                && batch.rows() == 0
                && intake.isEmpty()
                && (spool == null || spool.next(cursor) == null);
    }

    /** Whether what is left is in the spool, and the last attempt to write it failed. */
    boolean canLeaveTheRest() {
        return spool != null && past == null && intake.isEmpty() && backoff > FIRST_BACKOFF;
    }

    /** Lets go of the connection. @return how many events are lost, being nowhere but in memory */
    int close() {
        int lost = (past == null ? 0 : batch.rows()) + intake.discard();
        if (spool == null && expected != null) {
            try {
                table.forget();
            } catch (SQLException | RuntimeException e) {
                LOG.debug("The mark of this run cannot be taken away now", e);
            }
        }
        table.close();
        if (reader != null) {
            reader.close();
        }
        return lost;
    }

    long oldestMillis() {
        long known = oldest;
        long time = known == 0 ? fresh.firstMillis() : known;
        return time == 0 ? 0 : Math.max(0, clock.millis() - time);
    }

    private static String reason(Exception e) {
        return e instanceof SQLException sql ? SqlFailures.state(sql) + " " + SqlFailures.message(sql) : e.toString();
    }

    /** Ends early when the ingest is closed, and then waits a moment all the same, lest a retry becomes a busy loop. */
    private void pause(long millis) {
        try {
            if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                TimeUnit.MILLISECONDS.sleep(Math.min(20, millis));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
