package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * One run, as its action sees it.
 *
 * @param id under which it stands in {@code job_runs}
 * @param scheduledFor the due time that it stands for; where a person asked for it, that time
 * @param startedAt when it began
 * @param byPerson whether a person asked for it
 * @param stopping whether the fleet wants to stop: a long action looks at it between steps and ends early
 */
public record JobRun(UUID id, Instant scheduledFor, Instant startedAt, boolean byPerson, BooleanSupplier stopping) {
    public JobRun {
        requireNonNull(id, "id");
        requireNonNull(scheduledFor, "scheduledFor");
        requireNonNull(startedAt, "startedAt");
        requireNonNull(stopping, "stopping");
    }
}
