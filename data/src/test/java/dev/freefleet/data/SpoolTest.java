package dev.freefleet.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import org.jspecify.annotations.Nullable;

class SpoolTest {
    private static final int SEGMENT = 2_000;
    private static final long ROOM = 1L << 30;

    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private final Path root = TestServer.temporary();
    private final Path directory = root.resolve("spool");
    private int made;

    @AfterTry
    void delete() {
        TestServer.delete(root);
    }

    /** As where a standby takes over that lags by a batch: what it has is not sent again. */
    @Example
    void aDatabaseThatIsPutBackWithinARunIsSentWhatItLacks() {
        try (Spool spool = open(ROOM);
                SpoolReader reader = new SpoolReader(spool)) {
            SpoolMark mark = spool.resume(SpoolMark.NONE);
            RowBatch first = rows(3);
            RowBatch second = rows(4);
            assertThat(spool.append(first)).isEqualTo(Spool.Appended.WRITTEN);
            SpoolMark before = reader.read(mark, new RowBatch(), 1_000, 1 << 20);
            assertThat(spool.append(second)).isEqualTo(Spool.Appended.WRITTEN);
            reader.read(before, new RowBatch(), 1_000, 1 << 20);

            RowBatch again = new RowBatch();
            reader.read(spool.resume(before), again, 1_000, 1 << 20);
            assertThat(texts(again)).isEqualTo(texts(second));
        }
    }

    /** The same where the run began with a folder that had been emptied or put back, which the database is ahead of. */
    @Example
    void aDatabaseThatWasAheadAndIsPutBackWithinTheRunIsSentWhatItLacks() {
        SpoolMark ahead = new SpoolMark(clock.millis() - 1, 4_000, 0);
        try (Spool spool = open(ROOM);
                SpoolReader reader = new SpoolReader(spool)) {
            SpoolMark mark = spool.resume(ahead);
            RowBatch first = rows(3);
            RowBatch second = rows(4);
            assertThat(spool.append(first)).isEqualTo(Spool.Appended.WRITTEN);
            SpoolMark before = reader.read(mark, new RowBatch(), 1_000, 1 << 20);
            assertThat(spool.append(second)).isEqualTo(Spool.Appended.WRITTEN);
            reader.read(before, new RowBatch(), 1_000, 1 << 20);

            RowBatch lacking = new RowBatch();
            reader.read(spool.resume(before), lacking, 1_000, 1 << 20);
            assertThat(texts(lacking)).isEqualTo(texts(second));

            RowBatch all = new RowBatch();
            reader.read(spool.resume(ahead), all, 1_000, 1 << 20);
            assertThat(all.rows())
                    .as("what came before this run, and nothing of it")
                    .isEqualTo(7);
        }
    }

    /** Appends, deliveries, deaths and deaths half way through a write, in any order: nothing twice, nothing lost, in order. */
    @Property(tries = 60)
    void itIsAQueueThatOutlivesItsProcess(@ForAll @Size(max = 60) List<@IntRange(max = 11) Integer> actions)
            throws IOException {
        List<String> appended = new ArrayList<>();
        List<String> delivered = new ArrayList<>();
        SpoolMark mark = SpoolMark.NONE;
        Spool spool = open(ROOM);
        try {
            for (int action : actions) {
                if (action < 6) {
                    RowBatch rows = rows(1 + action);
                    assertThat(spool.append(rows)).isEqualTo(Spool.Appended.WRITTEN);
                    appended.addAll(texts(rows));
                } else if (action < 9) {
                    RowBatch read = new RowBatch();
                    try (SpoolReader reader = new SpoolReader(spool)) {
                        mark = reader.read(mark, read, 5 * (action - 5), 1 << 20);
                    }
                    delivered.addAll(texts(read));
                    spool.delivered(mark);
                } else {
                    spool.close();
                    if (action == 11) {
                        tearTail();
                    }
                    spool = open(ROOM);
                    mark = spool.resume(mark);
                }
            }
            RowBatch rest = new RowBatch();
            try (SpoolReader reader = new SpoolReader(spool)) {
                mark = reader.read(mark, rest, Integer.MAX_VALUE, Integer.MAX_VALUE);
            }
            delivered.addAll(texts(rest));
            assertThat(delivered).isEqualTo(appended);
            spool.delivered(mark);
            assertThat(spool.bytes()).isLessThan(SEGMENT + 3_000);
        } finally {
            spool.close();
        }
    }

