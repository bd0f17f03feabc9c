package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Step;
import dev.freefleet.testkit.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LimiterTest {
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

    @Test
    void allOrNone() {
        for (int i = 0; i < 10; i++) {
            take("empty");
        }
        for (int i = 0; i < 100; i++) {
            assertThat(take("full", "empty")).isFalse();
        }
        for (int i = 0; i < 10; i++) {
            assertThat(take("full")).as("nothing was taken from it").isTrue();
        }
    }

    @Test
    void aLookTakesNothing() {
        Step.Allowance look = new Step.Allowance("a", TEN_A_SECOND, 0);
        for (int i = 0; i < 100; i++) {
            assertThat(limiter.take(List.of(look)).getFirst().remaining()).isEqualTo(10);
        }
    }

    @Test
    void threadsTakeNoMoreThanThereIs() {
        AtomicInteger allowed = new AtomicInteger();
        IntStream.range(0, 20_000).parallel().forEach(i -> {
            if (take("shared", "own" + i % 50, "other" + i % 3)) {
                allowed.incrementAndGet();
            }
        });
        assertThat(allowed).hasValue(10);
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
