package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.UsageEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventRingTest {
    @Property
    void itIsABoundedQueue(@ForAll List<Boolean> offers) {
        EventRing ring = new EventRing(8, 1 << 20);
        Queue<UsageEvent> model = new ArrayDeque<>();
        for (boolean offer : offers) {
            if (offer) {
                UsageEvent event = TestEvents.at(Instant.EPOCH);
                assertThat(ring.offer(event)).isEqualTo(model.size() < 8);
                if (model.size() < 8) {
                    model.add(event);
                }
            } else {
                assertThat(ring.poll()).isSameAs(model.poll());
            }
            assertThat(ring.size()).isEqualTo(model.size());
        }
    }

    @Test
    void itIsBoundedByBytesToo() {
        EventRing ring = new EventRing(1024, 1 << 20);
        UsageEvent heavy = TestEvents.event("id", Instant.EPOCH, "x".repeat(100_000));
        int taken = 0;
        while (ring.offer(heavy)) {
            taken++;
        }
        assertThat(taken).isEqualTo(5);
        assertThat(ring.poll()).isSameAs(heavy);
        assertThat(ring.offer(heavy)).isTrue();
    }

    @Test
    @Timeout(60)
    void eachProducersEventsComeOutOnceAndInOrder() throws Exception {
        EventRing ring = new EventRing(64, 1 << 20);
        int producers = 3;
        int each = 50_000;
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            String name = "p" + p;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    UsageEvent event = TestEvents.event(name, Instant.ofEpochMilli(i), null);
                    while (!ring.offer(event)) {
                        LockSupport.parkNanos(1_000);
                    }
                }
            }));
        }
        Map<String, Long> next = new HashMap<>();
        for (int taken = 0; taken < producers * each; ) {
            @Nullable UsageEvent event = ring.poll();
            if (event != null) {
                taken++;
                assertThat(event.timeMillis()).isEqualTo(next.getOrDefault(event.id(), 0L));
                next.merge(event.id(), 1L, Long::sum);
            } else {
                LockSupport.parkNanos(1_000);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(next).hasSize(producers).containsValue((long) each);
        assertThat(ring.poll()).isNull();
    }
}
