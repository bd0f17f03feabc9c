package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.UsageEvent;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes usage events off the request path and brings them into {@code usage_logs}: a bounded ring in memory, which one
 * thread empties by COPY, many events at a time. While PostgreSQL is away events wait in the ring; what finds no room
 * is counted and lost. Events may be offered from any thread.
 */
public final class UsageIngest implements UsageCounters, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageIngest.class);
    private static final int BATCH_BYTES = 4 << 20;
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);

    private final IngestConfig config;
    private final EventRing ring;
    private final UsageTable table;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long closeDeadlineNanos;

    private final LongAdder accepted = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder failedBatches = new LongAdder();

    UsageIngest(Login login, Clock clock, IngestConfig config) {
        this.config = requireNonNull(config, "config");
        ring = new EventRing(config.ringEvents(), config.ringBytes());
        table = new UsageTable(login, clock);
        thread = Thread.ofPlatform().daemon().name("usage-ingest").start(this::run);
    }

    /** Takes the event, or counts it as dropped. Never blocks and never throws. @return whether it was taken */
    public boolean offer(UsageEvent event) {
        if (isClosed() || !ring.offer(event)) {
            dropped.increment();
            return false;
        }
        accepted.increment();
        return true;
    }

    /** Takes no more events, and writes those it has, for at most the configured time. */
    @Override
    public void close() {
        closeDeadlineNanos = System.nanoTime() + config.flushTimeout().toNanos();
        closed.countDown();
        try {
            thread.join(config.flushTimeout().plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void run() {
        RowBatch batch = new RowBatch();
        while (!isClosed() || (ring.size() > 0 && !isPastDeadline())) {
            collect(batch);
            if (batch.rows() > 0) {
                write(batch);
                batch.clear();
            }
        }
        int lost = 0;
        while (ring.poll() != null) {
            lost++;
        }
        countLost(lost);
        table.close();
    }

    /** Waits for a full batch, or until the oldest event of it has waited long enough. */
    private void collect(RowBatch batch) {
        long deadline = System.nanoTime() + config.maxDelay().toNanos();
        while (batch.rows() < config.batchRows() && batch.size() < BATCH_BYTES) {
            @Nullable UsageEvent event = ring.poll();
            if (event != null) {
                add(batch, event);
            } else if (isClosed() || System.nanoTime() >= deadline) {
                return;
            } else {
                pause(Math.min(20, config.maxDelay().toMillis()));
            }
        }
    }

    private void add(RowBatch batch, UsageEvent event) {
        try {
            batch.add(event);
        } catch (RuntimeException e) {
            rejected.increment();
            LOG.error(
                    "A usage event cannot be made a row ({}); it is counted and left out",
                    e.getClass().getName());
        }
    }

    private void write(RowBatch batch) {
        long backoff = 50;
        while (true) {
            try {
                int refused = table.write(batch);
                rejected.add(refused);
                written.add(batch.rows() - refused);
                return;
            } catch (SQLException | RuntimeException e) {
                failedBatches.increment();
                if (isClosed() && isPastDeadline()) {
                    countLost(batch.rows());
                    return;
                }
                LOG.warn(
                        "{} usage events cannot be written yet ({}); trying again in {} ms",
                        batch.rows(),
                        reason(e),
                        backoff);
                pause(backoff);
                backoff = Math.min(2 * backoff, LONGEST_BACKOFF.toMillis());
            }
        }
    }

    private static String reason(Exception e) {
        return e instanceof SQLException sql ? SqlFailures.state(sql) + " " + SqlFailures.message(sql) : e.toString();
    }

    private void countLost(int events) {
        if (events > 0) {
            dropped.add(events);
            LOG.error("{} usage events are lost: PostgreSQL did not take them before the fleet stopped", events);
        }
    }

    private boolean isPastDeadline() {
        return System.nanoTime() - closeDeadlineNanos >= 0;
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

    @Override
    public long accepted() {
        return accepted.sum();
    }

    @Override
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public long written() {
        return written.sum();
    }

    @Override
    public long rejected() {
        return rejected.sum();
    }

    @Override
    public long failedBatches() {
        return failedBatches.sum();
    }

    @Override
    public int queueDepth() {
        return ring.size();
    }
}