    /** What a write leaves that was cut short: the newest segment with the beginning of a record behind it. */
    private void tearTail() throws IOException {
        List<Path> segments = segments();
        if (!segments.isEmpty()) {
            Path newest = segments.getLast();
            byte[] bytes = Files.readAllBytes(newest);
            byte[] more = Arrays.copyOf(bytes, bytes.length + 7);
            more[bytes.length + 3] = 100;
            Files.write(newest, more);
        }
    }

    @Example
    void aSegmentCutAtAnyByteKeepsTheRecordsBeforeTheCut() throws IOException {
        RowBatch rows = rows(4);
        append(rows);
        byte[] whole = Files.readAllBytes(segments().getFirst());
        for (int length = 0; length <= whole.length; length++) {
            Files.write(segments().getFirst(), Arrays.copyOf(whole, length));
            int kept = 0;
            int end = SpoolFormat.HEADER_BYTES;
            for (int row = 0; row < 4; row++) {
                end += SpoolFormat.FRAME_BYTES + rows.start(row + 1) - rows.start(row);
                kept += end <= length ? 1 : 0;
            }
            try (Spool spool = open(ROOM)) {
                assertThat(read(spool))
                        .as("cut at %d", length)
                        .isEqualTo(texts(rows).subList(0, kept));
                RowBatch more = rows(1);
                spool.append(more);
                assertThat(read(spool)).hasSize(kept + 1).endsWith(texts(more).getFirst());
            }
            Files.delete(segments().getLast());
        }
    }

