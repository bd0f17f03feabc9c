package dev.freefleet.backup;

import java.time.Duration;
import java.time.Instant;

/**
 * How long something has taken. What measures that may stand still while a machine sleeps, and a clock may be set: the longer of what the two
 * say counts.
 */
final class Elapsed {
    private final Environment environment;
    private final Instant began;
    private final long beganNanos;

    /** Begins now. */
    Elapsed(Environment environment) {
        this.environment = environment;
        this.began = environment.clock().instant();
        this.beganNanos = environment.nanoTime().getAsLong();
    }

    Instant began() {
        return began;
    }

    Duration get() {
        Duration measured = Duration.ofNanos(environment.nanoTime().getAsLong() - beganNanos);
        Duration byClock = Duration.between(began, environment.clock().instant());
        return measured.compareTo(byClock) > 0 ? measured : byClock;
    }

    boolean isLongerThan(Duration limit) {
        return get().compareTo(limit) > 0;
    }
}
