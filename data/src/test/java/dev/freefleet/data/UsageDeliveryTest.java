package dev.freefleet.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UsageDeliveryTest {
    private static final Login AWAY = new Login("jdbc:postgresql://127.0.0.1:1/none", "nobody", "none");

    private final Path directory = TestServer.temporary();

    @AfterEach
    void clear() {
        TestServer.delete(directory);
    }

    /** Where too many files are open, say, neither the database nor the spool can be had: it is said of the first, and waited longer. */
    @Test
    void aSpoolThatCannotBeOpenedDoesNotHideThatTheDatabaseIsAway() throws Exception {
        UsageTally tally = new UsageTally();
        try (Spool spool = Spool.open(directory.resolve("spool"), 64 << 20, 1 << 20, Clock.systemUTC())) {
            RowBatch rows = new RowBatch();
            rows.add(TestEvents.event("1", Instant.EPOCH, "?"));
            assertThat(spool.append(rows)).isEqualTo(Spool.Appended.WRITTEN);
            Path segment = spool.file(requireNonNull(spool.next(SpoolMark.NONE), "what was appended")
                    .segment());
            Files.delete(segment);
            Files.createSymbolicLink(segment, segment);
            FreshRows fresh = new FreshRows(1, 1 << 20);
            UsageDelivery delivery = new UsageDelivery(
                    IngestConfig.DEFAULTS,
                    new UsageIntake(new EventRing(2, 1 << 20), null, spool, fresh, () -> {}, tally, QuestionPolicy.ALL),
                    spool,
                    fresh,
                    new UsageTable(AWAY, AWAY, Clock.systemUTC(), spool.id()),
                    tally,
                    Clock.systemUTC(),
                    new CountDownLatch(1));

            for (int attempt = 1; attempt <= 3; attempt++) {
                delivery.step();
                assertThat(tally.failedBatches.sum()).isEqualTo(attempt);
            }

            assertThat(delivery.oldestMillis()).isZero();
            assertThat(delivery.close()).isZero();
        }
    }
}
