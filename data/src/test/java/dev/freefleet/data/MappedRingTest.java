package dev.freefleet.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.UsageEvent;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MappedRingTest {
    private static final int CAPACITY = 1 << 16;
    private static final String NAME = "ring";

    private final Path directory = TestServer.temporary();
    private int made;

    @AfterEach
    @AfterProperty
    void clear() {
        TestServer.delete(directory);
    }

    /**
     * A process that dies between any two steps, over and over: each event is in the spool or in the ring, and in one of
     * them. That its memory is gone is played by opening both anew, for what was written into the map is the file's.
     */
    @Property(tries = 200)
    void whateverIsDoneWhenTheProcessDiesEachEventIsThereOnce(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 6) Integer> steps) throws Exception {
        Path folder = directory.resolve("spool " + made++);
        Spool spool = open(folder);
        MappedRing ring = ring(spool);
        Set<UUID> taken = new HashSet<>();
        RowBatch pending = new RowBatch();
        for (int step : steps) {
            switch (step) {
                case 0, 1, 2 -> {
                    for (int i = 0; i < 1 + 7 * step; i++) {
                        UUID id = UUID.randomUUID();
                        if (offer(ring, TestEvents.event(id.toString(), Instant.EPOCH, "x".repeat(step * 400)))) {
                            taken.add(id);
                        }
                    }
                }
                case 3 -> ring.read(pending, 5 + pending.rows(), 1 << 18);
                case 4 -> {
                    if (pending.rows() > 0) {
                        assertThat(spool.append(pending, ring::intend)).isEqualTo(Spool.Appended.WRITTEN);
                        ring.release();
                        pending.clear();
                    }
                }
                // Dies between the append and what follows it, or in the middle of the append.
                case 5 -> {
                    if (pending.rows() > 0) {
                        spool.append(pending, ring::intend);
                        spool.close();
                        if (made % 2 == 0) {
                            cutTheEnd(folder, pending.rows() * 40L);
                        }
                    } else {
                        spool.close();
                    }
                    pending.clear();
                    spool = open(folder);
                    ring = ring(spool);
                }
                default -> {
                    spool.close();
                    pending.clear();
                    spool = open(folder);
                    ring = ring(spool);
                }
            }
        }
        spool.close();
        spool = open(folder);
        ring = ring(spool);
        List<UUID> there = new ArrayList<>(ids(rest(ring)));
        there.addAll(ids(spooled(spool)));
        assertThat(there).containsExactlyInAnyOrderElementsOf(taken);
        spool.close();
        TestServer.delete(folder);
    }

    /** A thread that died before it wrote a word, and one that died in its row, hide nothing of the others'. */
    @Test
    void claimsThatWereNeverFilledArePassedOver() throws Exception {
        Spool spool = open(directory.resolve("spool"));
        MappedRing ring = ring(spool);
        long[] starts = new long[5];
        Path file = spool.path().resolve(NAME);
        UsageEvent event = TestEvents.at(Instant.EPOCH);
        int row = new RowBatch().only(event, question(event));
        long span = 8L + (row + 7L) / 8 * 8;
        for (int i = 0; i < 5; i++) {
            starts[i] = MappedRing.HEADER_BYTES + i * span;
            assertThat(offer(ring, TestEvents.at(Instant.EPOCH))).isTrue();
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(starts[1]);
            bytes.write(new byte[(int) span]);
            bytes.seek(starts[3]);
            int first = bytes.read();
            bytes.seek(starts[3]);
            bytes.write((first & ~3) | 1);
        }
        spool.close();

        spool = open(directory.resolve("spool"));
        ring = ring(spool);
        assertThat(ring.size()).isEqualTo(3);
        assertThat(rest(ring).rows()).isEqualTo(3);
        spool.close();
    }

    /** Its successor found that nothing was appended; what it was to be appended to is delivered and gone when the next one asks. */
    @Test
    void whatWasToBeAppendedIsNotTakenForAppendedByALaterProcess() throws Exception {
        Path folder = directory.resolve("spool");
        Spool spool = open(folder);
        MappedRing ring = ring(spool);
        RowBatch pending = new RowBatch();
        for (int i = 0; i < 2; i++) {
            assertThat(offer(ring, TestEvents.at(Instant.EPOCH))).isTrue();
            pending.clear();
            ring.read(pending, 10, 1 << 18);
            if (i == 0) {
                assertThat(spool.append(pending, ring::intend)).isEqualTo(Spool.Appended.WRITTEN);
                ring.release();
            } else {
                Spool.Extent first = requireNonNull(spool.next(SpoolMark.NONE));
                ring.intend(first.segment(), first.to()); // and dies
            }
        }
        spool.close();

        spool = open(folder);
        assertThat(ring(spool).size()).isEqualTo(1);
        SpoolMark mark = SpoolMark.NONE;
        try (SpoolReader reader = new SpoolReader(spool)) {
            mark = reader.read(mark, new RowBatch(), 10, 1 << 18);
        }
        spool.delivered(mark);
        spool.close();

        spool = open(folder);
        assertThat(rest(ring(spool)).rows()).isEqualTo(1);
        spool.close();
    }

    @Test
    void aRingOfAnotherStartOfTheMachineIsNotRead() throws Exception {
        Spool spool = open(directory.resolve("spool"));
        assertThat(offer(ring(spool), TestEvents.at(Instant.EPOCH))).isTrue();
        try (RandomAccessFile bytes =
                new RandomAccessFile(spool.path().resolve(NAME).toFile(), "rw")) {
            bytes.seek(32);
            bytes.writeLong(5);
        }
        assertThat(ring(spool).isEmpty()).isTrue();
        spool.close();
    }

    /** What is not spooled when the fleet stops, for the spool is full, is there when the machine was stopped, too. */
    @Test
    void aRingThatWasClosedOutlivesTheMachine() throws Exception {
        Spool spool = open(directory.resolve("spool"));
        MappedRing ring = ring(spool);
        for (int i = 0; i < 3; i++) {
            assertThat(offer(ring, TestEvents.at(Instant.EPOCH))).isTrue();
        }
        ring.close();
        UUID nextStart = UUID.randomUUID();
        assertThat(MappedRing.open(spool, NAME, CAPACITY, nextStart).size()).isEqualTo(3);
        MappedRing next = MappedRing.open(spool, NAME, CAPACITY, nextStart);
        assertThat(next.size()).as("killed at once").isEqualTo(3);
        assertThat(next.offered()).as("by this process").isZero();
        assertThat(MappedRing.open(spool, NAME, CAPACITY, UUID.randomUUID()).size())
                .as("after a power cut")
                .isZero();
        spool.close();
    }

    @Test
    void itIsBoundedAndItsRoomIsUsedAgain() throws Exception {
        Spool spool = open(directory.resolve("spool"));
        MappedRing ring = ring(spool);
        RowBatch batch = new RowBatch();
        for (int round = 0; round < 50; round++) {
            int taken = 0;
            while (offer(ring, TestEvents.event("id", Instant.EPOCH, "y".repeat(round * 30)))) {
                taken++;
            }
            assertThat(ring.size()).isEqualTo(taken).isPositive();
            batch.clear();
            ring.read(batch, Integer.MAX_VALUE, Integer.MAX_VALUE);
            assertThat(batch.rows()).isEqualTo(taken);
            assertThat(offer(ring, TestEvents.event("id", Instant.EPOCH, "y".repeat(2_000))))
                    .as("what is read is not gone")
                    .isFalse();
            ring.release();
            assertThat(ring.isEmpty()).isTrue();
        }
        spool.close();
    }

    @Test
    @Timeout(60)
    void eachProducersEventsComeOutOnceAndInOrder() throws Exception {
        Spool spool = open(directory.resolve("spool"));
        MappedRing ring = ring(spool);
        int each = 40_000;
        List<Thread> threads = new ArrayList<>();
        AtomicInteger refused = new AtomicInteger();
        for (int p = 0; p < 3; p++) {
            UUID producer = new UUID(p, 0);
            threads.add(Thread.ofPlatform().start(() -> {
                Random random = new Random(producer.getMostSignificantBits());
                for (int i = 0; i < each; i++) {
                    UsageEvent event = TestEvents.event(
                            new UUID(producer.getMostSignificantBits(), i).toString(),
                            Instant.EPOCH,
                            "z".repeat(random.nextInt(300)));
                    while (!offer(ring, event)) {
                        refused.incrementAndGet();
                        LockSupport.parkNanos(1_000);
                    }
                }
            }));
        }
        long[] next = new long[3];
        RowBatch batch = new RowBatch();
        for (int taken = 0; taken < 3 * each; taken += batch.rows()) {
            batch.clear();
            ring.read(batch, 100, 1 << 16);
            for (UUID id : ids(batch)) {
                assertThat(id.getLeastSignificantBits()).isEqualTo(next[(int) id.getMostSignificantBits()]++);
            }
            ring.release();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(next).containsOnly(each);
        assertThat(ring.isEmpty()).isTrue();
        assertThat(refused).as("the ring was full now and then").hasPositiveValue();
        spool.close();
    }

    /** Once for each time that so much comes to wait, so that a consumer that is at it is not told again and again. */
    @Test
    void whenMuchWaitsTheConsumerIsTold() {
        Spool spool = open(directory.resolve("spool"));
        MappedRing ring = requireNonNull(MappedRing.open(spool, NAME, 1 << 20));
        AtomicInteger told = new AtomicInteger();
        ring.whenPressed(told::incrementAndGet);
        for (int round = 1; round <= 3; round++) {
            int bytes = 0;
            UsageEvent event = TestEvents.event("id", Instant.EPOCH, "w".repeat(1_000));
            int row = new RowBatch().only(event, question(event));
            while (bytes + row + 16 < 1 << 18) {
                assertThat(offer(ring, event)).isTrue();
                bytes += 8 + (row + 7) / 8 * 8;
            }
            assertThat(told).hasValue(round - 1);
            for (int i = 0; i < 20; i++) {
                assertThat(offer(ring, event)).isTrue();
            }
            assertThat(told).hasValue(round);
            rest(ring);
            ring.release();
        }
        spool.close();
    }

    private static Spool open(Path folder) {
        return Spool.open(folder, 64 << 20, 1 << 20, Clock.systemUTC());
    }

    private static MappedRing ring(Spool spool) {
        return requireNonNull(MappedRing.open(spool, NAME, CAPACITY), "a mapped ring");
    }

    private static RowBatch rest(MappedRing ring) {
        RowBatch rest = new RowBatch();
        ring.read(rest, Integer.MAX_VALUE, Integer.MAX_VALUE);
        return rest;
    }

    private static RowBatch spooled(Spool spool) {
        RowBatch rows = new RowBatch();
        try (SpoolReader reader = new SpoolReader(spool)) {
            reader.read(SpoolMark.NONE, rows, Integer.MAX_VALUE, Integer.MAX_VALUE);
        }
        return rows;
    }

    private static void cutTheEnd(Path folder, long bytes) throws Exception {
        try (var files = Files.list(folder)) {
            Path newest = files.filter(f -> f.toString().endsWith(".spool"))
                    .sorted()
                    .reduce((a, b) -> b)
                    .orElseThrow();
            try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw")) {
                file.setLength(Math.max(SpoolFormat.HEADER_BYTES, file.length() - bytes));
            }
        }
    }

    private static boolean offer(MappedRing ring, UsageEvent event) {
        return ring.offer(event, question(event));
    }

    private static byte[] question(UsageEvent event) {
        return RowBatch.question(event.queryDigest(), event.queryText());
    }

    private static List<UUID> ids(RowBatch batch) {
        List<UUID> ids = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(batch.array(), batch.start(row) + 6, 16);
            ids.add(new UUID(bytes.getLong(), bytes.getLong()));
        }
        return ids;
    }
}
