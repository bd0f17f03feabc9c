package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final CircuitBreaker.Rule RULE =
            new CircuitBreaker.Rule(4, 50, 10 * SECOND, SECOND, 8 * SECOND, 2, 3);
    /** With these bits the jitter is none: a fifth of a second less and a fifth more. */
    private static final long EVEN = SECOND / 5;

    private final CircuitBreaker breaker = new CircuitBreaker(RULE);
    private long now = -5 * SECOND;

    private void fail() {
        breaker.failed(breaker.admit(now), now, EVEN);
    }

    private void succeed() {
        breaker.succeeded(breaker.admit(now), now);
    }

    private void open() {
        for (int i = 0; i < 4; i++) {
            fail();
        }
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void opensAfterEnoughFailuresThatAreALargeEnoughShare() {
        for (int i = 0; i < 5; i++) {
            succeed();
        }
        for (int i = 0; i < 4; i++) {
            fail();
        }
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.CLOSED); // 4 of 9
        fail();
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.OPEN); // 5 of 10
        assertThat(breaker.admit(now)).isEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.retryAfterNanos(now)).isEqualTo(SECOND);
    }

    @Test
    void failuresOutsideTheWindowDoNotCount() {
        for (int i = 0; i < 10; i++) {
            fail();
            now += 4 * SECOND; // three in any ten seconds
        }
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void isHalfOpenAfterTheCoolDownAndLetsAFewProbesThrough() {
        open();
        now += SECOND - 1;
        assertThat(breaker.allows(now)).isFalse();
        now += 1;
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        long first = breaker.admit(now);
        long second = breaker.admit(now);
        assertThat(first).isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.admit(now)).isEqualTo(CircuitBreaker.REFUSED);
        breaker.abandoned(second);
        breaker.succeeded(first, now);
        succeed();
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        succeed();
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.CLOSED);
        fail();
        assertThat(breaker.state(now)).as("old failures are forgotten").isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void probesOfWhichNothingIsHeardMakeRoomForOthers() {
        open();
        now += SECOND;
        long first = breaker.admit(now);
        long second = breaker.admit(now);
        now += 119 * SECOND;
        assertThat(breaker.admit(now)).isEqualTo(CircuitBreaker.REFUSED);
        now += SECOND;
        long third = breaker.admit(now);
        assertThat(third).isNotEqualTo(CircuitBreaker.REFUSED);
        breaker.abandoned(first); // they were not dead after all
        breaker.abandoned(second);
        assertThat(breaker.admit(now)).isNotEqualTo(CircuitBreaker.REFUSED);
        breaker.succeeded(third, now);
        succeed();
        succeed();
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void eachFailedProbeDoublesTheCoolDownUpToItsCap() {
        open();
        for (long coolDown : new long[] {2, 4, 8, 8}) {
            now += breaker.retryAfterNanos(now);
            breaker.failed(breaker.admit(now), now, coolDown * EVEN);
            assertThat(breaker.retryAfterNanos(now)).isEqualTo(coolDown * SECOND);
        }
        now += 8 * SECOND;
        succeed();
        succeed();
        succeed();
        open();
        assertThat(breaker.retryAfterNanos(now)).as("short again").isEqualTo(SECOND);
    }

    @Test
    void whatWasSentBeforeItOpenedSaysNothingOfTheTimeAfter() {
        long early = breaker.admit(now);
        long other = breaker.admit(now);
        open();
        now += SECOND;
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        breaker.failed(early, now, 0);
        breaker.abandoned(other);
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        breaker.admit(now);
        breaker.admit(now);
        assertThat(breaker.allows(now)).isFalse();
    }

    @Test
    void recoversToHalfOpenAtOnce() {
        open();
        breaker.recover();
        assertThat(breaker.state(now)).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    }

    @Test
    void withoutAnyNumberOfFailuresItNeverOpens() {
        CircuitBreaker never = new CircuitBreaker(new CircuitBreaker.Rule(0, 1, SECOND, SECOND, SECOND, 1, 1));
        for (int i = 0; i < 1_000; i++) {
            never.failed(never.admit(now), now, 0);
        }
        assertThat(never.allows(now)).isTrue();
    }

    /** Whatever happens in whatever order: no more probes than allowed, and it never stays open longer than its cap. */
    @Property(tries = 500)
    void neverLetsTooManyProbesThroughAndNeverStaysOpen(
            @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 5) Integer> events, @ForAll long random) {
        CircuitBreaker one = new CircuitBreaker(RULE);
        ArrayDeque<Long> underWay = new ArrayDeque<>();
        long time = random;
        for (int event : events) {
            CircuitBreaker.State state = one.state(time);
            switch (event) {
                case 0, 1 -> {
                    long ticket = one.admit(time);
                    if (state != CircuitBreaker.State.HALF_OPEN) {
                        assertThat(ticket == CircuitBreaker.REFUSED).isEqualTo(state == CircuitBreaker.State.OPEN);
                    }
                    if (ticket != CircuitBreaker.REFUSED) {
                        underWay.add(ticket);
                    }
                    if (state == CircuitBreaker.State.HALF_OPEN) {
                        long probes = underWay.stream()
                                .filter(other -> other == ticket)
                                .count();
                        assertThat(probes).isLessThanOrEqualTo(RULE.probes());
                    }
                }
                case 2 -> one.failed(next(underWay), time, random);
                case 3 -> one.succeeded(next(underWay), time);
                case 4 -> one.abandoned(next(underWay));
                default -> time += SECOND / 3;
            }
            assertThat(one.retryAfterNanos(time)).isBetween(0L, RULE.maxCoolDownNanos() * 6 / 5);
        }
        assertThat(one.state(time + RULE.maxCoolDownNanos() * 6 / 5)).isNotEqualTo(CircuitBreaker.State.OPEN);
    }

    private static long next(ArrayDeque<Long> tickets) {
        return tickets.isEmpty() ? CircuitBreaker.REFUSED : tickets.remove();
    }
}
