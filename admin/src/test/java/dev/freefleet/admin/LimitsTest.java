package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
    @Test
    void ratesAreReadInEveryUnit() {
        assertThat(Limits.rate("10/s")).isEqualTo(new RateLimit(10, 1_000));
        assertThat(Limits.rate("60/min")).isEqualTo(new RateLimit(60, 60_000));
        assertThat(Limits.rate("7/h")).isEqualTo(new RateLimit(7, 3_600_000));
        assertThat(Limits.rate("5000/day")).isEqualTo(new RateLimit(5_000, 86_400_000));
        assertThat(Limits.rate("60/min burst 10")).isEqualTo(new RateLimit(60, 60_000, 10));
    }

    @Test
    void quotasAreReadInBothPeriods() {
        assertThat(Limits.quota("1000/day")).isEqualTo(new Quota(1_000, Quota.Period.DAY));
        assertThat(Limits.quota("20000/month")).isEqualTo(new Quota(20_000, Quota.Period.MONTH));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "60",
                "/min",
                "60/",
                "60/mn",
                "-1/s",
                "+1/s",
                "1.5/s",
                "0/s",
                "1000001/s",
                "60 / min",
                "60/min burst",
                "60/min burst 0",
                "60/min  burst 1",
                "60/min burst 1 2",
                "99999999999999999999/s",
                "٣/s"
            })
    void whatIsNoRateIsRefused(String written) {
        assertThatThrownBy(() -> Limits.rate(written)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1000", "1000/week", "0/day", "1000000001/day", "-5/day", "x/month"})
    void whatIsNoQuotaIsRefused(String written) {
        assertThatThrownBy(() -> Limits.quota(written)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void whatIsShownIsReadAgain(
            @ForAll @IntRange(min = 1, max = 1_000_000) int requests,
            @ForAll @IntRange(min = 1, max = 1_000_000) int burst,
            @ForAll @IntRange(min = 0, max = 3) int unit) {
        long period = new long[] {1_000, 60_000, 3_600_000, 86_400_000}[unit];
        RateLimit rate = new RateLimit(requests, period, burst);
        assertThat(Limits.rate(Limits.show(rate))).isEqualTo(rate);
        Quota quota = new Quota(requests, unit % 2 == 0 ? Quota.Period.DAY : Quota.Period.MONTH);
        assertThat(Limits.quota(Limits.show(quota))).isEqualTo(quota);
    }
}
