package dev.freefleet.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.UsageEvent;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MappedRingsTest {
    private static final int LARGE = 1 << 20;

    private final Path directory = TestServer.temporary();
    private int made;

    @AfterEach
    @AfterProperty
    void clear() {
        TestServer.delete(directory);
    }

    @Test
    void whatFindsNoRoomInTheSmallOneIsInTheLargeOne() {
        Spool spool = open(directory.resolve("spool"));
        MappedRings rings = rings(spool);
        int taken = 0;
        while (offer(rings, UUID.randomUUID())) {
            taken++;
        }
        assertThat(rings.size()).isEqualTo(taken);
        assertThat((long) taken * 600).as("both are full").isGreaterThan(LARGE);

        Set<UUID> there = new HashSet<>();
        while (!rings.isEmpty()) {
            there.addAll(spoolAll(spool, rings));
        }
        assertThat(there).hasSize(taken);
        assertThat(rings.size()).isZero();
        spool.close();
    }

    /** The oldest events are in the small one; they must not wait until a moment in which nothing comes. */
    @Test
    void theSmallOneIsReadWhileEventsGoOnComingIntoTheLargeOne() {
        Spool spool = open(directory.resolve("spool"));
        MappedRings rings = rings(spool);
        List<UUID> first = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) { // more than the small one takes
            UUID id = UUID.randomUUID();
            assertThat(offer(rings, id)).isTrue();
            first.add(id);
        }
        Set<UUID> there = new HashSet<>();
        for (int round = 0; round < 6; round++) {
            offer(rings, UUID.randomUUID());
            there.addAll(spoolAll(spool, rings));
            offer(rings, UUID.randomUUID());
        }
        assertThat(there).containsAll(first);
        spool.close();
    }

    /** As a kill leaves it: a claim in the large one, which no row follows while the small one has room. */
    @Test
    void whatIsPassedOverInTheOneDoesNotHideTheOther() throws Exception {
        Spool spool = open(directory.resolve("spool"));
        UUID dead = UUID.randomUUID();
        assertThat(requireNonNull(MappedRing.open(spool, MappedRings.LARGE, LARGE))
                        .offer(event(dead), question(dead)))
                .isTrue();
        try (RandomAccessFile bytes =
                new RandomAccessFile(spool.path().resolve(MappedRings.LARGE).toFile(), "rw")) {
            bytes.seek(MappedRing.HEADER_BYTES);
            int first = bytes.read();
            bytes.seek(MappedRing.HEADER_BYTES);
            bytes.write((first & ~3) | 1);
        }
        MappedRings rings = rings(spool);
        RowBatch batch = new RowBatch();
        rings.read(batch, 1_000, 1 << 18);
        assertThat(batch.rows()).isZero();
        assertThat(rings.isEmpty()).isTrue();

        UUID id = UUID.randomUUID();
        assertThat(offer(rings, id)).isTrue();
        assertThat(spoolAll(spool, rings)).containsExactly(id);
        spool.close();
    }

    @Test
    void withoutOneOfThemTheOtherIsUsed() throws Exception {
        Spool spool = open(directory.resolve("spool"));
        UUID before = UUID.randomUUID();
        assertThat(requireNonNull(MappedRing.open(spool, MappedRings.LARGE, LARGE))
                        .offer(event(before), question(before)))
                .isTrue();
        Path inTheWay = directory.resolve("spool").resolve(MappedRings.SMALL);
        Files.createDirectories(inTheWay.resolve("something"));

        MappedRings rings = rings(spool);
        UUID after = UUID.randomUUID();
        assertThat(offer(rings, after)).isTrue();
        assertThat(rings.size()).isEqualTo(2);
        assertThat(spoolAll(spool, rings)).containsExactly(before, after);
        assertThat(rings.isEmpty()).isTrue();
        spool.close();
    }

    /** As {@link MappedRingTest}, with rows in both rings: dying between any two steps leaves each event once. */
    @Property(tries = 100)
    void whateverIsDoneWhenTheProcessDiesEachEventIsThereOnce(
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 5) Integer> steps) throws Exception {
        Path folder = directory.resolve("spool " + made++);
        Spool spool = open(folder);
        MappedRings rings = rings(spool);
        RowBatch pending = new RowBatch();
        List<UUID> taken = new ArrayList<>();
        for (int step : steps) {
            switch (step) {
                case 0, 1 -> {
                    for (int i = 0; i < 5 + step * 1_200; i++) {
                        UUID id = UUID.randomUUID();
                        if (offer(rings, id)) {
                            taken.add(id);
                        }
                    }
                }
                case 2 -> rings.read(pending, pending.rows() + 300, 1 << 18);
                case 3 -> {
                    if (pending.rows() > 0) {
                        assertThat(spool.append(pending, rings::intend)).isEqualTo(Spool.Appended.WRITTEN);
                        rings.release();
                        pending.clear();
                    }
                }
                default -> {
                    if (step == 4 && pending.rows() > 0) {
                        spool.append(pending, rings::intend);
                    }
                    spool.close();
                    pending.clear();
                    spool = open(folder);
                    rings = rings(spool);
                }
            }
        }
        spool.close();
        spool = open(folder);
        rings = rings(spool);
        while (!rings.isEmpty()) {
            spoolAll(spool, rings);
        }
        RowBatch rows = new RowBatch();
        try (SpoolReader reader = new SpoolReader(spool)) {
            reader.read(SpoolMark.NONE, rows, Integer.MAX_VALUE, Integer.MAX_VALUE);
        }
        assertThat(ids(rows)).containsExactlyInAnyOrderElementsOf(taken);
        spool.close();
        TestServer.delete(folder);
    }

    private static List<UUID> spoolAll(Spool spool, MappedRings rings) {
        RowBatch batch = new RowBatch();
        rings.read(batch, 1_000, 1 << 18);
        assertThat(spool.append(batch, rings::intend)).isEqualTo(Spool.Appended.WRITTEN);
        rings.release();
        return ids(batch);
    }

    private static Spool open(Path folder) {
        return Spool.open(folder, 256 << 20, 1 << 20, Clock.systemUTC());
    }

    private static MappedRings rings(Spool spool) {
        return requireNonNull(MappedRings.open(spool, LARGE), "mapped rings");
    }

    private static boolean offer(MappedRings rings, UUID id) {
        return rings.offer(event(id), question(id));
    }

    private static UsageEvent event(UUID id) {
        return TestEvents.event(id.toString(), Instant.EPOCH, "q".repeat(400));
    }

    private static byte[] question(UUID id) {
        return RowBatch.question(event(id).queryDigest(), event(id).queryText());
    }

    private static List<UUID> ids(RowBatch batch) {
        List<UUID> ids = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            ByteBuffer bytes = ByteBuffer.wrap(batch.array(), batch.start(row) + 6, 16);
            ids.add(new UUID(bytes.getLong(), bytes.getLong()));
        }
        return ids;
    }
}
