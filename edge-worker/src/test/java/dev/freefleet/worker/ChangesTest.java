package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChangesTest {
    private final Changes changes = new Changes();

    @Test
    void whatAnotherRequestHasChangedSinceIsPast() {
        Changes.Mark before = changes.mark("reader");
        changes.add("a", 1_000, "writer");
        assertThat(before.isPast("a")).isTrue();
        assertThat(before.isPast("b")).isFalse();
        assertThat(changes.mark("reader").isPast("a")).isFalse();
    }

    @Test
    void whatARequestAnswersIsNotPastItsOwnChange() {
        Changes.Mark mark = changes.mark("writer");
        changes.add("a", 1_000, "writer");
        assertThat(mark.isPast("a")).isFalse();
        changes.add("a", 1_001, "another");
        assertThat(mark.isPast("a")).isTrue();
    }

    @Test
    void anAnswerIsOutdatedByWhatCameAfterIt() {
        changes.add("a", 1_000, "writer");
        assertThat(changes.outdates("a", 1_000)).isTrue();
        assertThat(changes.outdates("a", 1_001)).isFalse();
        assertThat(changes.outdates("b", 1_000)).isFalse();
    }

    @Test
    void whatIsForgottenCountsAsChanged() {
        Changes.Mark early = changes.mark("reader");
        for (int i = 0; i < 4_097; i++) {
            changes.add("key " + i, 1_000, "writer");
        }
        assertThat(early.isPast("never changed")).isTrue();
        assertThat(changes.mark("reader").isPast("never changed")).isFalse();
    }

    @Test
    void aKeyThatIsChangedAgainIsRememberedForItsLatestChange() {
        for (int i = 0; i < 4_096; i++) {
            changes.add("key " + i, 1_000, "writer");
        }
        changes.add("key 0", 2_000, "writer");
        changes.add("another", 2_000, "writer");
        assertThat(changes.outdates("key 0", 1_500)).isTrue();
    }
}
