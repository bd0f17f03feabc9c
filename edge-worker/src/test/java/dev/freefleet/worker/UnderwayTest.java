package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UnderwayTest {
    private static final long DEAD = Underway.DEAD_MILLIS;

    private final Underway underway = new Underway();

    @Test
    void aKeyHasSoManyPlacesAndGetsThemBack() {
        Underway.Held first = underway.begin(0);
        Underway.Held second = underway.begin(0);
        assertThat(first.place("key:1", 1)).isTrue();
        assertThat(second.place("key:1", 1)).isFalse();
        assertThat(second.place("key:2", 1)).isTrue();
        first.end();
        first.end();
        assertThat(second.place("key:1", 1)).isTrue();
        assertThat(underway.begin(0).place("key:1", 1)).isFalse();
    }

    @Test
    void allTogetherHaveSoMuchMemory() {
        Underway.Held first = underway.begin(0);
        Underway.Held second = underway.begin(0);
        assertThat(first.memory(Underway.MAX_BYTES - 10)).isTrue();
        assertThat(second.memory(11)).isFalse();
        assertThat(second.memory(10)).isTrue();
        first.end();
        assertThat(second.memory(Underway.MAX_BYTES - 10)).isTrue();
        assertThat(second.memory(1)).isFalse();
    }

    @Test
    void whatARequestHeldThatWasKilledIsGivenBack() {
        Underway.Held killed = underway.begin(0);
        assertThat(killed.place("key:1", 1)).isTrue();
        assertThat(killed.memory(Underway.MAX_BYTES)).isTrue();
        assertThat(underway.begin(DEAD - 1).place("key:1", 1)).isFalse();
        Underway.Held next = underway.begin(DEAD + 60_000);
        assertThat(next.place("key:1", 1)).isTrue();
        assertThat(next.memory(Underway.MAX_BYTES)).isTrue();
        killed.end(); // it was not dead after all; its place is another's by now
        assertThat(underway.begin(DEAD + 60_000).place("key:1", 1)).isFalse();
    }

    @Test
    void aStreamThatPassesSomethingKeepsWhatItHolds() {
        Underway.Held stream = underway.begin(0);
        assertThat(stream.place("key:1", 1)).isTrue();
        for (long now = 0; now < 5 * DEAD; now += DEAD / 2) {
            stream.isAlive(now);
            assertThat(underway.begin(now).place("key:1", 1))
                    .as("after %d ms", now)
                    .isFalse();
        }
    }

    @Property(tries = 300)
    void neverMorePlacesThanThereAreAndNoneIsLost(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 9) Integer> events) {
        Underway all = new Underway();
        List<Underway.Held> open = new ArrayList<>();
        Map<Underway.Held, Integer> taken = new HashMap<>();
        int held = 0;
        for (int event : events) {
            if (event < 6) {
                Underway.Held one = all.begin(0);
                boolean got = one.place("key:1", 3);
                assertThat(got).isEqualTo(held < 3);
                held += got ? 1 : 0;
                taken.put(one, got ? 1 : 0);
                open.add(one);
            } else if (!open.isEmpty()) {
                Underway.Held one = open.remove(event % open.size());
                one.end();
                held -= taken.getOrDefault(one, 0);
            }
        }
    }
}
