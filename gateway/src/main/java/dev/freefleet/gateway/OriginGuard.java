package dev.freefleet.gateway;

import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.edge.HealthChecks;
import dev.freefleet.edge.RetryBudget;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the origin is asked at all: its circuit breaker, the checks of its health, and the budget for asking twice.
 * Thread-safe.
 */
final class OriginGuard {
    private static final Logger log = LoggerFactory.getLogger(OriginGuard.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final CircuitBreaker breaker;
    private final HealthChecks checks;
    private final RetryBudget budget;
    private final long checkAgainSeconds;
    private final LongSupplier random;
    private CircuitBreaker.State told = CircuitBreaker.State.CLOSED;

    OriginGuard(Resilience config, Duration checksEvery, Sources sources) {
        this.breaker = new CircuitBreaker(config.breaker());
        this.checks = new HealthChecks(config.healthFailures(), config.healthSuccesses());
        this.budget = new RetryBudget(config.retryPercent(), config.retryMinimum());
        this.checkAgainSeconds = checksEvery.toSeconds() * config.healthSuccesses();
        this.random = sources.random().get();
    }

    /** Whether a request would be sent now. */
    synchronized boolean allows(long nowNanos) {
        return checks.isHealthy() && breaker.allows(nowNanos);
    }

    /** A ticket for a request to be sent now, or {@link CircuitBreaker#REFUSED}. */
    synchronized long admit(long nowNanos) {
        if (!checks.isHealthy()) {
            return CircuitBreaker.REFUSED;
        }
        long ticket = breaker.admit(nowNanos);
        tell(nowNanos);
        return ticket;
    }

    /** What came of the request of this ticket. */
    synchronized void report(long ticket, boolean failed, long nowNanos) {
        if (failed) {
            breaker.failed(ticket, nowNanos, random.getAsLong());
        } else {
            breaker.succeeded(ticket, nowNanos);
            checks.answered();
        }
        tell(nowNanos);
    }

    /** Nothing was learnt from the request of this ticket. */
    synchronized void abandoned(long ticket) {
        breaker.abandoned(ticket);
    }

    /** The origin was asked for its health. */
    synchronized void checked(boolean ok) {
        boolean before = checks.isHealthy();
        boolean now = checks.checked(ok);
        if (before && !now) {
            log.warn("the Brain's health checks fail; it is left alone");
        } else if (now && !before) {
            log.info("the Brain's health checks pass again; it is asked");
        }
        if (now && !before) {
            breaker.recover();
        }
    }

    /** The origin has been woken. */
    synchronized void awake() {
        checks.reset();
        breaker.recover();
    }

    /** Whether its health checks fail. */
    synchronized boolean isUnhealthy() {
        return !checks.isHealthy();
    }

    /** Seconds after which asking again may help. */
    synchronized long retryAfterSeconds(long nowNanos) {
        long nanos = breaker.retryAfterNanos(nowNanos);
        long cool = (nanos + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
        return Math.max(1, checks.isHealthy() ? cool : Math.max(cool, checkAgainSeconds));
    }

    /** A request is sent for the first time. */
    synchronized void requested(long nowNanos) {
        budget.requested(nowNanos);
    }

    /** Whether a request may be sent a second time. */
    synchronized boolean takeRetry(long nowNanos) {
        return budget.take(nowNanos);
    }

    synchronized long random() {
        return random.getAsLong();
    }

    /** For the gauge: 0 closed, 1 half open, 2 open, also where the health checks fail. */
    synchronized int state(long nowNanos) {
        if (!checks.isHealthy()) {
            return 2;
        }
        return switch (breaker.state(nowNanos)) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }

    private void tell(long nowNanos) {
        CircuitBreaker.State now = breaker.state(nowNanos);
        if (now == told) {
            return;
        }
        told = now;
        switch (now) {
            case OPEN ->
                log.warn(
                        "the Brain fails too often; it is left alone for {} s",
                        (breaker.retryAfterNanos(nowNanos) + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
            case HALF_OPEN -> log.info("the Brain is tried again");
            case CLOSED -> log.info("the Brain answers again");
        }
    }
}
