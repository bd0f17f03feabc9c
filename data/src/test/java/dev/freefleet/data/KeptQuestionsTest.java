package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeptQuestionsTest {
    private final KeptQuestions questions = new KeptQuestions();

    @Test
    void isKeptFromItsSecondTimeOn() {
        assertThat(isKept("digest", "text")).isFalse();
        assertThat(isKept("digest", "text")).isFalse();
        assertThat(isKept("digest", "text")).isTrue();
        assertThat(isKept("digest", "other text")).isFalse();
        assertThat(isKept("digest", null)).isFalse();
        assertThat(isKept(null, "text")).isFalse();
    }

    @Test
    void aLongOneIsNotKept() {
        String longText = "x".repeat(257);
        for (int i = 0; i < 5; i++) {
            assertThat(isKept("digest", longText)).isFalse();
        }
    }

    /** Whatever came before, nobody is given what became of another's question. */
    @Property(tries = 50)
    void isOnlyEverWhatBecameOfTheSame(@ForAll @IntRange(min = 1, max = 8_000) int distinct, @ForAll int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int number = random.nextInt(distinct);
            int variant = random.nextInt(3);
            @Nullable String digest = number % 5 == 0 ? null : "digest " + number;
            @Nullable String text = variant == 0 ? null : variant + " of " + number;
            KeptQuestions.@Nullable Kept found = questions.find(digest, text);
            if (found == null) {
                questions.add(digest, text, new KeptQuestions.Kept("of " + digest, "of " + text, new byte[0]));
            } else {
                assertThat(found.keyed()).isEqualTo("of " + digest);
                assertThat(found.redacted()).isEqualTo("of " + text);
            }
        }
    }

    private boolean isKept(@Nullable String digest, @Nullable String text) {
        boolean kept = questions.find(digest, text) != null;
        if (!kept) {
            questions.add(digest, text, new KeptQuestions.Kept(null, null, new byte[0]));
        }
        return kept;
    }
}
