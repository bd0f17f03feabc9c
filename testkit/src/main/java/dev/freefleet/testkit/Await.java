package dev.freefleet.testkit;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what happens on other threads. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Await() {}

    /**
     * Returns once this is true, looking every few milliseconds.
     *
     * @throws AssertionError if it is not true within 30 s; {@code what} says what was waited for
     */
    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting: " + what, stopped);
            }
        }
    }
}
