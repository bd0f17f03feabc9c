package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of the history: a run that is over or under way.
 *
 * @param scheduledFor the due time that it stood for; where a person asked for it, that time
 * @param finishedAt null while it runs
 * @param byPerson whether a person asked for it
 * @param node the fleet that ran it
 * @param missed due times before that one that nobody was there for, and for which it stood too
 * @param summary what was done or what went wrong; null while it runs
 */
public record PastRun(
        UUID id,
        String job,
        Instant scheduledFor,
        Instant startedAt,
        @Nullable Instant finishedAt,
        boolean byPerson,
        String node,
        int missed,
        Outcome outcome,
        @Nullable String summary) {
    /** What became of a run. */
    public enum Outcome {
        RUNNING,
        DONE,
        FAILED,
        /** Its process died, or its connection did, before it could say how it ended. */
        LOST
    }

    public PastRun {
        requireNonNull(id, "id");
        requireNonNull(job, "job");
        requireNonNull(scheduledFor, "scheduledFor");
        requireNonNull(startedAt, "startedAt");
        requireNonNull(node, "node");
        requireNonNull(outcome, "outcome");
    }
}
