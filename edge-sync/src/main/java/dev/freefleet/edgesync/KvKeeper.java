package dev.freefleet.edgesync;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the fleet's namespace in Workers KV, in a thread of its own: brings parked usage home and writes the answers that are
 * asked for most, within a daily budget that outlasts restarts.
 */
public final class KvKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KvKeeper.class);
    private static final long DAY_MILLIS = 86_400_000;
    /** What edges are told of answers changes no more often, so that they are mostly told that nothing has changed. */
    private static final Duration TOLD_EVERY = Duration.ofMinutes(1);

    private final ParkedUsage parked;
    private final KvAnswers answers;
    private final OfferedAnswers offered;
    private final FleetEdges edges;
    private final CloudflareKv kv;
    private final EdgeMeters meters;
    private final Config config;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private boolean failing;

    /**
     * How much of KV is used, and when.
     *
     * @param writes keys written a day; the free plan has 1,000, of which edges that park usage need some
     * @param deletes keys deleted a day; the free plan has 1,000
     * @param lists listings a day; the free plan has 1,000
     * @param reads keys read a day by the fleet; the free plan has 100,000 for all
     * @param answers answers that are kept there, 0 to 1,000
     * @param drainEvery how often parked usage is looked for
     * @param writeEvery how often answers are written
     */
    public record Config(
            int writes, int deletes, int lists, int reads, int answers, Duration drainEvery, Duration writeEvery) {
        Map<KvBudget.Kind, Integer> limits() {
            Map<KvBudget.Kind, Integer> limits = new EnumMap<>(KvBudget.Kind.class);
            limits.put(KvBudget.Kind.WRITE, writes);
            limits.put(KvBudget.Kind.DELETE, deletes);
            limits.put(KvBudget.Kind.LIST, lists);
            limits.put(KvBudget.Kind.READ, reads);
            return limits;
        }
    }

    private KvKeeper(
            Config config,
            CloudflareKv kv,
            Path file,
            HotAnswers source,
            BatchIntake intake,
            FleetEdges edges,
            EdgeMeters meters,
            LongSupplier millis) {
        this.config = config;
        this.kv = kv;
        this.edges = edges;
        this.meters = meters;
        KvState state = KvState.open(file, Math.floorDiv(millis.getAsLong(), DAY_MILLIS));
        KvBudget budget = new KvBudget(config.limits(), millis, state);
        meters.watch(budget);
        parked = new ParkedUsage(kv, budget, intake, meters);
        PurgeLog purges = edges.purges();
        offered = new OfferedAnswers(source, purges, meters, millis);
        answers = new KvAnswers(source, offered, purges, kv, budget, state, millis, config.answers());
        thread = Thread.ofPlatform().daemon().name("kv-keeper").unstarted(this::run);
    }

    /**
     * Begins.
     *
     * @param file where the budget is kept
     * @param millis now, epoch milliseconds
     */
    public static KvKeeper start(
            Config config,
            CloudflareKv kv,
            Path file,
            HotAnswers source,
            BatchIntake intake,
            FleetEdges edges,
            EdgeMeters meters,
            LongSupplier millis) {
        KvKeeper keeper = new KvKeeper(config, kv, file, source, intake, edges, meters, millis);
        if (config.answers() > 0) {
            edges.offered(keeper.offered);
        }
        keeper.thread.start();
        return keeper;
    }

    private void run() {
        long drainAt = System.nanoTime();
        long writeAt = drainAt;
        long tellAt = drainAt;
        Duration tellEvery = config.writeEvery().compareTo(TOLD_EVERY) < 0 ? config.writeEvery() : TOLD_EVERY;
        try {
            do {
                long now = System.nanoTime();
                if (now - drainAt >= 0) {
                    attempt(parked::drain);
                    drainAt = now + config.drainEvery().toNanos();
                }
                if (now - writeAt >= 0 && config.answers() > 0) {
                    attempt(answers::write);
                    writeAt = now + config.writeEvery().toNanos();
                }
                if (now - tellAt >= 0 && config.answers() > 0) {
                    attempt(this::tell);
                    tellAt = now + tellEvery.toNanos();
                }
            } while (!closed.await(500, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        edges.hot(answers.hot());
        List<String> wanted = answers.wanted();
        offered.want(wanted);
        edges.wanted(wanted);
    }

    private void attempt(Runnable work) {
        try {
            work.run();
            failing = false;
        } catch (KvException | BatchIntake.Away | UncheckedIOException e) {
            meters.kvFailed();
            if (!failing) {
                log.warn("Workers KV is left as it is for now: {}", e.getMessage());
            }
            failing = true;
        } catch (RuntimeException fault) {
            meters.kvFailed();
            log.error("Workers KV is left as it is by a fault of the fleet", fault);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        kv.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
