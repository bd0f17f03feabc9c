package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TurnQueueTest {
    private static final long SECOND = 1_000_000_000L;

    private final TurnQueue<String> queue = new TurnQueue<>(4);

    @Test
    void theHigherGoFirstAndEqualsInOrder() {
        queue.offer("a", 0, 0);
        queue.offer("b", 5, 1);
        queue.offer("c", 0, 0);
        queue.offer("d", 5, 2);
        assertThat(queue.offer("one too many", 10, 3)).isNull();
        assertThat(List.of(
                        String.valueOf(queue.poll()),
                        String.valueOf(queue.poll()),
                        String.valueOf(queue.poll()),
                        String.valueOf(queue.poll())))
                .containsExactly("b", "d", "a", "c");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void whoeverHasWaitedLongerThanTheLeadGoesFirst() {
        queue.offer("low", -10, 0);
        queue.offer("high", 10, 20 * SECOND + 1);
        assertThat(queue.poll()).isEqualTo("low");
    }

    @Test
    void aPlaceCanBeGivenUpOnce() {
        TurnQueue.Turn<String> a = Objects.requireNonNull(queue.offer("a", 0, 0));
        queue.offer("b", 0, 0);
        assertThat(queue.remove(a)).isTrue();
        assertThat(queue.remove(a)).isFalse();
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo("b");
    }

    private record Asker(int priority, long since) {}

    /** Nobody is overtaken by who came more than twenty seconds later, and equals never change places. */
    @Property
    void nobodyStarves(@ForAll @Size(max = 100) List<@IntRange(min = -10, max = 10) Integer> priorities) {
        TurnQueue<Asker> turns = new TurnQueue<>(100);
        long since = Long.MAX_VALUE - 50 * SECOND; // the clock wraps
        for (int priority : priorities) {
            turns.offer(new Asker(priority, since), priority, since);
            since += SECOND;
        }
        List<Asker> order = new ArrayList<>();
        for (Asker next = turns.poll(); next != null; next = turns.poll()) {
            order.add(next);
        }
        assertThat(order).hasSameSizeAs(priorities);
        for (int i = 0; i < order.size(); i++) {
            for (Asker later : order.subList(i, order.size())) {
                assertThat(order.get(i).since - later.since).isLessThanOrEqualTo(20 * SECOND);
                if (order.get(i).priority == later.priority) {
                    assertThat(order.get(i).since - later.since).isLessThanOrEqualTo(0);
                }
            }
        }
    }
}
