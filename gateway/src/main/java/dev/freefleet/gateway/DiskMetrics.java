package dev.freefleet.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToLongFunction;

/** The meters of a store's tier on disk, where it has one. */
final class DiskMetrics {
    private DiskMetrics() {}

    static void watch(MeterRegistry registry, AnswerStore store) {
        if (store.stats().disk() == null) {
            return;
        }
        gauge(registry, store, "on", "Whether the cache on disk works (1) or is off (0)", disk -> disk.on() ? 1 : 0);
        gauge(registry, store, "bytes", "Bytes in the files of the cache on disk", AnswerStore.Disk::bytes);
        gauge(registry, store, "max.bytes", "Bound of those bytes", AnswerStore.Disk::maxBytes);
        gauge(registry, store, "keys", "Cache keys on disk", AnswerStore.Disk::keys);
        counter(registry, store, "hits", "Look-ups that found something on disk", AnswerStore.Disk::hits);
        counter(registry, store, "misses", "Look-ups that found nothing on disk", AnswerStore.Disk::misses);
        counter(registry, store, "written", "Records that were written", AnswerStore.Disk::written);
        counter(registry, store, "dropped", "Answers not written: too many waited", AnswerStore.Disk::dropped);
        counter(registry, store, "skipped", "Look-ups not done on disk: too many waited", AnswerStore.Disk::skipped);
        counter(registry, store, "damaged", "Records and files with a wrong checksum", AnswerStore.Disk::damaged);
        counter(registry, store, "errors", "Failures of the cache's disk", AnswerStore.Disk::errors);
        counter(
                registry,
                store,
                "evictions",
                "Keys dropped from the disk to stay in bounds",
                AnswerStore.Disk::evictions);
    }

    private static long of(AnswerStore store, ToLongFunction<AnswerStore.Disk> value) {
        AnswerStore.Disk disk = store.stats().disk();
        return disk == null ? 0 : value.applyAsLong(disk);
    }

    private static void gauge(
            MeterRegistry registry,
            AnswerStore store,
            String name,
            String description,
            ToLongFunction<AnswerStore.Disk> value) {
        Gauge.builder("gateway.disk." + name, store, kept -> of(kept, value))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private static void counter(
            MeterRegistry registry,
            AnswerStore store,
            String name,
            String description,
            ToLongFunction<AnswerStore.Disk> value) {
        FunctionCounter.builder("gateway.disk." + name, store, kept -> of(kept, value))
                .description(description)
                .register(registry);
    }
}
