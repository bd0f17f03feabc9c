package dev.freefleet.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.edge.UsageEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UsageIntakeTest {
    private static final int MANY = 40;

    private final Path directory = TestServer.temporary();

    @AfterEach
    void clear() {
        TestServer.delete(directory);
    }

    /** Whatever fails once rows are in the spool, they are not spooled again. */
    @Test
    void whatIsInTheSpoolIsNotDoubledWhenWhatFollowsFails() {
        try (Spool spool = Spool.open(directory.resolve("spool"), 64 << 20, 1 << 20, Clock.systemUTC());
                SpoolReader reader = new SpoolReader(spool)) {
            MappedRings rings = requireNonNull(MappedRings.open(spool, 1 << 20), "mapped rings");
            FreshRows fresh = new FreshRows(1, 1 << 20);
            fresh.caughtUp();
            UsageIntake intake = new UsageIntake(
                    new EventRing(2, 1 << 20),
                    rings,
                    spool,
                    fresh,
                    () -> {
                        throw new OutOfMemoryError("as a test has it");
                    },
                    new UsageTally(),
                    QuestionPolicy.ALL);
            offer(rings);
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(intake::spoolSome);
            offer(rings);
            fresh.take(new RowBatch());
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(intake::spoolSome);

            RowBatch read = new RowBatch();
            reader.read(SpoolMark.NONE, read, 1_000, 1 << 20);
            assertThat(read.rows()).isEqualTo(2);
            assertThat(rings.isEmpty()).isTrue();
        }
    }

    /** While as much comes as is spooled there is always more; who forces the spool must get to that all the same. */
    @Test
    @Timeout(30)
    void whatHasToForceTheSpoolIsNotKeptByWhatGoesOnComing() {
        try (Spool spool = Spool.open(directory.resolve("spool"), 64 << 20, 1 << 20, Clock.systemUTC())) {
            MappedRings rings = requireNonNull(MappedRings.open(spool, 1 << 20), "mapped rings");
            FreshRows fresh = new FreshRows(2 * MANY, 1 << 20);
            fresh.caughtUp();
            AtomicInteger appends = new AtomicInteger();
            UsageIntake intake = new UsageIntake(
                    new EventRing(2, 1 << 20),
                    rings,
                    spool,
                    fresh,
                    () -> {
                        appends.incrementAndGet();
                        fresh.take(new RowBatch());
                        offer(rings, 2 * MANY - 10);
                    },
                    new UsageTally(),
                    QuestionPolicy.ALL);
            offer(rings, 2 * MANY - 10);
            assertThat(intake.spoolFor(TimeUnit.MILLISECONDS.toNanos(50)))
                    .as("there is more")
                    .isTrue();
            assertThat(appends).hasPositiveValue();
            assertThat(rings.isEmpty()).isFalse();
        }
    }

    /** The mark that such a batch leaves is behind all that is in the spool. */
    @Test
    void nothingPassesASpoolThatIsNotReadToItsEnd() throws Exception {
        Path folder = directory.resolve("spool");
        try (Spool spool = Spool.open(folder, 64 << 20, 100, Clock.systemUTC())) {
            MappedRings rings = requireNonNull(MappedRings.open(spool, 1 << 20), "mapped rings");
            AtomicInteger told = new AtomicInteger();
            UsageIntake intake = new UsageIntake(
                    new EventRing(2, 1 << 20),
                    rings,
                    spool,
                    new FreshRows(MANY, 1 << 20),
                    told::incrementAndGet,
                    new UsageTally(),
                    QuestionPolicy.ALL);
            offer(rings);
            intake.spoolSome();
            Spool.Extent spooled = requireNonNull(spool.next(SpoolMark.NONE), "what was spooled");
            Path elsewhere = Files.move(folder, directory.resolve("elsewhere")); // where no segment can be begun
            offer(rings);
            intake.spoolSome();
            assertThat(spool.isFailing()).isTrue();
            assertThat(told).as("that the spool takes nothing").hasValue(1);

            RowBatch batch = new RowBatch();
            assertThat(intake.takePast(SpoolMark.NONE, batch, MANY, 1 << 20)).isNull();
            assertThat(batch.rows()).isZero();
            SpoolMark end = SpoolMark.NONE.at(spooled.segment(), spooled.to());
            assertThat(intake.takePast(end, batch, MANY, 1 << 20)).isNotNull();
            assertThat(batch.rows()).isEqualTo(1);
            Files.move(elsewhere, folder);
        }
    }

    private static void offer(MappedRings rings, int events) {
        for (int i = 0; i < events; i++) {
            offer(rings);
        }
    }

    private static void offer(MappedRings rings) {
        UsageEvent event = TestEvents.at(Instant.EPOCH);
        assertThat(rings.offer(event, RowBatch.question(event.queryDigest(), event.queryText())))
                .isTrue();
    }
}
