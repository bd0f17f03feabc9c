package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stale answers while the origin is slow, left alone, or asleep. */
class StaleWhileSlowTest {
    private static final CacheRule.Http RULE =
            new CacheRule.Http(1 << 20, false, new CacheRule.Stale(0, 3_600_000, 2_000));

    private final TestShell shell = new TestShell(Policies.only(Policies.open("files", "/**", RULE)));

    private TestShell.Answer get(String... fields) {
        return shell.send("GET", "/a", "", fields);
    }

    private void stored(String control) {
        shell.origin = request -> shell.answer(200, "old", "cache-control", control, "etag", "\"1\"");
        get();
        shell.asked.clear();
        shell.now += 60_000;
    }

    private void events(Event... events) {
        ArrayDeque<Event> next = new ArrayDeque<>(List.of(events));
        shell.origin = request -> next.remove();
    }

    @Test
    void theStaleAnswerIsGivenAndTheFetchGoesOnBehindAndIsStored() {
        stored("max-age=10");
        events(new Event.OriginSlow(), shell.answer(200, "new", "cache-control", "max-age=100"));
        TestShell.Answer answer = get();
        assertThat(answer.cacheStatus()).isEqualTo("FreeFleet; fwd=stale; ttl=-50; detail=origin-slow");
        assertThat(answer.usage().cache()).isEqualTo(CacheOutcome.STALE);
        List<OriginRequest> asked = shell.asked;
        assertThat(asked).hasSize(2);
        assertThat(asked.getLast().fields().first("if-none-match"))
                .as("the exchange behind asks for what was asked already")
                .isEqualTo(asked.getFirst().fields().first("if-none-match"));
        assertThat(get().text()).isEqualTo("new");
    }

    @Test
    void theFetchTellsAfterWhichTimeItIsSlow() {
        stored("max-age=10");
        events(shell.answer(200, "new"));
        get();
        assertThat(fetch().slowMillis()).isEqualTo(2_000);
        assertThat(fetch().hasStale()).isTrue();
    }

    @Test
    void whatMustNotBeUsedStaleIsWaitedFor() {
        stored("max-age=10, must-revalidate");
        events(shell.answer(200, "new"));
        assertThat(get().text()).isEqualTo("new");
        assertThat(fetch().slowMillis()).isZero();
        assertThat(fetch().hasStale()).isFalse();
    }

    @Test
    void anAgeBeyondTheBoundIsWaitedFor() {
        stored("max-age=10");
        shell.now += 3_600_000;
        events(shell.answer(200, "new"));
        get();
        assertThat(fetch().slowMillis()).isZero();
    }

    @Test
    void aRequestThatForbidsStoringIsWaitedForButHasItsFallback() {
        stored("max-age=10");
        events(shell.answer(200, "new"));
        get("cache-control", "no-store");
        assertThat(fetch().slowMillis()).isZero();
    }

    private Step.Fetch fetch() {
        return (Step.Fetch) shell.steps.stream()
                .filter(Step.Fetch.class::isInstance)
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Event.Failure.class)
    void everyFailureHasItsStatusOrAStaleAnswerWithALabel(Event.Failure failure) {
        events(new Event.OriginFailed(failure, 7));
        TestShell.Answer away = get();
        String retryAfter = away.fields().first("retry-after");
        switch (failure) {
            case UNREACHABLE, BROKEN -> assertThat(away.status()).isEqualTo(502);
            case TIMEOUT -> assertThat(away.status()).isEqualTo(504);
            case OVERLOADED, CIRCUIT_OPEN, ASLEEP -> {
                assertThat(away.status()).isEqualTo(503);
                assertThat(retryAfter).isEqualTo("7");
            }
        }
        stored("max-age=10");
        events(new Event.OriginFailed(failure));
        TestShell.Answer stale = get();
        String label = switch (failure) {
            case UNREACHABLE, TIMEOUT, OVERLOADED, BROKEN -> "stale-if-error";
            case CIRCUIT_OPEN -> "circuit-open";
            case ASLEEP -> "origin-asleep";
        };
        assertThat(stale.text()).isEqualTo("old");
        assertThat(stale.cacheStatus()).isEqualTo("FreeFleet; fwd=stale; ttl=-50; detail=" + label);
    }
}
