package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.data.rollup.UsageFixture;
import dev.freefleet.edge.UsageEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which questions a restored Brain is asked. */
class BackupHistoryTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Instant SINCE = NOW.minus(Duration.ofDays(30));
    private static final DataConfig.External DATABASE = TestServer.newDatabase();
    private static final Clock CLOCK = new TestClock(NOW.toString());

    private static BackupHistory history;

    @BeforeAll
    static void ask() throws Exception {
        List<UsageEvent> asked = new ArrayList<>();
        asked.addAll(events(3, NOW, 200, "asked three times"));
        asked.addAll(events(2, NOW.minus(Duration.ofDays(9)), 200, "b asked twice"));
        asked.addAll(events(1, NOW, 200, "a asked twice"));
        asked.addAll(events(1, NOW.minus(Duration.ofDays(1)), 304, "a asked twice"));
        asked.addAll(events(1, SINCE, 200, "asked on the bound"));
        asked.addAll(events(4, SINCE.minusMillis(1), 200, "asked before the bound"));
        asked.addAll(events(4, SINCE.minusMillis(1), 200, "asked on the bound"));
        asked.addAll(events(5, NOW, 400, "refused"));
        asked.addAll(events(5, NOW, 429, "limited"));
        asked.addAll(events(5, NOW, 503, "failed"));
        asked.addAll(events(2, NOW, 503, "asked on the bound"));
        asked.addAll(events(6, NOW, 200, null));
        try (DataPlane plane = DataPlane.open(DataConfig.of(DATABASE), CLOCK)) {
            UsageFixture.write(plane, asked);
        }
        history = BackupHistory.open(DATABASE);
    }

    @AfterAll
    static void close() {
        history.close();
    }

    private static List<UsageEvent> events(int count, Instant time, int status, @Nullable String text) {
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            UsageEvent e = TestEvents.event(UUID.randomUUID().toString(), time, text);
            events.add(new UsageEvent(
                    e.id(),
                    e.timeMillis(),
                    e.keyId(),
                    e.userId(),
                    e.route(),
                    e.method(),
                    status,
                    e.cache(),
                    e.latencyMicros(),
                    e.originMicros(),
                    e.bytesIn(),
                    e.bytesOut(),
                    e.queryDigest(),
                    e.queryText(),
                    e.node()));
        }
        return events;
    }

    @Test
    void theMostFrequentAnsweredQuestionsOfTheSpanComeFirst() {
        assertThat(history.frequentQuestions(SINCE, 100))
                .containsExactly("asked three times", "a asked twice", "b asked twice", "asked on the bound");
    }

    @Test
    void noMoreComeThanAreWanted() {
        assertThat(history.frequentQuestions(SINCE, 2)).containsExactly("asked three times", "a asked twice");
    }

    @Test
    void ofASpanInWhichNothingWasAskedNoneCome() {
        assertThat(history.frequentQuestions(NOW.plusMillis(1), 100)).isEmpty();
    }

    @Test
    void theSpanDecidesWhatIsFrequent() {
        assertThat(history.frequentQuestions(Instant.EPOCH, 2))
                .containsExactly("asked on the bound", "asked before the bound");
    }
}
