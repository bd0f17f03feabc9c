package dev.freefleet.worker;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Step;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the first steps of an exchange gave, for the same request to be decided on once more when more is known. The core
 * decides the same way as far as it knows the same, and does no I/O: so an exchange can be begun anew without a trace.
 */
final class Replay {
    static final Replay NOTHING = new Replay(List.of());

    private final ArrayDeque<Event> events;

    Replay(List<Event> events) {
        this.events = new ArrayDeque<>(events);
    }

    /**
     * What this step gave, or null where it is to be performed. A step that is not needed again is passed over; one that is
     * needed for the first time leaves what later ones gave.
     */
    @Nullable
    Event of(Step step) {
        if (events.stream().noneMatch(event -> answers(step, event))) {
            return null;
        }
        Event event = events.remove();
        while (!answers(step, event)) {
            event = events.remove();
        }
        return event;
    }

    private static boolean answers(Step step, Event event) {
        return switch (step) {
            case Step.VerifyKey ignored -> event instanceof Event.KeyVerified;
            case Step.TakeAllowances take ->
                event instanceof Event.AllowancesTaken(var results)
                        && results.size() == take.allowances().size()
                        && !take.allowances().getFirst().bucket().startsWith("refused:");
            case Step.CountQuotas count ->
                event instanceof Event.QuotasCounted(var counts)
                        && counts.size() == count.uses().size();
            case Step.Hold ignored -> event instanceof Event.Held;
            case Step.ReadBody ignored -> event instanceof Event.BodyRead || event instanceof Event.BodyTooLarge;
            case Step.Digest ignored -> event instanceof Event.Digested;
            case Step.Normalize ignored -> event instanceof Event.Normalized;
            case Step.Lookup ignored -> event instanceof Event.Found;
            case Step.Fetch ignored -> event instanceof Event.OriginFailed;
            case Step.Update ignored -> false;
            case Step.Invalidate ignored -> false;
            case Step.ReportHealth ignored -> false;
            case Step.Respond ignored -> false;
        };
    }
}
