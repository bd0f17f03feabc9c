package dev.freefleet.cli.up;

import dev.freefleet.gateway.Gateway;
import java.time.Duration;

/**
 * Waits until the gateway has heard of the Brain, or that it is away: what it stored before it knew the index's version
 * would be stale once it does.
 */
final class BrainWait {
    private static final Duration LIMIT = Duration.ofSeconds(6);
    private static final Duration STEP = Duration.ofMillis(5);

    private BrainWait() {}

    static void untilKnown(Gateway gateway) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try {
            while (gateway.brainStatus().equals("unknown") && System.nanoTime() - deadline < 0) {
                Thread.sleep(STEP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
