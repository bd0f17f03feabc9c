package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DemandTest {
    private static final long HOUR = 3_600_000;

    private final AtomicLong millis = new AtomicLong(1_764_000_000_000L);
    private final Demand demand = new Demand(millis::get);

    private static String key(int number) {
        return "query:%064x".formatted(number);
    }

    @Test
    void theHottestComeFirstAndAreForgottenByHalves() {
        demand.add(key(1), 2);
        demand.add(key(2), 5);
        demand.add(key(3), 1);
        demand.add(key(1), 2);
        assertThat(demand.hottest(9)).containsExactly(key(2), key(1), key(3));
        assertThat(demand.hottest(1)).containsExactly(key(2));
        millis.addAndGet(HOUR);
        assertThat(demand.hottest(9)).as("asked for once, an hour ago").containsExactly(key(1), key(2));
        demand.add(key(3), 3);
        assertThat(demand.hottest(9)).containsExactly(key(3), key(1), key(2));
        millis.addAndGet(100 * HOUR);
        assertThat(demand.hottest(9)).isEmpty();
        millis.addAndGet(-50 * HOUR);
        demand.add(key(4), 1);
        assertThat(demand.hottest(9)).as("a clock that is set back").containsExactly(key(4));
    }

    @Test
    void whatIsRareMakesRoomForWhatIsNew() {
        demand.add(key(0), 1_000_000);
        for (int i = 1; i < 3 * Demand.MAX_KEYS; i++) {
            demand.add(key(i), 1 + i % 7);
        }
        assertThat(demand.hottest(Integer.MAX_VALUE))
                .hasSizeLessThanOrEqualTo(Demand.MAX_KEYS)
                .startsWith(key(0))
                .contains(key(3 * Demand.MAX_KEYS - 1));
    }

    @Test
    void aKeyIsARouteAndADigest() {
        String digest = "0123456789abcdef".repeat(4);
        assertThat(Demand.isKey("query.smart:" + digest)).isTrue();
        for (String other : new String[] {
            "",
            "query",
            ":" + digest,
            "query:" + digest + "0",
            "query:" + digest.substring(1),
            "a b:" + digest,
            "query:" + digest.toUpperCase(java.util.Locale.ROOT),
            "x".repeat(129) + ":" + digest,
            "query:" + digest + "\n"
        }) {
            assertThat(Demand.isKey(other)).as(other).isFalse();
        }
    }
}
