package dev.freefleet.bench.replay;

import dev.freefleet.testkit.trace.Trace;
import dev.freefleet.testkit.trace.TraceEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Plays a trace through a cache and compares every answer with the Brain's own at the version of its index at the time.
 * A re-ingest waits until no ask is under way and, where the cache follows the Brain's health, until it has asked for it:
 * in life that window is the poll's interval, and an answer of the version before is as good as one that was on its way.
 */
public final class Replay {
    private static final int AT_ONCE = 64;
    private static final Duration POLL_AT_MOST = Duration.ofSeconds(30);

    private final Cache cache;
    private final ReplayBrain brain;
    private final double scale;
    private final AtomicLong right = new AtomicLong();
    private final AtomicLong older = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    /** @param scale how many times faster than the trace's clock; 0: as fast as answers come */
    public Replay(Cache cache, ReplayBrain brain, double scale) {
        this.cache = cache;
        this.brain = brain;
        this.scale = scale;
    }

    /** Plays it to its end. */
    public Tally play(Trace trace) throws InterruptedException {
        long reachedBefore = brain.asked();
        Set<String> distinct = new HashSet<>();
        long asks = 0;
        int version = 0;
        brain.reingest(0);
        var slots = new Semaphore(AT_ONCE);
        long start = System.nanoTime();
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (TraceEvent event : trace) {
                sleepUntil(start, event.atMillis());
                switch (event) {
                    case TraceEvent.Ask ask -> {
                        asks++;
                        distinct.add(version + ask.question().canonical());
                        int current = version;
                        slots.acquire();
                        askers.execute(() -> {
                            try {
                                ask(ask, current);
                            } finally {
                                slots.release();
                            }
                        });
                    }
                    case TraceEvent.Reingest reingest -> {
                        slots.acquire(AT_ONCE);
                        long before = System.nanoTime();
                        brain.reingest(reingest.version());
                        version = reingest.version();
                        awaitPoll();
                        start += System.nanoTime() - before;
                        slots.release(AT_ONCE);
                    }
                }
            }
        }
        return new Tally(
                asks,
                brain.asked() - reachedBefore,
                distinct.size(),
                right.get(),
                older.get(),
                wrong.get(),
                failed.get());
    }

    private void ask(TraceEvent.Ask ask, int version) {
        Cache.Reply reply;
        try {
            reply = cache.ask(ask);
        } catch (IOException e) {
            failed.incrementAndGet();
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed.incrementAndGet();
            return;
        }
        if (reply.status() != 200) {
            failed.incrementAndGet();
            return;
        }
        judge(reply.body(), ask.question().canonical(), version).incrementAndGet();
    }

    private AtomicLong judge(byte[] body, String canonical, int version) {
        for (int at = version; at >= 0; at--) {
            if (Arrays.equals(body, Answers.of(canonical, at))) {
                return at == version ? right : older;
            }
        }
        return wrong;
    }

    /** Two polls: the first may have been answered before the version changed. */
    private void awaitPoll() throws InterruptedException {
        long deadline = System.nanoTime() + POLL_AT_MOST.toNanos();
        while (cache.followsHealth() && brain.healthAsked() < 2) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the cache has not asked for the Brain's health within " + POLL_AT_MOST);
            }
            Thread.sleep(5);
        }
    }

    private void sleepUntil(long start, long traceMillis) throws InterruptedException {
        if (scale > 0) {
            long due = start + (long) (traceMillis * 1e6 / scale);
            long left = due - System.nanoTime();
            if (left > 0) {
                Thread.sleep(Duration.ofNanos(left));
            }
        }
    }
}
