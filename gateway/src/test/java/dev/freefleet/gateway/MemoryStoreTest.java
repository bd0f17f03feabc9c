package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryStoreTest extends AnswerStoreContract {
    @Override
    AnswerStore store() {
        return new MemoryStore(2 << 20);
    }

    @Test
    void aScanDoesNotPushOutWhatIsAskedOften() {
        AnswerStore store = store(); // holds some 1,600 of these
        int hits = 0;
        int asked = 0;
        for (int i = 0; i < 40_000; i++) {
            isHit(store, "once" + i);
            if (i % 4 == 0) {
                boolean hit = isHit(store, "hot" + i / 4 % 200);
                asked += i > 8_000 ? 1 : 0;
                hits += i > 8_000 && hit ? 1 : 0;
            }
        }
        assertThat(hits).isGreaterThan(asked * 9 / 10);
        assertThat(store.stats().bytes()).isLessThanOrEqualTo(2 << 20);
    }

    private static boolean isHit(AnswerStore store, String key) {
        boolean hit = !found(store, key).isEmpty();
        if (!hit) {
            store.put(key, answer("x".repeat(1_000), "en"));
        }
        return hit;
    }
}
