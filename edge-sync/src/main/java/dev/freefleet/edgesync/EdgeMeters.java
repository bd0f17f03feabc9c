package dev.freefleet.edgesync;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of edges elsewhere. Their labels have a few values, whatever edges send. Thread-safe. */
public final class EdgeMeters {
    private final MeterRegistry registry;
    private final Counter changed;
    private final Counter unchanged;
    private final Counter events;
    private final Map<Batch, Counter> calls = new EnumMap<>(Batch.class);
    private final Map<Batch, Counter> parked = new EnumMap<>(Batch.class);
    private final Counter kvFailures;
    private final AtomicInteger leftOut = new AtomicInteger();
    private final Map<Offer, Counter> offers = new EnumMap<>(Offer.class);
    private final AtomicInteger hot = new AtomicInteger();
    private final AtomicInteger wanted = new AtomicInteger();

    /** What became of a batch. */
    enum Batch {
        WRITTEN,
        SEEN,
        BAD,
        AWAY
    }

    /** What became of an answer that an edge handed over. */
    enum Offer {
        TAKEN,
        UNWANTED,
        BAD
    }

    /** @param registry gets the meters */
    public EdgeMeters(MeterRegistry registry) {
        this.registry = registry;
        changed = syncs("changed");
        unchanged = syncs("unchanged");
        events = Counter.builder("fleet.edge.events")
                .description("Usage records of edges elsewhere that are in the database")
                .register(registry);
        for (Batch batch : Batch.values()) {
            calls.put(batch, batches(batch, "call"));
            parked.put(batch, batches(batch, "kv"));
        }
        kvFailures = Counter.builder("fleet.edge.kv.failures")
                .description("Calls of Workers KV that failed")
                .register(registry);
        Gauge.builder("fleet.edge.sync.incomplete", leftOut, AtomicInteger::get)
                .description("1 while what edges have to know exceeds edge.sync-bytes, else 0")
                .register(registry);
        Gauge.builder("fleet.edge.hot", hot, AtomicInteger::get)
                .description("Answers in Workers KV that edges are told to read")
                .register(registry);
        Gauge.builder("fleet.edge.wanted", wanted, AtomicInteger::get)
                .description("Answers that edges are asked to hand over for Workers KV")
                .register(registry);
        for (Offer offer : Offer.values()) {
            offers.put(
                    offer,
                    Counter.builder("fleet.edge.offers")
                            .description("Answers that edges handed over for Workers KV")
                            .tag("outcome", offer.name().toLowerCase(java.util.Locale.ROOT))
                            .register(registry));
        }
    }

    private Counter syncs(String outcome) {
        return Counter.builder("fleet.edge.syncs")
                .description("Calls in which edges elsewhere asked what they have to know")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter batches(Batch batch, String way) {
        return Counter.builder("fleet.edge.batches")
                .description("Batches of usage from edges elsewhere")
                .tag("outcome", batch.name().toLowerCase(java.util.Locale.ROOT))
                .tag("way", way)
                .register(registry);
    }

    void synced(boolean withContent) {
        (withContent ? changed : unchanged).increment();
    }

    void complete(boolean complete) {
        leftOut.set(complete ? 0 : 1);
    }

    void hot(int count) {
        hot.set(count);
    }

    void wanted(int count) {
        wanted.set(count);
    }

    void offered(Offer offer) {
        Counter counter = offers.get(offer);
        if (counter != null) {
            counter.increment();
        }
    }

    void batch(Batch batch, boolean wasParked, int count) {
        Counter counter = (wasParked ? parked : calls).get(batch);
        if (counter != null) {
            counter.increment();
        }
        if (batch == Batch.WRITTEN) {
            events.increment(count);
        }
    }

    void kvFailed() {
        kvFailures.increment();
    }

    /** Watches a budget. */
    void watch(KvBudget budget) {
        for (KvBudget.Kind kind : KvBudget.Kind.values()) {
            Gauge.builder("fleet.edge.kv.used", budget, b -> b.used(kind))
                    .description("Operations of Workers KV that the fleet has used on this day of UTC")
                    .tag("kind", kind.label())
                    .register(registry);
            Gauge.builder("fleet.edge.kv.budget", budget, b -> b.limit(kind))
                    .description("Operations of Workers KV that the fleet may use on a day")
                    .tag("kind", kind.label())
                    .register(registry);
        }
    }
}
