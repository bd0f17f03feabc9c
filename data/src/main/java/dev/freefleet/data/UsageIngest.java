package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.UsageEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes usage events off the request path and brings them into {@code usage_logs}, each exactly once: from a bounded ring,
 * in memory or (with a spool) in mapped files that outlive the process, into a bounded spool on disk, which is forced to
 * the disk once a second, and from there by COPY. What finds no room is counted and lost. Events may be offered from any
 * thread.
 */
public final class UsageIngest implements UsageCounters, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageIngest.class);
    /** What was accepted outlives the process at once; this is for power cuts, and each time costs as much as hundreds of events. */
    private static final long FORCE_MILLIS = 1_000;

    /** How long the thread that forces may spool before it does. */
    private static final long SPOOLING_MILLIS = 200;

    /** How often the ring is looked at; to be woken by each event would cost the request path a system call. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** The same where what waits is safe, and the ring tells when much does: each look wakes a thread. */
    private static final long LOOK_AT_MAPPED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int SEGMENT_BYTES = 8 << 20;

    private final IngestConfig config;
    private final EventRing ring;
    private final @Nullable MappedRings mapped;
    private final @Nullable Spool spool;
    private final UsageIntake intake;
    private final UsageDelivery delivery;
    private final UsageTally tally = new UsageTally();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch intakeDone = new CountDownLatch(1);
    private final Thread spooler;
    private final Thread deliverer;
    private volatile long closeDeadlineNanos;
    /** That the bound is near; for the thread that forces. */
    private boolean toldBound;

    UsageIngest(Login login, Clock clock, IngestConfig config) {
        this(Logins.one(login), clock, config);
    }

    UsageIngest(Logins logins, Clock clock, IngestConfig config) {
        this.config = requireNonNull(config, "config");
        @Nullable Path directory = config.spoolDirectory();
        int segmentBytes = (int) Math.min(SEGMENT_BYTES, config.spoolBytes() / 8);
        spool = directory == null ? null : Spool.open(directory, config.spoolBytes(), segmentBytes, clock);
        mapped = spool == null ? null : MappedRings.open(spool, config.ringBytes());
        ring = new EventRing(mapped == null ? config.ringEvents() : 2, config.ringBytes());
        var fresh = new FreshRows(config.batchRows(), UsageDelivery.BATCH_BYTES);
        intake = new UsageIntake(ring, mapped, spool, fresh, this::wakeDeliverer, tally, config.questions());
        UsageTable table =
                new UsageTable(logins.ingest(), logins.owner(), clock, spool == null ? UUID.randomUUID() : spool.id());
        delivery = new UsageDelivery(config, intake, spool, fresh, table, tally, clock, closed);
        spooler = Thread.ofPlatform().daemon().name("usage-spool").unstarted(givingWay(this::takeIn));
        deliverer = Thread.ofPlatform().daemon().name("usage-ingest").unstarted(givingWay(this::deliver));
        if (spool == null) {
            intakeDone.countDown();
        } else {
            if (mapped != null) {
                mapped.whenPressed(() -> LockSupport.unpark(spooler));
            }
            spooler.start();
            Thread.ofPlatform().daemon().name("usage-spool-force").start(givingWay(() -> force(spool)));
        }
        deliverer.start();
    }

    /** Requests come first: what these threads do can wait. */
    private static Runnable givingWay(Runnable work) {
        return () -> {
            Niceness.giveWay();
            work.run();
        };
    }

    /**
     * Takes the event, or counts it as dropped. Never blocks and never throws. With a spool, what was taken is safe from the
     * death of the process from then on.
     *
     * @return whether it was taken
     */
    public boolean offer(UsageEvent event) {
        if (isClosed() || !take(event)) {
            tally.dropped.increment();
            return false;
        }
        return true;
    }

    private boolean take(UsageEvent event) {
        if (mapped == null) {
            if (!ring.offer(event)) {
                return false;
            }
            tally.accepted.increment();
            return true;
        }
        try {
            // Here and not later: the ring is a file, and what is taken away reaches no disk.
            return mapped.offer(event, config.questions().columns(event));
        } catch (RuntimeException e) {
            tally.accepted.increment();
            tally.rejected.increment();
            LOG.error(
                    "A usage event cannot be made a row ({}); it is counted and left out",
                    e.getClass().getName());
            return true;
        } catch (OutOfMemoryError e) {
            return false; // nor is there any to tell the log
        }
    }

    /**
     * Takes no more events, and writes those it has, for at most the configured time. Those in the spool that PostgreSQL does not
     * take now are left there.
     */
    @Override
    public void close() {
        if (isClosed()) {
            return;
        }
        closeDeadlineNanos = System.nanoTime() + config.flushTimeout().toNanos();
        closed.countDown();
        LockSupport.unpark(spooler);
        wakeDeliverer();
        try {
            deliverer.join(config.flushTimeout().plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (mapped != null) {
            mapped.close();
        }
        if (spool != null) {
            spool.close();
        }
    }

    private void wakeDeliverer() {
        LockSupport.unpark(deliverer);
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private boolean isPastDeadline() {
        return System.nanoTime() - closeDeadlineNanos >= 0;
    }

    private void takeIn() {
        Runnable step = () -> {
            if (!intake.spoolSome()) {
                LockSupport.parkNanos(mapped == null ? LOOK_NANOS : LOOK_AT_MAPPED_NANOS);
            }
        };
        try {
            while (!isClosed()) {
                goOn("Usage events are not spooled", step);
            }
            boolean more = true;
            while (more) {
                more = intake.spoolSome();
            }
        } finally {
            intakeDone.countDown();
        }
    }

    private void force(Spool opened) {
        Runnable spooling = this::spoolWaiting;
        Runnable forcing = () -> {
            opened.force();
            tellBound(opened);
        };
        try {
            while (!closed.await(FORCE_MILLIS, TimeUnit.MILLISECONDS)) {
                goOn("Usage events are not spooled", spooling);
                goOn("The usage spool is not forced to the disk", forcing);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellBound(Spool opened) {
        boolean near = opened.bytes() > config.spoolBytes() / 5 * 4;
        if (near && !toldBound) {
            LOG.warn("The usage spool is four fifths full, since PostgreSQL does not take its events; when it is"
                    + " full, events are lost");
        }
        toldBound = near;
    }

    /** One step of a thread that must not end: where there is no memory now, there may be some in a moment. */
    private static void goOn(String otherwise, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LockSupport.parkNanos(AFTER_FAILURE_NANOS);
            try {
                LOG.error("{} now; it is tried again", otherwise, e);
            } catch (OutOfMemoryError again) {
                // Nor is there any to tell it.
            }
        }
    }

    /** Of little, this thread takes care alone, for it wakes anyhow; of much, the spool's own, for this one has to force. */
    private void spoolWaiting() {
        if (mapped != null && intake.spoolFor(TimeUnit.MILLISECONDS.toNanos(SPOOLING_MILLIS))) {
            LockSupport.unpark(spooler);
        }
    }

    private void deliver() {
        Runnable step = delivery::step;
        while (!isClosed()) {
            goOn("Usage events are not written", step);
        }
        awaitIntake();
        while (!isPastDeadline() && !delivery.isIdle() && !delivery.canLeaveTheRest()) {
            goOn("Usage events are not written", step);
        }
        int lost = delivery.close();
        if (lost > 0) {
            tally.dropped.add(lost);
            LOG.error("{} usage events are lost: PostgreSQL did not take them before the fleet stopped", lost);
        }
    }

    private void awaitIntake() {
        try {
            intakeDone.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public long accepted() {
        return tally.accepted.sum() + (mapped == null ? 0 : mapped.offered());
    }

    @Override
    public long dropped() {
        return tally.dropped.sum();
    }

    @Override
    public long written() {
        return tally.written.sum();
    }

    @Override
    public long rejected() {
        return tally.rejected.sum();
    }

    @Override
    public long failedBatches() {
        return tally.failedBatches.sum();
    }

    @Override
    public int queueDepth() {
        return mapped == null ? ring.size() : mapped.size();
    }

    @Override
    public long spooled() {
        return tally.spooled.sum();
    }

    @Override
    public long direct() {
        return tally.direct.sum();
    }

    @Override
    public long damaged() {
        return spool == null ? 0 : spool.damaged();
    }

    @Override
    public long spoolBytes() {
        return spool == null ? 0 : spool.bytes();
    }

    @Override
    public long spoolMaxBytes() {
        return spool == null ? 0 : config.spoolBytes();
    }

    @Override
    public long oldestMillis() {
        return delivery.oldestMillis();
    }
}
