package dev.freefleet.edge;

/** A part of an exchange, which takes the events until it hands over to the next part. */
interface Phase {
    /** What follows an event: a step, and who takes its event. */
    record Next(Step step, Phase phase) {
        /** The answer, after which no event is taken. */
        static Next last(Step.Respond respond) {
            return new Next(respond, event -> {
                throw Call.unexpected(event, "nothing, the exchange is answered");
            });
        }
    }

    /**
     * What follows this event.
     *
     * @throws IllegalStateException if the event does not answer the last step
     */
    Next on(Event event);
}
