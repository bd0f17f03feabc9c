package dev.freefleet.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadClientTest {
    private static final Requests REQUESTS =
            Requests.cycle(10, n -> "GET /query?q=near-" + n + " HTTP/1.1\r\nHost: bench.test\r\n\r\n");

    @Test
    void aClosedLoopAsksExactlyAsOftenAsItWasTold() throws IOException {
        try (var origin = new Origin(0, 0);
                var client = new LoadClient(origin.port(), 8)) {
            var outcome = client.closed(REQUESTS, 5_000, Duration.ofSeconds(30));
            assertThat(outcome.answered()).isEqualTo(5_000);
            assertThat(outcome.refused()).isZero();
            assertThat(outcome.bodyBytes()).isEqualTo(5_000L * 1_024);
            assertThat(outcome.latency().getTotalCount()).isEqualTo(5_000);
        }
    }

    /**
     * One connection to an origin that takes 20 ms, at 100 requests a second: half of them wait for a free connection,
     * ever longer. A generator that omits this would see 20 ms throughout.
     */
    @Test
    void anOpenLoopCountsTheWaitForAStalledPeer() throws IOException {
        try (var origin = new Origin(0, 20);
                var client = new LoadClient(origin.port(), 1)) {
            var outcome = client.open(REQUESTS, 100, Duration.ofSeconds(1));
            assertThat(outcome.answered()).isEqualTo(100);
            assertThat(outcome.micros(100)).isGreaterThan(500_000);
            assertThat(outcome.micros(0)).isGreaterThanOrEqualTo(20_000);
        }
    }

    @Test
    void anOpenLoopThatSleepsCountsTheWaitToo() throws IOException {
        try (var origin = new Origin(0, 20);
                var client = new LoadClient(origin.port(), 1)) {
            var outcome = client.openAsleep(REQUESTS, 100, Duration.ofSeconds(1));
            assertThat(outcome.answered()).isEqualTo(100);
            assertThat(outcome.micros(100)).isGreaterThan(500_000);
            assertThat(outcome.micros(0)).isGreaterThanOrEqualTo(20_000);
        }
    }
}
