package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RowBatchTest {
    private static final Instant MONDAY = Instant.parse("2026-11-23T23:59:59Z");
    private static final Instant TUESDAY = Instant.parse("2026-11-24T00:00:01Z");

    @Test
    void rowsOfAnotherBatchBringTheirDays() {
        RowBatch batch = of(MONDAY);
        batch.addAll(of(TUESDAY));
        batch.add(TestEvents.at(MONDAY));
        assertThat(batch.rows()).isEqualTo(3);
        assertThat(batch.days()).containsExactly(day("2026-11-23"), day("2026-11-24"));
    }

    /** A day that is missed is a partition that is not made, and a change to figures that is not noticed. */
    @Test
    void aBatchThatWasEmptiedBringsNoDay() {
        RowBatch emptied = of(TUESDAY);
        emptied.clear();
        RowBatch batch = of(MONDAY);
        batch.addAll(emptied);
        assertThat(batch.days()).containsExactly(day("2026-11-23"));
        batch.add(TestEvents.at(TUESDAY));
        assertThat(batch.days()).containsExactly(day("2026-11-23"), day("2026-11-24"));
    }

    /** Those that are alike in all but their numbers are encoded once; whatever came before, each is what a batch would have made of it. */
    @Property
    void aRowOfItsOwnIsWhatABatchMakesOfIt(@ForAll Random random) {
        RowBatch own = new RowBatch();
        for (int i = 0; i < 100; i++) {
            UsageEvent event = any(random);
            RowBatch batch = new RowBatch();
            batch.add(event);
            int length = own.only(event, RowBatch.question(event.queryDigest(), event.queryText()));
            assertThat(Arrays.copyOf(own.array(), length)).isEqualTo(Arrays.copyOf(batch.array(), batch.size()));
        }
    }

    private static UsageEvent any(Random random) {
        return new UsageEvent(
                random.nextInt(9) == 0 ? "no UUID" : new UUID(random.nextLong(), random.nextLong()).toString(),
                random.nextLong() >> random.nextInt(64),
                random.nextLong() * random.nextInt(2),
                random.nextLong() * random.nextInt(2),
                one(random, "query", "files", "r\u00e4tsel", "a\u0000b", "long".repeat(50)),
                one(random, "GET", "POST", new String("GET")),
                one(random, 200, 304, 99, 1_000),
                one(random, CacheOutcome.values()),
                random.nextLong() >> random.nextInt(64),
                random.nextInt(3) * 1_000L,
                random.nextLong() >> random.nextInt(64),
                random.nextLong() >> random.nextInt(64),
                random.nextBoolean() ? null : one(random, "00112233445566778899aabbccddeeff", "no digest"),
                random.nextBoolean() ? null : one(random, "What is a fleet?", "x".repeat(3_000), "\ud800"),
                one(random, "edge-1", "edge-2"));
    }

    @SafeVarargs
    private static <T> T one(Random random, T... of) {
        return of[random.nextInt(of.length)];
    }

    private static long day(String date) {
        return LocalDate.parse(date).toEpochDay();
    }

    private static RowBatch of(Instant time) {
        RowBatch batch = new RowBatch();
        batch.add(TestEvents.at(time));
        return batch;
    }
}
