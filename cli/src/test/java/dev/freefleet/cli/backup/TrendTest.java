package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final Instant BEGIN = Instant.parse("2026-11-01T02:00:00Z");
    private static final double GB = 1e9;

    /** A size a day at two in the night. */
    private static List<ObjectNode> sizes(int days, IntToDoubleFunction gigabytes) {
        List<ObjectNode> events = new ArrayList<>();
        for (int day = 0; day < days; day++) {
            events.add(size("local", BEGIN.plus(Duration.ofDays(day)), gigabytes.applyAsDouble(day)));
            events.add(size("off-site", BEGIN.plus(Duration.ofDays(day)), 9 - 0.1 * day));
            events.add(Jsons.object().put("kind", "backup").put("store", "local"));
        }
        return events;
    }

    private static ObjectNode size(String store, Instant at, double gigabytes) {
        return Jsons.object()
                .put("kind", "size")
                .put("store", store)
                .put("at", at.toString())
                .put("bytes", (long) (gigabytes * GB))
                .put("cap_bytes", (long) (10 * GB));
    }

    @Test
    void aSteadyPaceIsContinued() {
        List<ObjectNode> events = sizes(20, day -> 5 + 0.1 * day);
        // 6.9 GB on the last day, and 0.1 GB a day.
        assertThat(Trend.daysUntilFull(events, "local")).isCloseTo(31, within(0.01));
        assertThat(Trend.daysUntilFull(events, "off-site"))
                .as("it shrinks")
                .isInfinite()
                .isPositive();
    }

    @Test
    void onlyTheLastMonthCounts() {
        List<ObjectNode> events = sizes(100, day -> day < 65 ? 0.1 * day : 6.5 + 0.01 * (day - 65));
        assertThat(Trend.daysUntilFull(events, "local")).isCloseTo(316, within(0.1));
    }

    @Test
    void aPruneAndALargeDayDoNotBendIt() {
        List<ObjectNode> events = sizes(28, day -> 4 + 0.1 * day + (day >= 10 ? 1 : 0) - (day >= 18 ? 1 : 0));
        assertThat(Trend.daysUntilFull(events, "local")).isCloseTo(33, within(1.0));
    }

    @Test
    void severalRunsOfADayCountOnce() {
        List<ObjectNode> events = sizes(10, day -> 5 + 0.1 * day);
        Instant last = BEGIN.plus(Duration.ofDays(9));
        for (int minute = 1; minute <= 60; minute++) {
            events.add(size("local", last.plus(Duration.ofMinutes(minute)), 5.9));
        }
        assertThat(Trend.daysUntilFull(events, "local")).isCloseTo(41, within(0.5));
    }

    @Test
    void fewDaysTellNothing() {
        assertThat(Trend.daysUntilFull(sizes(6, day -> 5 + 0.1 * day), "local")).isNaN();
        assertThat(Trend.daysUntilFull(List.of(), "local")).isNaN();
        assertThat(Trend.daysUntilFull(sizes(7, day -> 5 + 0.1 * day), "local")).isCloseTo(44, within(0.01));
        assertThat(Trend.daysUntilFull(sizes(9, day -> 12), "local")).isInfinite();
        assertThat(Trend.daysUntilFull(sizes(9, day -> 12 + day), "local")).isZero();
    }
}
