package dev.freefleet.cli.up;

import dev.freefleet.data.UsageCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/** The one registry of all parts, and the meters of parts that have none of their own. */
final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        gc.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    void watch(UsageCounters usage) {
        count("fleet.usage.accepted", "Usage records that were taken", usage, UsageCounters::accepted);
        count("fleet.usage.dropped", "Usage records that found no room", usage, UsageCounters::dropped);
        count("fleet.usage.written", "Usage records that are in the database", usage, UsageCounters::written);
        count("fleet.usage.rejected", "Usage records that the database refused", usage, UsageCounters::rejected);
        count("fleet.usage.failed.batches", "Attempts to write that failed", usage, UsageCounters::failedBatches);
        Gauge.builder("fleet.usage.waiting", usage, UsageCounters::queueDepth)
                .description("Usage records that wait in memory")
                .register(registry);
    }

    private void count(String name, String help, UsageCounters usage, ToDoubleFunction<UsageCounters> value) {
        FunctionCounter.builder(name, usage, value).description(help).register(registry);
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
