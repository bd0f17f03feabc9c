package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HealthChecksTest {
    private final HealthChecks checks = new HealthChecks(3, 2);

    @Test
    void changesAfterEnoughInARow() {
        assertThat(checks.checked(false)).isTrue();
        assertThat(checks.checked(false)).isTrue();
        assertThat(checks.checked(true)).isTrue();
        assertThat(checks.checked(false)).isTrue();
        assertThat(checks.checked(false)).isTrue();
        assertThat(checks.checked(false)).isFalse();
        assertThat(checks.checked(true)).isFalse();
        assertThat(checks.checked(false)).isFalse();
        assertThat(checks.checked(true)).isFalse();
        assertThat(checks.checked(true)).isTrue();
    }

    @Test
    void anAnsweredRequestIsWorthMoreThanFailedChecks() {
        for (int i = 0; i < 10; i++) {
            assertThat(checks.checked(false)).isTrue();
            checks.answered();
        }
        checks.checked(false);
        checks.checked(false);
        checks.checked(false);
        checks.answered();
        assertThat(checks.isHealthy()).as("it does not make it healthy").isFalse();
        checks.reset();
        assertThat(checks.isHealthy()).isTrue();
    }

    @Test
    void noneCountsWhereItIsOff() {
        HealthChecks off = new HealthChecks(0, 1);
        assertThat(off.checked(false)).isTrue();
    }
}
