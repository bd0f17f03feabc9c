package dev.freefleet.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Waits, within a budget over the whole run, for moments in which nobody else uses the cores, so that a shared machine
 * can give figures that mean something.
 */
final class Quiet {
    /** What others may take of a core before figures are in doubt. */
    static final double SHARE = 0.05;

    private static final Duration LOOK = Duration.ofMillis(500);

    private final List<Core> cores;
    private long budgetNanos;

    /** @param budget how long to wait in all; zero: never */
    Quiet(List<Core> cores, Duration budget) {
        this.cores = List.copyOf(cores);
        this.budgetNanos = budget.toNanos();
    }

    /** Comes back when the cores are quiet or the budget is spent. */
    void await() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (hasBudget() && System.nanoTime() - start < budgetNanos && isBusy()) {
            Thread.sleep(LOOK);
        }
        spend(System.nanoTime() - start);
    }

    /** Whether a figure that others disturbed should be taken again; the time it took is spent. */
    boolean again(double others, long tookNanos) {
        if (others <= SHARE || !hasBudget()) {
            return false;
        }
        spend(tookNanos);
        return true;
    }

    private boolean hasBudget() {
        return budgetNanos > 0;
    }

    private void spend(long nanos) {
        budgetNanos = Math.max(0, budgetNanos - nanos);
    }

    private boolean isBusy() throws IOException, InterruptedException {
        long before = 0;
        for (Core core : cores) {
            before += core.busyNanos();
        }
        Thread.sleep(LOOK);
        long after = 0;
        for (Core core : cores) {
            after += core.busyNanos();
        }
        return after - before > SHARE * LOOK.toNanos() * cores.size();
    }
}
