package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * How jobs run here.
 *
 * @param zone whose calendar the schedules mean
 * @param node this fleet's name in the history
 * @param threads runs at once in this fleet, 1 to 32
 * @param poll how often the database is asked for what is due, 50 ms to 5 min
 * @param watch how often it is learned how the jobs stand, 50 ms to 5 min
 * @param heartbeat how often a run says that it lives, 100 ms to 10 min; after four silent ones its process is taken for dead
 * @param grace how late a run may begin before the job counts as overdue, 1 s to 1 day
 * @param retry how long after a failure it is tried again, 1 s to 1 day
 */
public record JobsConfig(
        ZoneId zone,
        String node,
        int threads,
        Duration poll,
        Duration watch,
        Duration heartbeat,
        Duration grace,
        Duration retry) {
    public JobsConfig {
        requireNonNull(zone, "zone");
        requireNonNull(node, "node");
        if (threads < 1 || threads > 32) {
            throw new IllegalArgumentException("threads must be 1 to 32, but is " + threads);
        }
        requireBetween("poll", poll, Duration.ofMillis(50), Duration.ofMinutes(5));
        requireBetween("watch", watch, Duration.ofMillis(50), Duration.ofMinutes(5));
        requireBetween("heartbeat", heartbeat, Duration.ofMillis(100), Duration.ofMinutes(10));
        requireBetween("grace", grace, Duration.ofSeconds(1), Duration.ofDays(1));
        requireBetween("retry", retry, Duration.ofSeconds(1), Duration.ofDays(1));
    }

    /** UTC, four at once, asked for every 5 s, dead after a minute, overdue after 10 min, tried again after 5 min. */
    public static JobsConfig of(String node) {
        return new JobsConfig(
                ZoneOffset.UTC,
                node,
                4,
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Duration.ofSeconds(15),
                Duration.ofMinutes(10),
                Duration.ofMinutes(5));
    }

    /** The same in another zone. */
    public JobsConfig in(ZoneId other) {
        return new JobsConfig(other, node, threads, poll, watch, heartbeat, grace, retry);
    }

    private static void requireBetween(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", but is " + value);
        }
    }
}