    @Example
    void aFlippedByteCostsTheRecordItIsInAndNoOther() throws IOException {
        RowBatch rows = rows(4);
        append(rows);
        append(rows(1));
        Path file = segments().getFirst();
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(file, flipped);
            List<String> expected = new ArrayList<>(texts(rows));
            int end = SpoolFormat.HEADER_BYTES;
            for (int row = 0; row < 4 && at >= SpoolFormat.HEADER_BYTES; row++) {
                end += SpoolFormat.FRAME_BYTES + rows.start(row + 1) - rows.start(row);
                if (at < end) {
                    expected.remove(row);
                    break;
                }
            }
            try (Spool spool = open(ROOM)) {
                assertThat(read(spool).subList(0, expected.size()))
                        .as("flipped at %d", at)
                        .isEqualTo(expected);
                assertThat(read(spool)).hasSize(expected.size() + 1);
                assertThat(spool.damaged() > 0).isEqualTo(expected.size() < 4);
            }
        }
    }

    @Example
    void aRecordIsOfNoValueInAnotherPlace() throws IOException {
        RowBatch rows = rows(3);
        append(rows);
        append(rows(1));
        Path file = segments().getFirst();
        byte[] bytes = Files.readAllBytes(file);
        int record = SpoolFormat.FRAME_BYTES + rows.start(1);
        System.arraycopy(bytes, SpoolFormat.HEADER_BYTES, bytes, SpoolFormat.HEADER_BYTES + record, record);
        Files.write(file, bytes);
        try (Spool spool = open(ROOM)) {
            assertThat(read(spool))
                    .hasSize(3)
                    .startsWith(texts(rows).get(0), texts(rows).get(2));
            assertThat(spool.damaged()).isEqualTo(1);
        }
    }

    @Property(tries = 40)
    void anyBytesAreNoHindrance(@ForAll @Size(max = 500) byte[] junk) throws IOException {
        try (Spool spool = open(ROOM)) {
            spool.append(rows(2));
        }
        Files.write(directory.resolve("000000000000000001.spool"), junk);
        try (Spool spool = open(ROOM)) {
            assertThat(read(spool)).hasSize(2);
        }
    }

    @Example
    void itIsBoundedAndHasRoomAgainOnceSomethingIsDelivered() throws IOException {
        try (Spool spool = open(10_000);
                SpoolReader reader = new SpoolReader(spool)) {
            int taken = 0;
            while (spool.append(rows(1)) == Spool.Appended.WRITTEN) {
                taken++;
            }
            assertThat(taken).isBetween(10, 100);
            assertThat(spool.append(rows(1))).isEqualTo(Spool.Appended.FULL);
            assertThat(size()).isEqualTo(spool.bytes()).isLessThanOrEqualTo(10_000);

            RowBatch some = new RowBatch();
            spool.delivered(reader.read(SpoolMark.NONE, some, taken / 2, 1 << 20));

            assertThat(spool.append(rows(1))).isEqualTo(Spool.Appended.WRITTEN);
            assertThat(size()).isEqualTo(spool.bytes());
        }
    }

    @Example
    void oneProcessHoldsItAtATime() {
        try (Spool spool = open(ROOM)) {
            assertThat(spool.bytes()).isZero();
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> open(ROOM))
                    .withMessage("Another fleet keeps its usage events in " + directory
                            + "; stop it, or give this one another folder.");
        }
        open(ROOM).close();
    }

    @Example
    void aFolderThatCannotBeMadeIsToldInASentence() throws IOException {
        Files.writeString(directory, "a file");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> open(ROOM))
                .withMessageStartingWith("The folder " + directory + " cannot keep usage events");
    }

    @Example
    void aSegmentOfANewerFleetIsLeftAlone() throws IOException {
        open(ROOM).close();
        byte[] bytes = new byte[SpoolFormat.HEADER_BYTES];
        SpoolFormat.header(UUID.randomUUID(), 1, 0, 0).get(bytes);
        ByteBuffer header = ByteBuffer.wrap(bytes).putInt(4, SpoolFormat.VERSION + 1);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, SpoolFormat.HEADER_BYTES - 4);
        header.putInt(SpoolFormat.HEADER_BYTES - 4, (int) crc.getValue());
        Path file = Files.write(directory.resolve("000000000000000001.spool"), bytes);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> open(ROOM))
                .withMessageContaining("newer version of the fleet");
        Files.delete(file);
        open(ROOM).close();
    }

    @Example
    void theIdIsFoundAgainInTheSegments() throws IOException {
        append(rows(3));
        for (String damaged : List.of("", "junk")) {
            Files.writeString(directory.resolve("id"), damaged);
            try (Spool spool = open(ROOM)) {
                assertThat(read(spool)).hasSize(3);
            }
        }
    }

    @Example
    void nobodyElseMayReadWhatPeopleAsked() throws IOException {
        append(rows(1));
        assertThat(Files.getPosixFilePermissions(directory)).hasSize(3);
        assertThat(Files.getPosixFilePermissions(segments().getFirst())).hasSize(2);
    }

    /** A full disk, where one can be made; elsewhere the bound, which the spool meets in the same place. */
    @Example
    void afterAFullDiskItGoesOnWithoutHalfABatch() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        try (@Nullable SmallDisk small = SmallDisk.mount(disk, "128k");
                Spool spool = Spool.open(disk.resolve("spool"), small == null ? 100_000 : ROOM, 20_000, clock);
                SpoolReader reader = new SpoolReader(spool)) {
            List<String> appended = new ArrayList<>();
            RowBatch rows = rows(7);
            while (spool.append(rows) == Spool.Appended.WRITTEN) {
                appended.addAll(texts(rows));
                rows = rows(7);
            }
            assertThat(spool.append(rows)).isEqualTo(small == null ? Spool.Appended.FULL : Spool.Appended.FAILED);
            assertThat(spool.isFailing()).isEqualTo(small != null);
            RowBatch read = new RowBatch();
            SpoolMark mark = reader.read(SpoolMark.NONE, read, 1 << 20, 1 << 20);
            spool.delivered(mark);
            // Also closes the files that are deleted, and so gives their room back.
            spool.force();
            assertThat(spool.append(rows)).isEqualTo(Spool.Appended.WRITTEN);
            appended.addAll(texts(rows));
            reader.read(mark, read, 1 << 20, 1 << 20);
            assertThat(texts(read)).isEqualTo(appended);
            assertThat(spool.damaged()).isZero();
            assertThat(spool.isFailing()).isFalse();
        }
    }

    /** An append is cut short in a segment: what of it is on the disk is not found by the next process, for it is appended again. */
    @Example
    void ofAnAppendForWhichTheDiskHasNoRoomNothingIsLeft() throws IOException {
        Path disk = Files.createDirectory(root.resolve("disk"));
        try (@Nullable SmallDisk small = SmallDisk.mount(disk, "128k")) {
            long room = small == null ? 100_000 : ROOM;
            List<String> appended = new ArrayList<>();
            try (Spool spool = Spool.open(disk.resolve("spool"), room, 1 << 20, clock)) {
                RowBatch rows = rows(7);
                while (spool.append(rows) == Spool.Appended.WRITTEN) {
                    appended.addAll(texts(rows));
                    rows = rows(7);
                }
                assertThat(spool.isFailing()).isEqualTo(small != null);
                assertThat(spool.isTainted()).isFalse();
            }
            try (Spool spool = Spool.open(disk.resolve("spool"), room, 1 << 20, clock)) {
                assertThat(read(spool)).isEqualTo(appended);
                assertThat(spool.damaged()).isZero();
            }
        }
    }

    /** As where the process has just not too many files open when it is tried whether others can be opened. */
    @Example
    void aSegmentThatCannotBeOpenedForAMomentIsNotSetAside() throws Exception {
        try (Spool spool = open(ROOM);
                SpoolReader reader = new SpoolReader(spool)) {
            assertThat(spool.append(rows(5))).isEqualTo(Spool.Appended.WRITTEN);
            Path segment = segments().getFirst();
            Path elsewhere = Files.move(segment, root.resolve("elsewhere"));
            Files.createSymbolicLink(segment, segment);
            RowBatch read = new RowBatch();
            for (int attempt = 1; attempt < SpoolReader.TRIES; attempt++) {
                assertThatExceptionOfType(UncheckedIOException.class)
                        .isThrownBy(() -> reader.read(SpoolMark.NONE, read, 100, 1 << 20));
            }
            Files.move(elsewhere, segment, StandardCopyOption.REPLACE_EXISTING);

            reader.read(SpoolMark.NONE, read, 100, 1 << 20);
            assertThat(read.rows()).isEqualTo(5);
            assertThat(spool.damaged()).isZero();
        }
    }

    @Example
    void aSegmentThatIsNotGivenBackIsSetAsideAndThoseBehindItAreRead() throws Exception {
        append(rows(5));
        try (Spool spool = open(ROOM);
                SpoolReader reader = new SpoolReader(spool)) {
            RowBatch behind = rows(3);
            assertThat(spool.append(behind)).isEqualTo(Spool.Appended.WRITTEN);
            Path segment = segments().getFirst();
            Files.delete(segment);
            Files.createSymbolicLink(segment, segment);
            RowBatch read = new RowBatch();
            for (int attempt = 1; attempt < SpoolReader.TRIES; attempt++) {
                assertThatExceptionOfType(UncheckedIOException.class)
                        .isThrownBy(() -> reader.read(SpoolMark.NONE, read, 100, 1 << 20));
            }
            reader.read(SpoolMark.NONE, read, 100, 1 << 20);

            assertThat(texts(read)).isEqualTo(texts(behind));
            assertThat(spool.damaged()).isEqualTo(1);
            assertThat(Files.isSymbolicLink(directory.resolve(segment.getFileName() + ".unreadable")))
                    .isTrue();
        }
    }

    /** As where too many files are open, or its disk is not there for a moment: no segment is to blame, and none is set aside. */
    @Example
    void whileNoFileCanBeOpenedNothingIsSetAside() throws Exception {
        try (Spool spool = open(ROOM);
                SpoolReader reader = new SpoolReader(spool)) {
            assertThat(spool.append(rows(5))).isEqualTo(Spool.Appended.WRITTEN);
            RowBatch read = new RowBatch();
            Path elsewhere = Files.move(directory, root.resolve("elsewhere"));
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> reader.read(SpoolMark.NONE, read, 100, 1 << 20));
            Files.move(elsewhere, directory);

            reader.read(SpoolMark.NONE, read, 100, 1 << 20);
            assertThat(read.rows()).isEqualTo(5);
            assertThat(spool.damaged()).isZero();
        }
    }

    private Spool open(long maxBytes) {
        return Spool.open(directory, maxBytes, SEGMENT, clock);
    }

    private void append(RowBatch rows) {
        try (Spool spool = open(ROOM)) {
            assertThat(spool.append(rows)).isEqualTo(Spool.Appended.WRITTEN);
        }
    }

    private static List<String> read(Spool spool) {
        RowBatch batch = new RowBatch();
        try (SpoolReader reader = new SpoolReader(spool)) {
            reader.read(SpoolMark.NONE, batch, Integer.MAX_VALUE, Integer.MAX_VALUE);
        }
        return texts(batch);
    }

    private RowBatch rows(int count) {
        RowBatch rows = new RowBatch();
        for (int i = 0; i < count; i++) {
            rows.add(TestEvents.event("id " + made++, Instant.EPOCH, "?"));
        }
        return rows;
    }

    private static List<String> texts(RowBatch rows) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < rows.rows(); i++) {
            texts.add(HexFormat.of().formatHex(rows.array(), rows.start(i), rows.start(i + 1)));
        }
        return texts;
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> requireNonNull(f.getFileName()).toString().endsWith(".spool"))
                    .sorted()
                    .toList();
        }
    }

    private long size() throws IOException {
        long size = 0;
        for (Path segment : segments()) {
            size += Files.size(segment);
        }
        return size;
    }
}
