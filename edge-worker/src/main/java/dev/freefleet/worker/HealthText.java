package dev.freefleet.worker;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Step;
import java.nio.charset.StandardCharsets;

/** How the Worker is. That it answers is that it lives; what is behind it, the fleet has said. */
final class HealthText {
    private HealthText() {}

    static Event.HealthReported report(Isolate isolate, Step.HealthKind kind) {
        return switch (kind) {
            case LIVE -> json(200, new JsonText().open('{').member("status", "live"));
            case READY -> json(200, new JsonText().open('{').member("status", "ready"));
            case FULL -> full(isolate);
        };
    }

    private static Event.HealthReported full(Isolate isolate) {
        FleetState state = isolate.sync.state();
        long now = isolate.millis();
        boolean fleet = isolate.sync.holds(now) && !isolate.sync.isFleetAway();
        String brain = state == null ? "unknown" : isolate.originIsAway() ? "down" : state.brainStatus();
        boolean healthy = fleet && brain.equals("healthy");
        JsonText json = new JsonText();
        json.open('{')
                .member("status", healthy ? "healthy" : "degraded")
                .member("last_update", state == null || state.index().isEmpty() ? null : state.index())
                .member("gateway_status", "ready")
                .member("fleet_status", fleet ? "healthy" : state == null ? "unknown" : "away")
                .member("brain_status", brain);
        return json(200, json);
    }

    private static Event.HealthReported json(int status, JsonText json) {
        return new Event.HealthReported(status, json.close('}').toString().getBytes(StandardCharsets.UTF_8));
    }
}
