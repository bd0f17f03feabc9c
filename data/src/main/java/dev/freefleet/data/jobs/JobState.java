package dev.freefleet.data.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a job stands.
 *
 * @param schedule as it is written
 * @param zone whose calendar the schedule means
 * @param next when it runs next; null where it is not planned
 * @param running whether it runs now, on any fleet
 * @param pausedAt since when it is paused, or null
 * @param overdue whether it should have begun longer ago than the grace
 * @param missed due times in the kept history that nobody was there for
 * @param failures how many of its last runs failed or were lost, one after the other
 * @param lastSuccess when it last ended well, or null
 * @param last its last run, or null
 */
public record JobState(
        String name,
        String description,
        String schedule,
        String zone,
        @Nullable Instant next,
        boolean running,
        @Nullable Instant pausedAt,
        boolean overdue,
        long missed,
        int failures,
        @Nullable Instant lastSuccess,
        @Nullable PastRun last) {}
