package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** {@code /health} and {@code /metrics}, which ask for no token, and {@code /api/v1/status}. */
final class HealthApi {
    private final Supplier<FleetStatus> status;
    private final Supplier<String> metrics;

    HealthApi(Supplier<FleetStatus> status, Supplier<String> metrics) {
        this.status = status;
        this.metrics = metrics;
    }

    List<Call> calls() {
        return List.of(
                Call.get("/health", "health", "Whether the fleet can answer, and how its parts are.")
                        .open()
                        .answers(200, "Health")
                        .answers(503, "Health")
                        .by(this::health),
                Call.get("/metrics", "metrics", "The metrics of all parts, for Prometheus.")
                        .open()
                        .answers(200, "text/plain", null)
                        .by(this::metrics),
                Call.get("/api/v1/status", "status", "How the fleet and its parts are, with figures.")
                        .answers(200, "Status")
                        .by(this::status));
    }

    /** 200 while the fleet can answer, degraded or not; else 503. */
    private void health(ServerRequest request, ServerResponse response) {
        FleetStatus now = status.get();
        boolean down = now.state() == FleetStatus.State.DOWN;
        Json.send(response, down ? Status.SERVICE_UNAVAILABLE_503 : Status.OK_200, parts(now));
    }

    /** The text format of Prometheus, version 0.0.4. */
    private void metrics(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .send(metrics.get().getBytes(StandardCharsets.UTF_8));
    }

    private void status(ServerRequest request, ServerResponse response) {
        FleetStatus now = status.get();
        ObjectNode answer = parts(now);
        answer.put("version", now.version())
                .put("started_at", Json.time(now.startedAt()))
                .put("gateway", now.gateway().toString());
        ObjectNode figures = answer.putObject("figures");
        now.figures().forEach(figures::put);
        Json.send(response, Status.OK_200, answer);
    }

    private static ObjectNode parts(FleetStatus now) {
        ObjectNode answer = Json.object().put("status", label(now.state()));
        ArrayNode parts = answer.putArray("parts");
        now.parts()
                .forEach(part -> parts.addObject()
                        .put("name", part.name())
                        .put("status", label(part.state()))
                        .put("detail", part.detail()));
        return answer;
    }

    private static String label(FleetStatus.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
