package dev.freefleet.edge;

import java.util.Objects;

/**
 * Whether requests are sent to an origin that keeps failing (Nygard, Release It!, "Circuit Breaker"). Closed, all are.
 * Once failures are many and a great share of what was tried, it opens and none are, for a cool-down. Then it is half
 * open: a few requests are let through as probes, whose success closes it and whose failure opens it for longer. A state
 * machine without a clock: times are passed in, of any clock that does not run backwards. Not thread-safe.
 */
public final class CircuitBreaker {
    /** The ticket of a request that is not to be sent. */
    public static final long REFUSED = -1;

    private static final long SECOND = 1_000_000_000L;

    /** A probe may die with whoever sent it, as in an isolate whose request is ended from outside. */
    private static final long LOST_PROBE_NANOS = 120 * SECOND;

    /**
     * When it opens and closes.
     *
     * @param minFailures failures within the window from which it may open, 0 to 100,000; 0: it never opens
     * @param sharePercent the share of failures in all requests of the window from which it opens, 1 to 100
     * @param windowNanos how long a request counts, a second to an hour
     * @param coolDownNanos how long it stays open the first time, before jitter of a fifth either way
     * @param maxCoolDownNanos the longest that doubling with each failed probe makes it, before jitter
     * @param probes requests that may be under way at once while it is half open, 1 to 1,000
     * @param successes that close it, 1 to 1,000
     */
    public record Rule(
            int minFailures,
            int sharePercent,
            long windowNanos,
            long coolDownNanos,
            long maxCoolDownNanos,
            int probes,
            int successes) {
        /** Ten failures that are half of what was tried in 30 s; 2 s to a minute; one probe, three successes. */
        public static final Rule USUAL = new Rule(10, 50, 30 * SECOND, 2 * SECOND, 60 * SECOND, 1, 3);

        public Rule {
            RateLimit.requireRange(minFailures, 0, 100_000, "minFailures");
            RateLimit.requireRange(sharePercent, 1, 100, "sharePercent");
            RateLimit.requireRange(windowNanos, SECOND, 3_600 * SECOND, "windowNanos");
            RateLimit.requireRange(coolDownNanos, 1_000_000, 3_600 * SECOND, "coolDownNanos");
            RateLimit.requireRange(maxCoolDownNanos, coolDownNanos, 86_400 * SECOND, "maxCoolDownNanos");
            RateLimit.requireRange(probes, 1, 1_000, "probes");
            RateLimit.requireRange(successes, 1, 1_000, "successes");
        }
    }

    /** Its states. */
    public enum State {
        CLOSED,
        HALF_OPEN,
        OPEN
    }

    private final Rule rule;
    private final SlidingCounts counts;
    private State state = State.CLOSED;
    /** Counts the changes of state: what was sent before one says nothing about the state after it. */
    private long generation;

    private long untilNanos;
    private long coolDownNanos;
    private int probing;
    private long probedNanos;
    private int succeeded;

    public CircuitBreaker(Rule rule) {
        this.rule = Objects.requireNonNull(rule, "rule");
        this.counts = new SlidingCounts(rule.windowNanos());
        this.coolDownNanos = rule.coolDownNanos();
    }

    /** The state now. */
    public State state(long nowNanos) {
        if (state == State.OPEN && nowNanos - untilNanos >= 0) {
            enter(State.HALF_OPEN);
        }
        return state;
    }

    /** Whether a request would be let through now. */
    public boolean allows(long nowNanos) {
        return switch (state(nowNanos)) {
            case CLOSED -> true;
            case HALF_OPEN -> probing < rule.probes() || areLost(nowNanos);
            case OPEN -> false;
        };
    }

    /** Whether nothing was heard of the probes under way for so long that nothing will be. */
    private boolean areLost(long nowNanos) {
        return nowNanos - probedNanos >= LOST_PROBE_NANOS;
    }

    /** A ticket for a request to be sent now, with which its outcome is told; {@link #REFUSED}: it is not to be sent. */
    public long admit(long nowNanos) {
        if (!allows(nowNanos)) {
            return REFUSED;
        }
        if (state == State.HALF_OPEN) {
            probing = probing < rule.probes() ? probing + 1 : 1;
            probedNanos = nowNanos;
        }
        return generation;
    }

    /** The origin answered the request of this ticket. */
    public void succeeded(long ticket, long nowNanos) {
        if (ticket != generation) {
            return;
        }
        if (state == State.CLOSED) {
            counts.addFirst(nowNanos);
        } else if (state == State.HALF_OPEN) {
            probing = Math.max(0, probing - 1);
            if (++succeeded >= rule.successes()) {
                coolDownNanos = rule.coolDownNanos();
                counts.clear();
                enter(State.CLOSED);
            }
        }
    }

    /**
     * The origin failed the request of this ticket.
     *
     * @param random any 64 random bits
     */
    public void failed(long ticket, long nowNanos, long random) {
        if (ticket != generation || rule.minFailures() == 0) {
            return;
        }
        if (state == State.CLOSED) {
            counts.addSecond(nowNanos);
            long failures = counts.second(nowNanos);
            long all = failures + counts.first(nowNanos);
            if (failures >= rule.minFailures() && failures * 100 >= all * rule.sharePercent()) {
                open(nowNanos, random);
            }
        } else if (state == State.HALF_OPEN) {
            coolDownNanos = Math.min(coolDownNanos * 2, rule.maxCoolDownNanos());
            open(nowNanos, random);
        }
    }

    /** The request of this ticket was given up, or never sent: nothing was learnt. */
    public void abandoned(long ticket) {
        if (ticket == generation && state == State.HALF_OPEN) {
            probing = Math.max(0, probing - 1);
        }
    }

    /** Something else says that the origin is back: an open one lets probes through at once. */
    public void recover() {
        if (state == State.OPEN) {
            coolDownNanos = rule.coolDownNanos();
            enter(State.HALF_OPEN);
        }
    }

    /** Nanoseconds until the next request may be let through, 0 where one may be now. */
    public long retryAfterNanos(long nowNanos) {
        return state(nowNanos) == State.OPEN ? Math.max(0, untilNanos - nowNanos) : 0;
    }

    private void open(long nowNanos, long random) {
        untilNanos = nowNanos + Jitter.around(coolDownNanos, random);
        enter(State.OPEN);
    }

    private void enter(State next) {
        state = next;
        generation++;
        probing = 0;
        succeeded = 0;
    }
}
