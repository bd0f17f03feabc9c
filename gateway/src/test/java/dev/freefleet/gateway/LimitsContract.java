package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Step;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What everything that counts rates does; its clock may run on while it is looked at. */
abstract class LimitsContract {
    /** So slow that nothing comes back during a test. */
    static final RateLimit TEN_A_DAY = new RateLimit(10, Duration.ofDays(1).toMillis());

    abstract List<Gcra.Taken> take(List<Step.Allowance> allowances);

    private boolean take(String... buckets) {
        return take(Arrays.stream(buckets)
                        .map(bucket -> new Step.Allowance(bucket, TEN_A_DAY))
                        .toList())
                .stream()
                .allMatch(Gcra.Taken::allowed);
    }

    @Test
    void tenComeAtOnceAndNoMore() {
        for (int i = 9; i >= 0; i--) {
            Gcra.Taken taken = take(List.of(new Step.Allowance("a", TEN_A_DAY))).getFirst();
            assertThat(taken.allowed()).isTrue();
            assertThat(taken.remaining()).isEqualTo(i);
            assertThat(taken.resetMillis()).isBetween((10 - i) * 8_640_000L - 60_000, (10 - i) * 8_640_000L);
        }
        Gcra.Taken refused = take(List.of(new Step.Allowance("a", TEN_A_DAY))).getFirst();
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfterMillis()).isBetween(8_640_000L - 60_000, 8_640_000L);
        assertThat(take("b")).as("another bucket").isTrue();
    }

    @Test
    void theyComeBackWithTime() {
        RateLimit fast = new RateLimit(20, 1_000, 1);
        AtomicInteger allowed = new AtomicInteger();
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (allowed.get() < 5 && System.nanoTime() < end) {
            if (take(List.of(new Step.Allowance("a", fast))).getFirst().allowed()) {
                allowed.incrementAndGet();
            }
            passMillis(5);
        }
        assertThat(allowed).hasValue(5);
    }

    /** Lets time pass for what counts. */
    abstract void passMillis(int millis);

    @Test
    void allOrNone() {
        for (int i = 0; i < 10; i++) {
            assertThat(take("empty")).isTrue();
        }
        for (int i = 0; i < 30; i++) {
            assertThat(take("full", "empty")).isFalse();
        }
        for (int i = 0; i < 10; i++) {
            assertThat(take("full")).as("nothing was taken from it").isTrue();
        }
    }

    @Test
    void aLookTakesNothing() {
        Step.Allowance look = new Step.Allowance("a", TEN_A_DAY, 0);
        for (int i = 0; i < 30; i++) {
            assertThat(take(List.of(look)).getFirst().remaining()).isEqualTo(10);
        }
    }

    @Test
    void threadsTakeNoMoreThanThereIs() {
        AtomicInteger allowed = new AtomicInteger();
        IntStream.range(0, 2_000).parallel().forEach(i -> {
            if (take("shared", "own" + i % 500, "other" + i % 300)) {
                allowed.incrementAndGet();
            }
        });
        assertThat(allowed).hasValue(10);
    }
}
