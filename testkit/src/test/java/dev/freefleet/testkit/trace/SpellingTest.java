package dev.freefleet.testkit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SpellingTest {
    @Property
    void differentNumbersAreDifferentQuestions(
            @ForAll @IntRange(min = 0, max = 9_999_999) int one,
            @ForAll @IntRange(min = 0, max = 9_999_999) int other) {
        assertThat(Question.of(one, 0.15)
                        .canonical()
                        .equals(Question.of(other, 0.15).canonical()))
                .isEqualTo(one == other);
    }

    @Test
    void aPopularQuestionIsWrittenInManyWays() {
        Map<Question, Set<String>> spellings = new HashMap<>();
        for (TraceEvent.Ask ask : TraceTest.asks(new Trace(TraceSettings.day(1, 20_000)))) {
            spellings
                    .computeIfAbsent(ask.question(), question -> new HashSet<>())
                    .add(ask.method() + ask.target() + ask.json());
        }
        assertThat(spellings.values().stream().mapToInt(Set::size).max().orElse(0))
                .isGreaterThanOrEqualTo(6);
    }

    @Test
    void onlyAFreelyTypedTraceVariesTheTextItself() {
        assertThat(TraceTest.asks(new Trace(TraceSettings.day(1, 2_000))))
                .extracting(TraceEvent.Ask::json)
                .filteredOn(json -> json != null)
                .allSatisfy(json -> assertThat(json).doesNotContain("What", "WHAT", "  what"));
        assertThat(TraceTest.asks(new Trace(TraceSettings.day(1, 2_000).withTyping(Typing.FOLDED))))
                .extracting(TraceEvent.Ask::json)
                .filteredOn(json -> json != null)
                .anySatisfy(json -> assertThat(json).contains("WHAT IS"));
    }
}
