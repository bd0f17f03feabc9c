package dev.freefleet.gateway;

import dev.freefleet.edge.CircuitBreaker;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is done about an origin that fails, is busy or sleeps.
 *
 * @param breaker when it is left alone; the default is {@link CircuitBreaker.Rule#USUAL}
 * @param healthFailures failed health checks in a row after which it is left alone, 0 to 1,000; 0: never; the default
 *     is 3
 * @param healthSuccesses passed ones in a row after which it is asked again, 1 to 1,000; the default is 2
 * @param retryPercent the share of requests that may be sent twice, 0 to 100; 0: none; the default is 10
 * @param retryMinimum retries that are allowed in any ten seconds, however few requests there are, 0 to 1,000; the
 *     default is 3
 * @param queueWait how long a request waits for its turn at the origin, 1 ms to 10 minutes; the default is 10 s
 * @param waking how an origin that sleeps is woken, or null where none sleeps, which is the default
 */
public record Resilience(
        CircuitBreaker.Rule breaker,
        int healthFailures,
        int healthSuccesses,
        int retryPercent,
        int retryMinimum,
        Duration queueWait,
        @Nullable Waking waking) {
    public Resilience {
        Objects.requireNonNull(breaker, "breaker");
        requireRange(healthFailures, 0, 1_000, "healthFailures");
        requireRange(healthSuccesses, 1, 1_000, "healthSuccesses");
        requireRange(retryPercent, 0, 100, "retryPercent");
        requireRange(retryMinimum, 0, 1_000, "retryMinimum");
        requireRange(queueWait.toMillis(), 1, 600_000, "queueWait in milliseconds");
    }

    /** The defaults. */
    public static Resilience defaults() {
        return new Resilience(CircuitBreaker.Rule.USUAL, 3, 2, 10, 3, Duration.ofSeconds(10), null);
    }

    public Resilience with(CircuitBreaker.Rule other) {
        return new Resilience(other, healthFailures, healthSuccesses, retryPercent, retryMinimum, queueWait, waking);
    }

    public Resilience withHealth(int failures, int successes) {
        return new Resilience(breaker, failures, successes, retryPercent, retryMinimum, queueWait, waking);
    }

    public Resilience withRetries(int percent, int minimum) {
        return new Resilience(breaker, healthFailures, healthSuccesses, percent, minimum, queueWait, waking);
    }

    public Resilience withQueueWait(Duration wait) {
        return new Resilience(breaker, healthFailures, healthSuccesses, retryPercent, retryMinimum, wait, waking);
    }

    public Resilience with(@Nullable Waking other) {
        return new Resilience(breaker, healthFailures, healthSuccesses, retryPercent, retryMinimum, queueWait, other);
    }

    /**
     * How an origin that sleeps is woken: by the connection that was tried, and by a call where one is named.
     *
     * @param patience how long requests wait for it, 100 ms to an hour; the default is a minute
     * @param maxWaiting requests that may wait at once, 1 to 100,000; one more is answered 503; the default is 100
     * @param call an http or https URL that is asked once for each waking, or null
     * @param method GET or POST, of that call; the default is POST
     */
    public record Waking(
            Duration patience, int maxWaiting, @Nullable URI call, String method) {
        public Waking {
            requireRange(patience.toMillis(), 100, 3_600_000, "patience in milliseconds");
            requireRange(maxWaiting, 1, 100_000, "maxWaiting");
            if (call != null && !"http".equals(call.getScheme()) && !"https".equals(call.getScheme())) {
                throw new IllegalArgumentException("call must be an http or https URL, but is " + call);
            }
            if (!method.equals("GET") && !method.equals("POST")) {
                throw new IllegalArgumentException("method must be GET or POST, but is " + method);
            }
        }

        /** The defaults: waiting alone. */
        public static Waking patiently() {
            return new Waking(Duration.ofMinutes(1), 100, null, "POST");
        }

        /** Without the call, which may hold a secret. */
        @Override
        public String toString() {
            return "Waking[" + patience + "]";
        }
    }

    private static void requireRange(long value, long min, long max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", but is " + value);
        }
    }
}
