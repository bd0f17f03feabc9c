package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Step;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What everything that counts quotas does. */
abstract class QuotasContract {
    abstract List<Long> count(List<Step.QuotaUse> uses);

    /** A time when the spans of these tests end, epoch milliseconds. */
    abstract long endMillis();

    final Step.QuotaUse use(String bucket, long requests) {
        return new Step.QuotaUse(bucket, requests, endMillis());
    }

    @Test
    void countDownToNothing() {
        assertThat(count(List.of(use("a", 2)))).containsExactly(1L);
        assertThat(count(List.of(use("a", 2)))).containsExactly(0L);
        assertThat(count(List.of(use("a", 2)))).containsExactly(-1L);
        assertThat(count(List.of(use("b", 2)))).containsExactly(1L);
    }

    @Test
    void allOrNone() {
        count(List.of(use("spent", 1)));
        assertThat(count(List.of(use("day", 5), use("spent", 1)))).containsExactly(4L, -1L);
        assertThat(count(List.of(use("day", 5)))).as("nothing was counted").containsExactly(4L);
    }

    @Test
    void threadsCountEachRequestOnce() {
        AtomicInteger counted = new AtomicInteger();
        IntStream.range(0, 2_000).parallel().forEach(i -> {
            if (!count(List.of(use("day", 700), use("month", 5_000))).contains(-1L)) {
                counted.incrementAndGet();
            }
        });
        assertThat(counted).hasValue(700);
        assertThat(count(List.of(use("month", 5_000)))).containsExactly(5_000L - 701);
    }
}
