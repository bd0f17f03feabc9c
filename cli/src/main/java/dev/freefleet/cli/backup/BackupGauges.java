package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.config.BackupConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What metrics tell of backups, from the ledger in the data directory, so that they are true with the database away and of backups that
 * a cron of the owner's makes. Times are Unix seconds; where there was never one, the time at which the data directory was made. Safe
 * for use by several threads.
 */
public final class BackupGauges {
    private static final long KEPT_NANOS = 15_000_000_000L;

    private final Ledger ledger;
    private final double begun;
    private List<ObjectNode> events = List.of();
    private long readAt;
    private boolean read;

    private BackupGauges(Ledger ledger, double begun) {
        this.ledger = ledger;
        this.begun = begun;
    }

    /** Registers them all. */
    public static void register(MeterRegistry registry, Path data, BackupConfig config) {
        BackupGauges gauges = new BackupGauges(new Ledger(data), made(data));
        List<String> sources =
                new ArrayList<>(config.parts().stream().map(Plans::name).toList());
        config.folders().forEach(folder -> sources.add(folder.toString()));
        for (String store :
                StoreName.configured(config).stream().map(StoreName::label).toList()) {
            for (String source : sources) {
                gauges.gauge(
                                "fleet.backup.last.success.timestamp.seconds",
                                "When the source was last backed up into the store",
                                g -> g.finished(e -> is(e, "backup", "done")
                                        && is(e, "store", store)
                                        && e.path("source").asText().equals(source)))
                        .tag("store", store)
                        .tag("source", source)
                        .register(registry);
            }
            gauges.ofStore(store, registry);
        }
        gauges.gauge(
                        "fleet.backup.drill.last.success.timestamp.seconds",
                        "When a restored Brain last answered as the live one did",
                        g -> g.finished(e -> is(e, "drill", "passed")))
                .register(registry);
        gauges.gauge(
                        "fleet.backup.drilled.snapshot.timestamp.seconds",
                        "When the newest snapshot was taken from which a restored Brain answered as the live one did",
                        BackupGauges::drilledSnapshot)
                .register(registry);
        for (String kind : List.of("backup", "verify", "drill", "prune")) {
            gauges.gauge("fleet.backup.failed", "Whether the last run of that kind failed", g -> g.lastFailed(kind))
                    .tag("kind", kind)
                    .register(registry);
        }
    }

    private void ofStore(String store, MeterRegistry registry) {
        gauge(
                        "fleet.backup.verify.last.success.timestamp.seconds",
                        "When every byte of the store was last read and found right",
                        g -> g.finished(e -> is(e, "verify", "done")
                                && is(e, "store", store)
                                && e.path("whole").asBoolean()))
                .tag("store", store)
                .register(registry);
        gauge("fleet.backup.store.bytes", "Bytes that the store holds", g -> g.size(store, "bytes"))
                .tag("store", store)
                .register(registry);
        gauge("fleet.backup.store.max.bytes", "Bytes that the store may hold", g -> g.size(store, "cap_bytes"))
                .tag("store", store)
                .register(registry);
        gauge("fleet.backup.store.snapshots", "Snapshots that the store holds", g -> g.size(store, "snapshots"))
                .tag("store", store)
                .register(registry);
        gauge(
                        "fleet.backup.store.dedup.ratio",
                        "Length of what all snapshots hold, divided by the bytes that they take",
                        g -> g.size(store, "logical_bytes") / g.size(store, "bytes"))
                .tag("store", store)
                .register(registry);
        gauge("fleet.backup.store.full.in.days", "Days until the store is full; +Inf: never", g -> {
                    double pace = Trend.daysUntilFull(g.events(), store);
                    double planned = g.size(store, "days_until_full");
                    return !Double.isNaN(pace) ? pace : planned < 0 ? Double.POSITIVE_INFINITY : planned;
                })
                .tag("store", store)
                .register(registry);
    }

    /** The gauge keeps this from being collected. */
    private Gauge.Builder<BackupGauges> gauge(String name, String help, ToDoubleFunction<BackupGauges> value) {
        return Gauge.builder(name, this, value).description(help).strongReference(true);
    }

    private static double made(Path data) {
        try {
            return Files.getLastModifiedTime(data.resolve("VERSION")).toMillis() / 1_000.0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean is(ObjectNode event, String kind, String outcome) {
        return event.path("kind").asText().equals(kind)
                ? event.path("outcome").asText().equals(outcome)
                : event.path(kind).asText().equals(outcome);
    }

    private synchronized List<ObjectNode> events() {
        long now = System.nanoTime();
        if (!read || now - readAt > KEPT_NANOS) {
            try {
                events = ledger.events();
            } catch (IOException e) {
                // What was known stays; a backup that fails to write its history says so itself.
            }
            read = true;
            readAt = now;
        }
        return events;
    }

    private double finished(Predicate<ObjectNode> which) {
        double last = begun;
        for (ObjectNode event : events()) {
            if (which.test(event)) {
                last = Math.max(last, seconds(event.path("finished").asText()));
            }
        }
        return last;
    }

    private double drilledSnapshot() {
        double newest = begun;
        for (ObjectNode drill : events()) {
            if (is(drill, "drill", "passed") && drill.path("kind").asText().equals("drill")) {
                for (ObjectNode backup : events()) {
                    if (backup.path("kind").asText().equals("backup")
                            && backup.path("snapshot")
                                    .asText()
                                    .equals(drill.path("snapshot").asText())) {
                        // A clock that ran ahead when the snapshot was taken must not keep the age small for long.
                        double taken = Math.min(
                                seconds(backup.path("time").asText()),
                                seconds(drill.path("finished").asText()));
                        newest = Math.max(newest, taken);
                    }
                }
            }
        }
        return newest;
    }

    private double lastFailed(String kind) {
        double failed = 0;
        String started = "";
        for (ObjectNode event : events()) {
            if (event.path("kind").asText().equals(kind)) {
                boolean bad = event.path("outcome").asText().equals("failed");
                // The sources of one run stand beside each other: one that failed makes it a failure.
                boolean same = kind.equals("backup")
                        && sameRun(started, event.path("started").asText());
                failed = bad || (same && failed == 1) ? 1 : 0;
                started = event.path("started").asText();
            }
        }
        return failed;
    }

    private static boolean sameRun(String before, String now) {
        return !before.isEmpty() && seconds(now) - seconds(before) < 3_600;
    }

    private double size(String store, String member) {
        double value = Double.NaN;
        for (ObjectNode event : events()) {
            if (event.path("kind").asText().equals("size")
                    && event.path("store").asText().equals(store)) {
                value = event.path(member).asDouble();
            }
        }
        return value;
    }

    private static double seconds(String written) {
        try {
            return Instant.parse(written).toEpochMilli() / 1_000.0;
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}
