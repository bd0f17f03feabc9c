package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
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

    private static long day(String date) {
        return LocalDate.parse(date).toEpochDay();
    }

    private static RowBatch of(Instant time) {
        RowBatch batch = new RowBatch();
        batch.add(TestEvents.at(time));
        return batch;
    }
}
