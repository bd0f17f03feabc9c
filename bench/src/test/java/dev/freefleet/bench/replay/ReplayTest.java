package dev.freefleet.bench.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.trace.Trace;
import dev.freefleet.testkit.trace.TraceEvent;
import dev.freefleet.testkit.trace.TraceSettings;
import dev.freefleet.testkit.trace.Typing;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final Trace TRACE = new Trace(
            TraceSettings.day(5, 1_500).withQuestions(200).withReingests(2).withTyping(Typing.UNICODE));

    @Test
    void theBrainItselfIsAlwaysRightAndSeesEveryAsk() throws IOException, InterruptedException {
        try (var brain = new ReplayBrain(Typing.UNICODE, 0, 3_600)) {
            Tally tally = new Replay(new HttpCache(brain.port(), "none", false), brain, 0).play(TRACE);
            assertThat(tally.right()).isEqualTo(1_500);
            assertThat(tally.reached()).isEqualTo(1_500);
            assertThat(tally.distinct()).isBetween(200L, 900L);
        }
    }

    @Test
    void theUrlCacheSavesSomeAndKeepsAnOldIndexPastAReingest() throws IOException, InterruptedException {
        try (var brain = new ReplayBrain(Typing.UNICODE, 0, 3_600)) {
            var cache = new UrlCache(new HttpCache(brain.port(), "none", false), 3_600, System::nanoTime);
            Tally tally = new Replay(cache, brain, 0).play(TRACE);
            assertThat(tally.reached()).isBetween(1_000L, 1_499L);
            assertThat(tally.older()).isPositive();
            assertThat(tally.wrong()).isZero();
            assertThat(tally.right() + tally.older()).isEqualTo(1_500);
        }
    }

    @Test
    void theUrlCacheForgetsWhenAnAnswersTimeIsOver() throws IOException, InterruptedException {
        long[] now = {0};
        try (var brain = new ReplayBrain(Typing.UNICODE, 0, 10)) {
            var cache = new UrlCache(new HttpCache(brain.port(), "none", false), 10, () -> now[0]);
            TraceEvent.Ask get = get();
            cache.ask(get);
            now[0] = 9_999_999_999L;
            cache.ask(get);
            assertThat(brain.asked()).isEqualTo(1);
            now[0] = 10_000_000_000L;
            cache.ask(get);
            assertThat(brain.asked()).isEqualTo(2);
        }
    }

    /** The check can fail: a cache that ignores the content is caught. */
    @Test
    void aCacheThatIgnoresTheContentIsFoundWrong() throws IOException, InterruptedException {
        try (var brain = new ReplayBrain(Typing.UNICODE, 0, 3_600)) {
            var direct = new HttpCache(brain.port(), "none", false);
            Map<String, Cache.Reply> kept = new ConcurrentHashMap<>();
            Cache careless = new Cache() {
                @Override
                public Reply ask(TraceEvent.Ask ask) throws IOException, InterruptedException {
                    Reply found = kept.get(ask.target());
                    Reply reply = found == null ? direct.ask(ask) : found;
                    kept.put(ask.target(), reply);
                    return reply;
                }

                @Override
                public boolean followsHealth() {
                    return false;
                }
            };
            Tally tally = new Replay(careless, brain, 0).play(TRACE);
            assertThat(tally.wrong()).isGreaterThan(500);
        }
    }

    private static TraceEvent.Ask get() {
        for (TraceEvent event : TRACE) {
            if (event instanceof TraceEvent.Ask ask && ask.method().equals("GET")) {
                return ask;
            }
        }
        throw new AssertionError("the trace has no GET");
    }
}
