package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Step;
import dev.freefleet.testkit.SettableClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimiterTest extends LimitsContract {
    private static final RateLimit TEN_A_SECOND = new RateLimit(10, 1_000);

    private final SettableClock clock = new SettableClock(0);
    private final Limiter limiter = new Limiter(1_000, clock::nanos);

    private boolean take(String... buckets) {
        return limiter
                .take(java.util.Arrays.stream(buckets)
                        .map(bucket -> new Step.Allowance(bucket, TEN_A_SECOND))
                        .toList())
                .stream()
                .allMatch(Gcra.Taken::allowed);
    }

    @Test
    void tenComeAtOnceAndThenOneATenthOfASecond() {
        for (int i = 0; i < 10; i++) {
            assertThat(take("a")).isTrue();
        }
        assertThat(take("a")).isFalse();
        clock.advance(Duration.ofMillis(100));
        assertThat(take("a")).isTrue();
        assertThat(take("a")).isFalse();
    }

    @Override
    List<Gcra.Taken> take(List<Step.Allowance> allowances) {
        return limiter.take(allowances);
    }

    @Override
    void passMillis(int millis) {
        clock.advance(Duration.ofMillis(millis));
    }

    @Test
    void whatSomebodyElseCountedIsTakenOver() {
        Step.Allowance allowance = new Step.Allowance("a", TEN_A_SECOND);
        limiter.adopt(List.of(allowance), new long[] {Duration.ofMillis(700).toNanos()});
        assertThat(limiter.look(List.of(allowance)).getFirst().remaining()).isEqualTo(2);
        assertThat(limiter.look(List.of(allowance)).getFirst().remaining()).isEqualTo(2);
        for (int i = 0; i < 3; i++) {
            assertThat(take("a")).isTrue();
        }
        assertThat(take("a")).isFalse();
    }

    @Test
    void bucketsAreBoundedAndTheSpentOnesGoLast() {
        for (int i = 0; i < 10; i++) {
            take("spent");
        }
        for (int i = 0; i < 100_000; i++) {
            take("other" + i);
        }
        assertThat(limiter.size()).isLessThanOrEqualTo(1_000);
        assertThat(take("spent"))
                .as("an attacker's flood buys no new allowance")
                .isFalse();
    }

    @Test
    void fullBucketsAreForgotten() {
        for (int i = 0; i < 900; i++) {
            take("b" + i);
        }
        clock.advance(Duration.ofSeconds(2));
        for (int i = 0; i < 900; i++) {
            take("c" + i);
        }
        assertThat(limiter.size()).isLessThanOrEqualTo(1_000);
    }
}
