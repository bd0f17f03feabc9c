package dev.freefleet.cli.up;

import dev.freefleet.data.UsageCounters;
import dev.freefleet.data.jobs.JobState;
import dev.freefleet.data.jobs.Jobs;
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
import java.time.Instant;
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
        count("fleet.usage.spooled", "Usage records that were written to the spool", usage, UsageCounters::spooled);
        count("fleet.usage.damaged", "Records of the spool that could not be read", usage, UsageCounters::damaged);
        Gauge.builder("fleet.usage.spool.bytes", usage, UsageCounters::spoolBytes)
                .description("Bytes of usage that wait on disk")
                .register(registry);
        Gauge.builder("fleet.usage.spool.max.bytes", usage, UsageCounters::spoolMaxBytes)
                .description("Bytes of usage that may wait on disk; past them usage is dropped")
                .register(registry);
        Gauge.builder("fleet.usage.oldest.seconds", usage, counters -> counters.oldestMillis() / 1_000.0)
                .description("How long the oldest usage record that is being written has waited")
                .register(registry);
    }

    /** Per job, of which there are a few with fixed names; as of a moment ago. */
    void watch(Jobs jobs) {
        for (JobState job : jobs.states()) {
            gauge(
                    jobs,
                    job,
                    "fleet.job.overdue",
                    "Whether it should have begun, and nobody has",
                    s -> s.overdue() ? 1 : 0);
            gauge(jobs, job, "fleet.job.running", "Whether it runs now", s -> s.running() ? 1 : 0);
            gauge(jobs, job, "fleet.job.paused", "Whether it is paused", s -> s.pausedAt() == null ? 0 : 1);
            gauge(jobs, job, "fleet.job.failures", "Failed runs in a row", JobState::failures);
            gauge(
                    jobs,
                    job,
                    "fleet.job.missed",
                    "Due times of the kept history that nobody was there for",
                    JobState::missed);
            gauge(jobs, job, "fleet.job.last.success.seconds", "When it last ended well, since 1970; 0: never", s -> {
                Instant success = s.lastSuccess();
                return success == null ? 0 : success.getEpochSecond();
            });
        }
    }

    private void gauge(Jobs jobs, JobState job, String name, String help, ToDoubleFunction<JobState> value) {
        Gauge.builder(
                        name,
                        jobs,
                        all -> all.states().stream()
                                .filter(state -> state.name().equals(job.name()))
                                .mapToDouble(value)
                                .findFirst()
                                .orElse(Double.NaN))
                .description(help)
                .tag("job", job.name())
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
