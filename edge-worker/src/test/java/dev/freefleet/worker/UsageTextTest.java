package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Events as the fleet takes them. */
class UsageTextTest {
    /** The fleet refuses a batch for one number that is out of its range. */
    @Test
    void aClockThatWasSetBackMakesNoDurationBelowZero() {
        UsageEvent event = new UsageEvent(
                "id", 1, 0, 0, "open", "GET", 999, CacheOutcome.NONE, -3_000, -2_000, 0, 0, null, null, "worker");
        assertThat(UsageText.of(event, new Questions(Map.of(), true)).whole())
                .contains("\"status\":599", "\"latency_us\":0,", "\"origin_us\":0,");
    }
}
