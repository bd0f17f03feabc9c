package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Step;
import dev.freefleet.testkit.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuotasTest extends QuotasContract {
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final SettableClock clock = new SettableClock(1_000);
    private final Quotas quotas = new Quotas(100, clock::millis);

    @Override
    List<Long> count(List<Step.QuotaUse> uses) {
        return quotas.count(uses);
    }

    @Override
    long endMillis() {
        return DAY;
    }

    @Test
    void whatOthersCountedCounts() {
        quotas.atLeast("a", 9, DAY);
        quotas.atLeast("a", 3, DAY);
        assertThat(quotas.count(List.of(use("a", 10)))).containsExactly(0L);
        quotas.atLeast("over", 9, 1_000);
        assertThat(quotas.size()).isEqualTo(1);
    }

    @Test
    void spansThatAreOverAreForgotten() {
        for (int i = 0; i < 100; i++) {
            quotas.count(List.of(use("k" + i, 5)));
        }
        clock.advance(Duration.ofDays(1));
        quotas.count(List.of(new Step.QuotaUse("next", 5, 2 * DAY)));
        assertThat(quotas.size()).isEqualTo(1);
        for (int i = 0; i < 500; i++) {
            quotas.count(List.of(new Step.QuotaUse("n" + i, 5, 2 * DAY)));
        }
        assertThat(quotas.size()).isLessThanOrEqualTo(100);
    }

    @Test
    void threadsCountNoMoreThanThereIs() {
        AtomicInteger counted = new AtomicInteger();
        IntStream.range(0, 10_000).parallel().forEach(i -> {
            if (quotas.count(List.of(use("shared", 500), use("own" + i % 20, 10_000))).stream()
                    .allMatch(left -> left >= 0)) {
                counted.incrementAndGet();
            }
        });
        assertThat(counted).hasValue(500);
    }

    @Test
    void placesAreHeldAndGivenBack() {
        Places places = new Places();
        assertThat(places.hold("a", 2)).isTrue();
        assertThat(places.hold("a", 2)).isTrue();
        assertThat(places.hold("a", 2)).isFalse();
        assertThat(places.hold("b", 2)).isTrue();
        places.release("a");
        assertThat(places.hold("a", 2)).isTrue();
        places.release("a");
        places.release("a");
        places.release("b");
        assertThat(places.size()).isZero();
    }
}
