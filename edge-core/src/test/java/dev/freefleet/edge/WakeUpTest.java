package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WakeUpTest {
    private final WakeUp wakeUp = new WakeUp(60, 2);

    @Test
    void theFirstStartsItAndABoundedNumberWaits() {
        assertThat(wakeUp.isWaking(0)).isFalse();
        assertThat(wakeUp.enter(0)).isEqualTo(WakeUp.Entry.STARTS);
        assertThat(wakeUp.enter(1)).isEqualTo(WakeUp.Entry.WAITS);
        assertThat(wakeUp.enter(2)).isEqualTo(WakeUp.Entry.FULL);
        assertThat(wakeUp.begin(2)).isFalse();
        wakeUp.leave();
        assertThat(wakeUp.enter(3)).isEqualTo(WakeUp.Entry.WAITS);
        assertThat(wakeUp.waiting()).isEqualTo(2);
    }

    @Test
    void aWakingThatTakesTooLongIsStartedAnew() {
        wakeUp.enter(0);
        assertThat(wakeUp.isWaking(59)).isTrue();
        assertThat(wakeUp.isWaking(60)).isFalse();
        assertThat(wakeUp.enter(60)).isEqualTo(WakeUp.Entry.STARTS);
    }

    @Test
    void onceAwakeTheNextSleepIsAnother() {
        assertThat(wakeUp.begin(0)).isTrue();
        wakeUp.awake();
        assertThat(wakeUp.isWaking(1)).isFalse();
        assertThat(wakeUp.begin(1)).isTrue();
    }
}
