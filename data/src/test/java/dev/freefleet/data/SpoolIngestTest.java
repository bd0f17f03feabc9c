package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Each event exactly once, whatever happens between the ring and the table. */
@Timeout(180)
class SpoolIngestTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private final Path root = TestServer.temporary();
    private final Path directory = root.resolve("spool");
    private final IngestConfig config =
            new IngestConfig(65_536, 64 << 20, 500, Duration.ofMillis(20), Duration.ofSeconds(4)).withSpool(directory);
    private DataConfig.External database;
    private DataPlane plane;

    @BeforeEach
    void open() {
        database = TestServer.newDatabase();
        plane = DataPlane.open(DataConfig.of(database), clock);
    }

    @AfterEach
    void close() {
        plane.close();
        TestServer.delete(root);
    }

    @Test
    void eventsOutliveTheFleetWhileTheDatabaseIsAway() throws Exception {
        sql("alter table usage_logs rename to elsewhere");
        for (int run = 1; run <= 2; run++) {
            try (UsageIngest ingest = plane.ingest(config)) {
                offer(ingest, 1_000);
                eventually("it failed", () -> ingest.failedBatches() > 0);
                eventually("all are spooled", () -> ingest.spooled() == 1_000);
                clock.advance(Duration.ofMinutes(1));
                assertThat(ingest.oldestMillis()).isEqualTo(run * 60_000L);
                assertThat(ingest.spoolBytes()).isBetween(run * 150_000L, ingest.spoolMaxBytes());
            }
        }
        sql("alter table elsewhere rename to usage_logs");
        try (UsageIngest ingest = plane.ingest(config)) {
            eventually("all are written", () -> ingest.written() == 2_000);
            assertThat(ingest.oldestMillis()).isZero();
            assertThat(ingest.spoolBytes()).isLessThan(1_000);
        }
        assertRows(2_000);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeated() throws Exception {
        lostAnswers(config);
    }

    @Test
    void withoutASpoolACommitWhoseAnswerIsLostIsNotRepeatedEither() throws Exception {
        lostAnswers(new IngestConfig(65_536, 64 << 20, 500, Duration.ofMillis(20), Duration.ofSeconds(4)));
        assertThat(strings("select count(*) from usage_spool")).containsExactly("0");
    }

    private void lostAnswers(IngestConfig some) throws Exception {
        try (CutAtCommit way = new CutAtCommit(TestServer.port());
                UsageIngest ingest = new UsageIngest(
                        new Login(Login.loopbackUrl(way.port(), database.user()), database.user(), database.password()),
                        clock,
                        some)) {
            for (int round = 0; round < 5; round++) {
                way.cuts.set(1);
                offer(ingest, 1_000);
                long all = (round + 1) * 1_000L;
                eventually("all are written", () -> ingest.written() == all);
                assertThat(way.cuts).hasValue(0);
            }
            assertThat(ingest.failedBatches()).isGreaterThanOrEqualTo(5);
        }
        assertRows(5_000);
    }

    @Test
    void pastTheBoundEventsAreCountedAsLostAndNoOthersAre() throws Exception {
        passTheBound();
    }

    private void passTheBound() throws Exception {
        sql("alter table usage_logs rename to elsewhere");
        IngestConfig small = new IngestConfig(64, 1 << 20, 500, Duration.ofMillis(20), Duration.ofSeconds(4))
                .withSpool(directory, 1 << 20);
        long accepted;
        try (UsageIngest ingest = plane.ingest(small)) {
            eventually("the spool is full", () -> {
                offer(ingest, 50);
                return ingest.spoolBytes() > ingest.spoolMaxBytes() - 200_000 && ingest.dropped() > 1_000;
            });
            assertThat(ingest.spoolBytes()).isLessThanOrEqualTo(ingest.spoolMaxBytes());
            sql("alter table elsewhere rename to usage_logs");
            eventually("all are written", () -> ingest.written() == ingest.accepted());
            offer(ingest, 10);
            eventually("those behind are, too", () -> ingest.written() == ingest.accepted());
            accepted = ingest.accepted();
            assertThat(ingest.direct()).isZero();
        }
        assertRows(accepted);
    }

    /** The spool is full and the database away when the fleet is stopped, and then the machine. */
    @Test
    void whatFoundNoRoomInTheSpoolOutlivesTheMachine() throws Exception {
        sql("alter table usage_logs rename to elsewhere");
        IngestConfig small = new IngestConfig(65_536, 16 << 20, 500, Duration.ofMillis(20), Duration.ofMillis(500))
                .withSpool(directory, 1 << 20);
        long accepted;
        try (UsageIngest ingest = plane.ingest(small)) {
            eventually("the spool is full", () -> {
                offer(ingest, 500);
                return ingest.queueDepth() > 5_000;
            });
            assertThat(ingest.dropped()).isZero();
            accepted = ingest.accepted();
        }
        sql("alter table elsewhere rename to usage_logs");
        startTheMachineAnew();
        try (UsageIngest ingest = plane.ingest(small)) {
            eventually("all are written", () -> ingest.written() == accepted);
        }
        assertRows(accepted);
    }

    /** What the rings know of this start of the machine becomes that of another. */
    private void startTheMachineAnew() throws Exception {
        UUID boot = UUID.fromString(
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        for (String name : List.of(MappedRings.SMALL, MappedRings.LARGE)) {
            try (FileChannel file =
                    FileChannel.open(directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer header = ByteBuffer.allocate(MappedRing.HEADER_BYTES).order(ByteOrder.nativeOrder());
                file.read(header, 0);
                for (int at = 0; at < MappedRing.HEADER_BYTES; at += 8) {
                    if (header.getLong(at) == boot.getMostSignificantBits()) {
                        header.putLong(at, 5);
                    }
                }
                file.write(header.rewind(), 0);
            }
        }
    }

    /** A full disk, where one can be made; elsewhere the bound is all that there is to reach. */
    @Test
    void overAFullDiskEventsGoOnFromMemory() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        try (@Nullable SmallDisk small = SmallDisk.mount(disk, "64k")) {
            if (small == null) {
                assertThat(disk).isEmptyDirectory();
                passTheBound();
                return;
            }
            try (UsageIngest ingest = plane.ingest(config.withSpool(disk.resolve("spool")))) {
                Path ballast = disk.resolve("ballast");
                fill(ballast);
                offer(ingest, 3_000);
                eventually("all are written", () -> ingest.written() == 3_000);
                assertThat(ingest.direct()).isPositive();
                assertThat(ingest.dropped()).isZero();

                Files.delete(ballast);
                long direct = ingest.direct();
                eventually("the spool is used again", () -> {
                    offer(ingest, 1);
                    return ingest.spooled() > 3_000 - direct;
                });
            }
            assertRows(Long.parseLong(strings("select count(*) from usage_logs").getFirst()));
            assertThat(strings("select count(*) >= 3000 from usage_logs")).containsExactly("t");
        }
    }

    private static void fill(Path file) throws Exception {
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[4_096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void aDatabasePutBackIsGivenWhatIsStillInTheSpool() throws Exception {
        try (UsageIngest ingest = plane.ingest(config)) {
            offer(ingest, 100);
            eventually("written", () -> ingest.written() == 100);
            sql("truncate usage_logs", "truncate usage_spool");
            offer(ingest, 1);
            eventually("written again", () -> ingest.written() == 201);
        }
        assertRows(101);
    }

    @Test
    void aDatabaseThatDoesNotKnowTheSpoolStartsAtItsOldestEvent() throws Exception {
        sql("alter table usage_logs rename to elsewhere");
        try (UsageIngest ingest = plane.ingest(config)) {
            offer(ingest, 100);
        }
        DataConfig.External other = TestServer.newDatabase();
        try (DataPlane replaced = DataPlane.open(DataConfig.of(other), clock);
                UsageIngest ingest = replaced.ingest(config)) {
            eventually("written", () -> ingest.written() == 100);
        }
        assertThat(TestServer.strings(TestServer.login(other), "select count(distinct id) from usage_logs"))
                .containsExactly("100");
    }

    /** The clock stands still here, so that the new segment is given the number that the database remembers. */
    @Test
    void aSpoolThatWasEmptiedBehindTheDatabaseLosesNothingNew() throws Exception {
        try (UsageIngest ingest = plane.ingest(config)) {
            offer(ingest, 100);
        }
        assertRows(100);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".spool")).toList()) {
                Files.delete(file);
            }
        }
        try (UsageIngest ingest = plane.ingest(config)) {
            offer(ingest, 50);
        }
        assertRows(150);
    }

    @Test
    void aRowThatTheTableRefusesLeavesTheSpool() throws Exception {
        sql("alter table usage_logs add constraint poison check (query_text <> 'poison') not valid");
        try (UsageIngest ingest = plane.ingest(config)) {
            for (int i = 0; i < 100; i++) {
                ingest.offer(TestEvents.event("id " + i, NOON, i % 33 == 5 ? "poison" : "fine"));
            }
            eventually("all are settled", () -> ingest.written() + ingest.rejected() == 100);
            assertThat(ingest.rejected()).isEqualTo(3);
        }
        assertRows(97);
        plane.ingest(config).close();
        assertRows(97);
    }

    /** What was written a moment ago is at hand: the file is for those who come after a death. */
    @Test
    void whatWasJustSpooledIsNotReadBack() throws Exception {
        IngestConfig slow = new IngestConfig(65_536, 64 << 20, 500, Duration.ofSeconds(3), Duration.ofSeconds(4))
                .withSpool(directory);
        try (UsageIngest ingest = plane.ingest(slow)) {
            offer(ingest, 1);
            eventually("the first is written", () -> ingest.written() == 1);
            offer(ingest, 100);
            eventually("all are spooled", () -> ingest.spooled() == 101);
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".spool")).toList()) {
                    byte[] bytes = Files.readAllBytes(file);
                    Arrays.fill(bytes, SpoolFormat.HEADER_BYTES, bytes.length, (byte) 0x55);
                    Files.write(file, bytes, StandardOpenOption.WRITE);
                }
            }
            eventually("the others are", () -> ingest.written() == 101);
            assertThat(ingest.damaged()).isZero();
        }
        assertRows(101);
    }

    /** What a transaction costs is shared by more rows where there are many: no batch of them is written before five times the delay. */
    @Test
    void aBusyFleetsRowsWaitForMore() throws Exception {
        IngestConfig patient = new IngestConfig(65_536, 64 << 20, 10_000, Duration.ofSeconds(1), Duration.ofSeconds(4))
                .withSpool(directory);
        try (UsageIngest ingest = plane.ingest(patient)) {
            offer(ingest, 1);
            eventually("the first is written", () -> ingest.written() == 1);
            long begin = System.nanoTime();
            offer(ingest, 3_000);
            eventually("the others are", () -> ingest.written() == 3_001);
            // The window may have begun a delay before them; without the patience it takes two seconds, until all are
            // in the spool.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(3));
        }
        assertRows(3_001);
    }

    /** Whoever wakes the delivery before its time, as an append that failed does, does not make it wait for another. */
    @Test
    void aRowWaitsForTheDelayAlone() throws Exception {
        IngestConfig slow = new IngestConfig(65_536, 64 << 20, 10_000, Duration.ofSeconds(3), Duration.ofSeconds(4))
                .withSpool(directory);
        try (UsageIngest ingest = plane.ingest(slow)) {
            offer(ingest, 1);
            eventually("the first is written", () -> ingest.written() == 1); // and the next delay begins
            offer(ingest, 1);
            eventually("the next is in the spool", () -> ingest.spooled() == 2);
            long begin = System.nanoTime();
            TimeUnit.SECONDS.sleep(2);
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("usage-ingest"))
                    .forEach(LockSupport::unpark);
            eventually("it is written", () -> ingest.written() == 2);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(4_500));
        }
    }

    /** They would be lost behind a small spool that is full of rows which wait for others. */
    @Test
    void rowsThatNeedTheRoomDoNotWaitForMore() throws Exception {
        IngestConfig small = new IngestConfig(65_536, 1 << 20, 10_000, Duration.ofSeconds(3), Duration.ofSeconds(4))
                .withSpool(directory, 1 << 20);
        try (UsageIngest ingest = plane.ingest(small)) {
            offer(ingest, 1);
            eventually("the first is written", () -> ingest.written() == 1);
            long begin = System.nanoTime();
            offer(ingest, 2_500);
            eventually("those are written that filled a quarter", () -> ingest.written() > 1_000);
            // Five delays are 15 seconds.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(12));
            eventually("so are the others", () -> ingest.written() == 2_501);
        }
        assertRows(2_501);
    }

    /** A request that waits for a core goes before its bookkeeping. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void itsThreadsGiveWayToRequests() throws Exception {
        try (UsageIngest ingest = plane.ingest(config)) {
            offer(ingest, 1);
            eventually("one is written", () -> ingest.written() == 1);
            Map<String, Integer> threads = new HashMap<>();
            try (Stream<Path> files = Files.list(Path.of("/proc/self/task"))) {
                for (Path thread : files.toList()) {
                    try {
                        threads.merge(Files.readString(thread.resolve("comm")).strip(), niceness(thread), Math::min);
                    } catch (IOException e) {
                        // It has ended.
                    }
                }
            }
            int nicer = Math.min(19, niceness(Path.of("/proc/thread-self")) + 5);
            assertThat(threads) // of names the system keeps 15 characters
                    .containsEntry("usage-spool", nicer)
                    .containsEntry("usage-ingest", nicer)
                    .containsEntry("usage-spool-for", nicer);
        }
    }

    /** Field 19 of proc_pid_stat(5), of which the second may contain spaces. */
    private static int niceness(Path thread) throws IOException {
        String stat = Files.readString(thread.resolve("stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
    }

    @Test
    void twoFleetsDoNotShareAFolder() {
        try (UsageIngest ingest = plane.ingest(config)) {
            assertThat(ingest.spoolMaxBytes()).isEqualTo(1L << 30);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> plane.ingest(config))
                    .withMessageStartingWith("Another fleet keeps its usage events in " + directory);
        }
    }

    private static void offer(UsageIngest ingest, int events) {
        for (int i = 0; i < events; i++) {
            ingest.offer(TestEvents.at(NOON));
        }
    }

    private void assertRows(long rows) {
        assertThat(strings("select count(*) || ' ' || count(distinct id) from usage_logs"))
                .containsExactly(rows + " " + rows);
    }

    private void sql(String... statements) {
        TestServer.execute(TestServer.login(database), statements);
    }

    private List<String> strings(String query) {
        return TestServer.strings(TestServer.login(database), query);
    }
}
