package dev.freefleet.gateway;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.Step;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's meters. Their labels are bounded: configured route names, status classes, cache outcomes, kinds of limit.
 * Meters of a route are made when it is first used and looked up in one map after that.
 */
final class GatewayMetrics {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
    };
    private static final int CLASSES = 6;

    private final MeterRegistry registry;
    private final Map<String, RouteMeters> routes = new ConcurrentHashMap<>();
    private final Timer originLatency;
    private final Map<Event.Failure, Counter> originFailures = new EnumMap<>(Event.Failure.class);
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();
    private final Timer queueWait;
    private final Counter retries;
    private final Counter retriesRefused;
    private final Counter wakeUps;
    private final Counter coalesced;
    private final Counter usageDropped;
    private final LongAdder inFlight = new LongAdder();
    private final LongAdder connections = new LongAdder();

    /** The meters of one cache outcome on one route, by status class. */
    private static final class OutcomeMeters {
        final @Nullable Counter[] requests = new Counter[CLASSES];

        @Nullable
        Timer latency;
    }

    /** The meters of one route; each is registered when it is first needed. */
    private final class RouteMeters {
        private final String route;
        private final Map<CacheOutcome, OutcomeMeters> outcomes = new EnumMap<>(CacheOutcome.class);

        RouteMeters(String route) {
            this.route = route;
            for (CacheOutcome outcome : CacheOutcome.values()) {
                outcomes.put(outcome, new OutcomeMeters());
            }
        }

        void finished(int status, CacheOutcome outcome, long micros) {
            OutcomeMeters meters = Objects.requireNonNull(outcomes.get(outcome));
            int statusClass = Math.clamp(status / 100, 0, CLASSES - 1);
            Counter counter = meters.requests[statusClass];
            if (counter == null) {
                counter = Counter.builder("gateway.requests")
                        .description("Requests answered")
                        .tag("route", route)
                        .tag("status", statusClass + "xx")
                        .tag("cache", outcome.label())
                        .register(registry);
                meters.requests[statusClass] = counter;
            }
            counter.increment();
            Timer timer = meters.latency;
            if (timer == null) {
                timer = timer("gateway.request.latency", "From a request's head to its answer's last byte")
                        .tag("route", route)
                        .tag("cache", outcome.label())
                        .register(registry);
                meters.latency = timer;
            }
            timer.record(micros, TimeUnit.MICROSECONDS);
        }
    }

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.originLatency = timer("gateway.origin.latency", "From asking the Brain to its answer's head")
                .register(registry);
        for (Event.Failure failure : Event.Failure.values()) {
            originFailures.put(
                    failure,
                    Counter.builder("gateway.origin.failures")
                            .description("Requests that the Brain did not answer")
                            .tag("kind", failure.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        // From the start, for an alert on what was never seen is no alert.
        for (String kind : List.of("addr", "refused", "key", "route", "quota", "concurrency")) {
            refusals.put(kind, limited(registry, kind));
        }
        this.queueWait = timer(
                        "gateway.origin.queue.wait", "Waiting for a turn at the Brain, where there was none at once")
                .register(registry);
        this.retries = Counter.builder("gateway.origin.retries")
                .description("Requests that were sent to the Brain a second time")
                .register(registry);
        this.retriesRefused = Counter.builder("gateway.origin.retries.refused")
                .description("Requests that were not sent again because the budget for it was used up")
                .register(registry);
        this.wakeUps = Counter.builder("gateway.origin.wakeups")
                .description("Times that a sleeping Brain was woken")
                .register(registry);
        this.coalesced = Counter.builder("gateway.coalesced")
                .description("Requests that waited for another's fetch of the same key")
                .register(registry);
        this.usageDropped = Counter.builder("gateway.usage.dropped")
                .description("Usage events that found no room")
                .register(registry);
        gauge("gateway.in.flight", "Requests being answered", inFlight, LongAdder::sum);
        gauge("gateway.connections", "Open client connections", connections, LongAdder::sum);
    }

    private static Timer.Builder timer(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(BUCKETS);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Meters of what is looked at when somebody asks. */
    void watch(AnswerStore store, Limiter limiter, OriginGate gate, Flights flights) {
        gauge(
                "gateway.store.bytes",
                "Memory that stored answers take",
                store,
                kept -> kept.stats().bytes());
        gauge(
                "gateway.store.max.bytes",
                "Bound of that memory",
                store,
                kept -> kept.stats().maxBytes());
        gauge(
                "gateway.store.keys",
                "Stored cache keys",
                store,
                kept -> kept.stats().keys());
        FunctionCounter.builder(
                        "gateway.store.evictions", store, kept -> kept.stats().evictions())
                .description("Answers dropped to stay within the bound")
                .register(registry);
        DiskMetrics.watch(registry, store);
        gauge("gateway.limiter.buckets", "Rate-limit counters kept", limiter, Limiter::size);
        gauge("gateway.origin.running", "Requests at the Brain", gate, OriginGate::running);
        gauge("gateway.origin.queued", "Requests that wait for their turn at the Brain", gate, OriginGate::queued);
        gauge("gateway.flights", "Shared fetches under way", flights, Flights::size);
    }

    /** Meters of how the origin fares. */
    void watch(OriginClient origin, LongSupplier nanos) {
        gauge(
                "gateway.origin.breaker",
                "Whether the Brain is asked: 0 yes, 1 on trial, 2 no",
                origin,
                client -> client.guard().state(nanos.getAsLong()));
        gauge("gateway.origin.waiting", "Requests that wait for the Brain to wake up", origin, client -> {
            WaitingRoom room = client.room();
            return room == null ? 0 : room.waiting();
        });
    }

    void waitedForTurn(long nanos) {
        queueWait.record(nanos, TimeUnit.NANOSECONDS);
    }

    void retried() {
        retries.increment();
    }

    void retryRefused() {
        retriesRefused.increment();
    }

    void woken() {
        wakeUps.increment();
    }

    /** Requests so far with this outcome of the cache. */
    long requests(CacheOutcome outcome) {
        double sum = 0;
        for (RouteMeters route : routes.values()) {
            for (Counter counter : Objects.requireNonNull(route.outcomes.get(outcome)).requests) {
                sum += counter == null ? 0 : counter.count();
            }
        }
        return (long) sum;
    }

    void connected() {
        connections.increment();
    }

    void disconnected() {
        connections.decrement();
    }

    void begun() {
        inFlight.increment();
    }

    void ended() {
        inFlight.decrement();
    }

    /** A message that was no request, or one that breaks the limits of its form. */
    void refused(int status) {
        finished("none", status, CacheOutcome.NONE, 0);
    }

    void finished(String route, int status, CacheOutcome outcome, long micros) {
        RouteMeters meters = routes.get(route);
        if (meters == null) {
            meters = routes.computeIfAbsent(route, RouteMeters::new);
        }
        meters.finished(status, outcome, micros);
    }

    void originTook(long nanos) {
        originLatency.record(nanos, TimeUnit.NANOSECONDS);
    }

    void originFailed(Event.Failure failure) {
        Objects.requireNonNull(originFailures.get(failure)).increment();
    }

    void coalesced() {
        coalesced.increment();
    }

    void usageDropped() {
        usageDropped.increment();
    }

    /** Counts refusals by kind, which is what stands before the colon in a bucket's name. */
    void allowances(List<Step.Allowance> allowances, List<Gcra.Taken> results) {
        for (int i = 0; i < results.size(); i++) {
            if (!results.get(i).allowed()) {
                String bucket = allowances.get(i).bucket();
                int colon = bucket.indexOf(':');
                String kind = colon < 0 ? "other" : bucket.substring(0, colon);
                refusedBy(kind);
            }
        }
    }

    /** Counts a refusal by a limit of this kind. */
    void refusedBy(String kind) {
        refusals.computeIfAbsent(kind, made -> limited(registry, made)).increment();
    }

    private static Counter limited(MeterRegistry registry, String kind) {
        return Counter.builder("gateway.limited")
                .description("Requests that found an allowance used up")
                .tag("kind", kind)
                .register(registry);
    }
}
