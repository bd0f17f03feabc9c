package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FreshRowsTest {
    private static final int MOST = 10;
    private static final long SEGMENT = 7;

    private final FreshRows fresh = new FreshRows(MOST, 1 << 20);

    @BeforeEach
    void follow() {
        fresh.caughtUp();
    }

    @Test
    void untilTheSpoolIsReadToItsEndNothingIsKept() {
        FreshRows lagging = new FreshRows(MOST, 1 << 20);
        assertThat(lagging.add(rows("a"), SEGMENT, 52, 100)).isFalse();
        assertThat(lagging.isNext(new Spool.Extent(SEGMENT, 52, 100))).isFalse();
    }

    @Test
    void whatWasAppendedIsTakenInItsOrderWithThePlaceBehindIt() {
        assertThat(fresh.add(rows("a", "b"), SEGMENT, 52, 100)).isFalse();
        assertThat(fresh.add(rows("c"), SEGMENT, 100, 130)).isFalse();

        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 52, 130))).isTrue();
        FreshRows.Taken taken = fresh.take(new RowBatch());
        assertThat(taken.rows().rows()).isEqualTo(3);
        assertThat(bytes(taken.rows())).isEqualTo(bytes(rows("a", "b", "c")));
        assertThat(taken.end()).isEqualTo(new SpoolMark(SEGMENT, 130, 0));
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 52, 130))).as("taken").isFalse();
    }

    @Test
    void itGoesOnIntoTheNextSegment() {
        fresh.add(rows("a"), SEGMENT, 52, 100);
        fresh.add(rows("b"), SEGMENT + 1, 52, 90);
        assertThat(fresh.take(new RowBatch()).end()).isEqualTo(new SpoolMark(SEGMENT + 1, 90, 0));
    }

    @Test
    void rowsAreNextOnlyAtTheirOwnPlace() {
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 52, 100)))
                .as("nothing is here")
                .isFalse();
        fresh.add(rows("a"), SEGMENT, 52, 100);
        assertThat(fresh.isNext(null)).isFalse();
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 40, 100))).isFalse();
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT - 1, 52, 100))).isFalse();
    }

    /** Behind a gap nothing may follow: those rows would be taken for the ones in the gap. */
    @Test
    void whatFindsNoRoomEndsTheRunUntilItIsTaken() {
        fresh.add(many(6), SEGMENT, 52, 100);
        assertThat(fresh.isEnough()).isFalse();
        assertThat(fresh.add(many(6), SEGMENT, 100, 150)).as("there is no room").isTrue();
        fresh.add(rows("late"), SEGMENT, 150, 160);

        FreshRows.Taken taken = fresh.take(new RowBatch());
        assertThat(taken.rows().rows()).isEqualTo(6);
        assertThat(taken.end()).isEqualTo(new SpoolMark(SEGMENT, 100, 0));

        fresh.add(rows("later"), SEGMENT, 160, 170);
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 100, 170))).isFalse();
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 160, 170)))
                .as("the gap was not read")
                .isFalse();
        fresh.caughtUp();
        fresh.add(rows("last"), SEGMENT, 170, 180);
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 170, 180))).isTrue();
    }

    @Test
    void nearlyABatchIsEnough() {
        assertThat(fresh.add(many(6), SEGMENT, 52, 100)).isFalse();
        assertThat(fresh.add(many(3), SEGMENT, 100, 150)).isTrue();
    }

    @Test
    void whatWasReadFromTheSpoolIsForgotten() {
        fresh.add(rows("a"), SEGMENT, 52, 100);
        fresh.forgetBefore(new SpoolMark(SEGMENT, 52, 0));
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 52, 100)))
                .as("not read yet")
                .isTrue();
        fresh.forgetBefore(new SpoolMark(SEGMENT, 70, 0));
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 52, 100))).isFalse();

        fresh.caughtUp();
        fresh.add(rows("b"), SEGMENT, 100, 140);
        fresh.forgetBefore(new SpoolMark(SEGMENT + 1, 0, 0));
        assertThat(fresh.isNext(new Spool.Extent(SEGMENT, 100, 140))).isFalse();
    }

    private static RowBatch many(int number) {
        String[] ids = new String[number];
        Arrays.setAll(ids, i -> "row " + i);
        return rows(ids);
    }

    private static RowBatch rows(String... ids) {
        RowBatch batch = new RowBatch();
        for (String id : ids) {
            batch.add(TestEvents.event(id, Instant.EPOCH, id));
        }
        return batch;
    }

    private static byte[] bytes(RowBatch batch) {
        return Arrays.copyOf(batch.array(), batch.size());
    }
}
