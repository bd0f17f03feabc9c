package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aFewAreAllowedInAnyCaseAndComeBackWithTime() {
        RetryBudget budget = new RetryBudget(10, 2);
        assertThat(budget.take(0)).isTrue();
        assertThat(budget.take(0)).isTrue();
        assertThat(budget.take(5 * SECOND)).isFalse();
        assertThat(budget.take(10 * SECOND)).isTrue();
    }

    @Test
    void noneIsAllowedAtAShareOfNone() {
        assertThat(new RetryBudget(0, 5).take(0)).isFalse();
    }

    @Property
    void neverMoreThanTheShareOrTheMinimum(
            @ForAll @IntRange(min = 1, max = 100) int percent,
            @ForAll @IntRange(max = 20) int minimum,
            @ForAll @IntRange(max = 2_000) int requests) {
        RetryBudget budget = new RetryBudget(percent, minimum);
        int taken = 0;
        for (int i = 0; i < requests; i++) {
            budget.requested(i * SECOND / 1_000);
            taken += budget.take(i * SECOND / 1_000) ? 1 : 0;
        }
        assertThat(taken).isLessThanOrEqualTo(Math.max(minimum, requests * percent / 100));
        assertThat(taken).isGreaterThanOrEqualTo(Math.min(minimum, requests));
    }
}
