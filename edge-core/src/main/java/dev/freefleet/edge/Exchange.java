package dev.freefleet.edge;

/**
 * One request and its answer as a state machine that does no I/O: it says the next {@link Step}, the shell performs it
 * and feeds back the {@link Event}. Not thread-safe: one caller at a time.
 */
public interface Exchange {
    /** The first step. Called once. */
    Step start();

    /**
     * The step after this event.
     *
     * @throws IllegalStateException if the event does not answer the last step: a fault of the shell
     */
    Step on(Event event);

    /** The label of the matched route, "none" where none matched (yet); for metrics. */
    String route();

    /** What the cache did so far. */
    CacheOutcome cache();

    /**
     * The record of this exchange, made once, after the answer's last byte was written or given up.
     *
     * @param status what the client was given; 499 where it left before an answer's head
     */
    UsageEvent finish(int status, long latencyMicros, long originMicros, long bytesIn, long bytesOut);
}
