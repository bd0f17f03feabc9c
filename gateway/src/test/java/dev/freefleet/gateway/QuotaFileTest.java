package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Step;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.SettableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class QuotaFileTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(1_000);

    private Path file() {
        return folder.resolve("quotas");
    }

    private Quotas quotas() {
        return new Quotas(100, clock::millis);
    }

    private static long left(Quotas quotas, String bucket, long of) {
        return quotas.count(List.of(new Step.QuotaUse(bucket, of, DAY))).getFirst();
    }

    @Test
    void countsGoOnAfterARestart() {
        Quotas before = quotas();
        try (QuotaFile _ = QuotaFile.keep(before, file(), NEVER)) {
            left(before, "key:1:2026-11-23", 10);
            left(before, "key:1:2026-11-23", 10);
            left(before, "key:2:2026-11", 10);
        }
        Quotas after = quotas();
        try (QuotaFile _ = QuotaFile.keep(after, file(), NEVER)) {
            assertThat(left(after, "key:1:2026-11-23", 10)).isEqualTo(7);
            assertThat(left(after, "key:2:2026-11", 10)).isEqualTo(8);
        }
    }

    @Test
    void countsAreWrittenWhileTheFleetRuns() throws Exception {
        Quotas before = quotas();
        try (QuotaFile _ = QuotaFile.keep(before, file(), Duration.ofMillis(20))) {
            left(before, "a", 10);
            Await.until("the counts are written", () -> Files.exists(file()));
            // What a killed process leaves is what its successor finds.
            Quotas after = quotas();
            try (QuotaFile _ = QuotaFile.keep(after, Files.copy(file(), folder.resolve("left")), NEVER)) {
                assertThat(left(after, "a", 10)).isEqualTo(8);
            }
        }
    }

    @Test
    void spansThatAreOverAreNotKept() {
        Quotas before = quotas();
        try (QuotaFile _ = QuotaFile.keep(before, file(), NEVER)) {
            left(before, "a", 10);
        }
        clock.advance(Duration.ofDays(2));
        Quotas after = quotas();
        try (QuotaFile _ = QuotaFile.keep(after, file(), NEVER)) {
            assertThat(after.size()).isZero();
        }
    }

    @Test
    void nothingIsWrittenWhereNothingChanged() {
        QuotaFile.keep(quotas(), file(), NEVER).close();
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "freefleet-quotas 1\n",
                "freefleet-quotas 2\n00000000\n",
                "freefleet-quotas 1\na 1 86400000\n00000000\n",
                "\0\0\0\0"
            })
    void aDamagedFileIsLoggedAndDoesNotStopTheFleet(String content) throws Exception {
        Files.writeString(file(), content);
        Quotas quotas = quotas();
        try (QuotaFile _ = QuotaFile.keep(quotas, file(), NEVER)) {
            assertThat(quotas.size()).isZero();
            left(quotas, "a", 10);
        }
        Quotas after = quotas();
        QuotaFile.keep(after, file(), NEVER).close();
        assertThat(left(after, "a", 10)).isEqualTo(8);
    }

    @Test
    void everyTruncationIsNoticed() throws Exception {
        Quotas before = quotas();
        try (QuotaFile _ = QuotaFile.keep(before, file(), NEVER)) {
            left(before, "a", 10);
            left(before, "b", 10);
        }
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            Quotas after = quotas();
            QuotaFile.keep(after, file(), NEVER).close();
            assertThat(after.size()).as("of the first %s bytes", length).isZero();
        }
    }
}
