package dev.freefleet.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How the gateway is: alive, ready, and with the Brain behind it. A Brain that is away makes the whole degraded, not the
 * gateway unready: what is stored is still served. Thread-safe.
 */
final class Health {
    private static final JsonFactory JSON = new JsonFactory();
    private static final double NANOS_PER_HOUR = 3.6e12;

    private final Sources sources;
    private final AtomicBoolean draining;
    private final long startNanos;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicReference<BrainHealth> brain = new AtomicReference<>(BrainHealth.unknown());

    Health(Sources sources, AtomicBoolean draining) {
        this.sources = sources;
        this.draining = draining;
        this.startNanos = sources.nanos().getAsLong();
    }

    void started() {
        started.set(true);
    }

    BrainHealth brain() {
        return brain.get();
    }

    /** Notes how the Brain is; gives what was known before. */
    BrainHealth brain(BrainHealth now) {
        return brain.getAndSet(now);
    }

    private String gateway() {
        return draining.get() ? "draining" : started.get() ? "ready" : "starting";
    }

    Event.HealthReported report(Step.HealthKind kind) {
        return switch (kind) {
            case LIVE -> new Event.HealthReported(200, json(json -> json.writeStringField("status", "live")));
            case READY -> {
                String status = gateway();
                yield new Event.HealthReported(
                        status.equals("ready") ? 200 : 503, json(json -> json.writeStringField("status", status)));
            }
            case FULL -> new Event.HealthReported(200, json(this::full));
        };
    }

    private void full(JsonGenerator json) throws IOException {
        BrainHealth behind = brain.get();
        boolean healthy = gateway().equals("ready") && behind.status().equals("healthy");
        json.writeStringField("status", healthy ? "healthy" : "degraded");
        json.writeNumberField("response_time_ms", behind.responseMillis());
        json.writeStringField("database_status", behind.databaseStatus());
        if (behind.lastUpdate().isEmpty()) {
            json.writeNullField("last_update");
        } else {
            json.writeStringField("last_update", behind.lastUpdate());
        }
        if (behind.totalRecords() < 0) {
            json.writeNullField("total_records");
        } else {
            json.writeNumberField("total_records", behind.totalRecords());
        }
        double hours = (sources.nanos().getAsLong() - startNanos) / NANOS_PER_HOUR;
        json.writeNumberField("service_uptime_hours", Math.round(hours * 1000) / 1000.0);
        json.writeStringField("gateway_status", gateway());
        json.writeStringField("brain_status", behind.status());
    }

    /** Writes the members of an object. */
    private interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] json(Members members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        return bytes.toByteArray();
    }
}
