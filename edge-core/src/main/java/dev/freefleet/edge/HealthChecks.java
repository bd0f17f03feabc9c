package dev.freefleet.edge;

/**
 * Whether an origin counts as healthy, by checks of its own that repeat: so many failures in a row, and it does not; so
 * many successes in a row, and it does again. Not thread-safe.
 */
public final class HealthChecks {
    private final int failures;
    private final int successes;
    private boolean healthy = true;
    private int against;

    /**
     * Of an origin that counts as healthy.
     *
     * @param failures in a row that make it unhealthy, 0 to 1,000; 0: nothing does
     * @param successes in a row that make it healthy again, 1 to 1,000
     */
    public HealthChecks(int failures, int successes) {
        RateLimit.requireRange(failures, 0, 1_000, "failures");
        RateLimit.requireRange(successes, 1, 1_000, "successes");
        this.failures = failures;
        this.successes = successes;
    }

    /** Notes a check; whether the origin counts as healthy now. */
    public boolean checked(boolean ok) {
        if (ok == healthy) {
            against = 0;
        } else if (failures > 0 && ++against >= (healthy ? failures : successes)) {
            healthy = !healthy;
            against = 0;
        }
        return healthy;
    }

    /** It answered a request, which is worth more than a failed check: while healthy, counting begins anew. */
    public void answered() {
        if (healthy) {
            against = 0;
        }
    }

    /** It is there beyond doubt. */
    public void reset() {
        healthy = true;
        against = 0;
    }

    public boolean isHealthy() {
        return healthy;
    }
}
