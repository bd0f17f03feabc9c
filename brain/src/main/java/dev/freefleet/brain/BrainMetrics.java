package dev.freefleet.brain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What a Brain counts, for Prometheus. Labels take few, known values. Thread-safe. */
final class BrainMetrics {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "QUERY", "OPTIONS");

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    void answered(@Nullable Call call, String method, int status, Duration took) {
        String label = call == null ? "other" : call.label();
        Counter.builder("brain.requests")
                .description("Requests by call, method and status")
                .tag("call", label)
                .tag("method", METHODS.contains(method) ? method : "other")
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
        Timer.builder("brain.request.duration")
                .description("Time until the answer was handed to the socket")
                .tag("call", label)
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(took);
    }

    void ingested(IngestReport report) {
        documents("added", report.added());
        documents("changed", report.changed());
        documents("deleted", report.deleted());
        documents("unchanged", report.unchanged());
        documents("skipped", report.skipped().size());
    }

    private void documents(String outcome, int count) {
        Counter.builder("brain.ingest.documents")
                .description("Documents that ingests met, by what became of them")
                .tag("outcome", outcome)
                .register(registry)
                .increment(count);
    }

    /** Prometheus text exposition format 0.0.4. */
    String scrape() {
        return registry.scrape();
    }
}
