package dev.freefleet.data;

import dev.freefleet.edge.UsageEvent;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded queue of encoded events in a mapped file beside the spool: what {@link #offer} has taken, the death of the process
 * does not take, for the pages are the system's. So an answer may be sent once its event is in here, without a system call.
 * Many threads offer; one at a time reads.
 *
 * <p>A producer encodes its row, claims room by a compare-and-set of the tail, writes CLAIMED and the row's length, the row, and
 * last ROW. What is free holds zeros. So whatever moment the process died at, its successor finds its way: a claimed record
 * is passed over (its event was never taken), and zeros between records are the claim of a thread that wrote nothing yet.
 *
 * <p>The consumer notes where in the spool it is about to append what it read (the intent), appends, clears the room and
 * moves the head. A successor counts the whole records at the intent's place, and passes over as many rows here: each row is
 * in the spool or here, and never in both.
 *
 * <p>A power cut may leave pages of different times, so a ring of another boot of the machine is thrown away: it holds the last
 * milliseconds, which were not forced to a disk either. One that was closed was forced, and is taken over.
 */
final class MappedRing {
    private static final Logger LOG = LoggerFactory.getLogger(MappedRing.class);

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final long MAGIC = 0x46465249_4e473031L;
    /** In the place of a boot's id in a ring that is whole on the disk. */
    private static final UUID CLOSED = new UUID(0, 0);
    /** A page, so that the rows begin at one. */
    static final int HEADER_BYTES = 4096;

    private static final long CAPACITY = 8;
    private static final long SPOOL = 16;
    private static final long BOOT = 32;
    private static final long HEAD = 48;
    private static final long INTENT_SEGMENT = 56;
    private static final long INTENT_OFFSET = 64;
    private static final long INTENT_ROWS = 72;
    private static final long INTENT_END = 80;
    private static final long INTENT_BEGIN = 88;
    /** Up to where the rows are elsewhere, while the room is being cleared. */
    private static final long PASSED = 96;

    /** The low bits of a record's first word; the others are a length: of the row, or of all that is to be passed over. */
    private static final int CLAIMED = 1;

    private static final int ROW = 2;
    private static final int SKIP = 3;
    private static final int KIND_BITS = 2;
    private static final int WORD_BYTES = 8;

    private static final int PRESSING_BYTES = 1 << 18;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle WORD = LONG.varHandle();
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[4096]);
    private static final ThreadLocal<RowBatch> SCRATCH = ThreadLocal.withInitial(RowBatch::new);

    private final MemorySegment map;
    private final long capacity;
    private final AtomicLong tail = new AtomicLong();
    private final LongAdder offered = new LongAdder();
    /** How many a former process left here. */
    private long left;

    private volatile long head;
    private volatile long released;
    private volatile Runnable pressed = () -> {};
    private long cursor;
    private int unreleased;

    /**
     * Opens the ring of a spool with what a former process left in it, or makes one. Where that is not possible (no room on the
     * disk, no Linux) the log says so, and events wait in memory alone.
     */
    static @Nullable MappedRing open(Spool spool, String name, long maxBytes) {
        try {
            return open(
                    spool,
                    name,
                    maxBytes,
                    UUID.fromString(Files.readString(BOOT_ID).strip()));
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn(
                    "{} cannot be made ({}); the events of the last milliseconds wait in memory alone, and are lost when the"
                            + " process is killed",
                    spool.path().resolve(name),
                    e.toString());
            return null;
        }
    }

    /** @param boot tells this start of the machine from others */
    static MappedRing open(Spool spool, String name, long maxBytes, UUID boot) throws IOException {
        Path file = spool.path().resolve(name);
        @Nullable MappedRing kept = Files.exists(file) ? adopt(file, spool, boot) : null;
        long wanted = Long.highestOneBit(maxBytes);
        if (kept != null && (kept.capacity == wanted || !kept.isEmpty())) {
            return kept;
        }
        make(file, wanted, spool.id(), boot);
        return new MappedRing(map(file, wanted), wanted);
    }

    private MappedRing(MemorySegment map, long capacity) {
        this.map = map;
        this.capacity = capacity;
    }

    /** Fills the file with zeros rather than holes: a write into a page that the disk has no room for kills a thread. */
    private static void make(Path file, long capacity, UUID spool, UUID boot) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(java.nio.ByteOrder.nativeOrder());
            header.putLong(MAGIC).putLong(capacity);
            header.putLong(spool.getMostSignificantBits()).putLong(spool.getLeastSignificantBits());
            header.putLong(boot.getMostSignificantBits()).putLong(boot.getLeastSignificantBits());
            writeAll(channel, header.rewind());
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(1 << 20, capacity));
            for (long at = 0; at < capacity; at += zeros.capacity()) {
                writeAll(channel, zeros.clear());
            }
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Unmapped when nobody refers to it any more, so that a late offer meets no closed memory. */
    private static MemorySegment map(Path file, long capacity) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, HEADER_BYTES + capacity, Arena.ofAuto());
        }
    }

    private static @Nullable MappedRing adopt(Path file, Spool spool, UUID boot) throws IOException {
        long capacity = Files.size(file) - HEADER_BYTES;
        if (capacity < WORD_BYTES || Long.bitCount(capacity) != 1) {
            return null;
        }
        MemorySegment map = map(file, capacity);
        boolean known = map.get(LONG, 0) == MAGIC
                && map.get(LONG, CAPACITY) == capacity
                && spool.id().equals(new UUID(map.get(LONG, SPOOL), map.get(LONG, SPOOL + 8)));
        UUID start = new UUID(map.get(LONG, BOOT), map.get(LONG, BOOT + 8));
        if (!known || !(start.equals(boot) || start.equals(CLOSED))) {
            LOG.info("{} is of another start of the machine, or of another spool, and is made anew", file);
            return null;
        }
        MappedRing ring = new MappedRing(map, capacity);
        if (!start.equals(boot)) {
            ring.stamp(boot); // before anything is done to it
        }
        ring.recover(spool, file);
        return ring;
    }

    private void stamp(UUID boot) {
        map.set(LONG, BOOT, boot.getMostSignificantBits());
        map.set(LONG, BOOT + 8, boot.getLeastSignificantBits());
        map.asSlice(0, HEADER_BYTES).force();
    }

    /** Has what is still here outlive the machine, too: nobody offers or reads any more. */
    void close() {
        if (!isEmpty()) {
            map.force();
            stamp(CLOSED);
        }
    }

    private void recover(Spool spool, Path file) throws IOException {
        head = map.get(LONG, HEAD);
        cursor = Math.max(head, map.get(LONG, PASSED));
        long intentEnd = map.get(LONG, INTENT_END);
        // An intent that was followed, wholly or by a successor's recovery, begins before the cursor.
        if (map.get(LONG, INTENT_BEGIN) == cursor && intentEnd > cursor && intentEnd <= head + capacity) {
            long spooled = spool.records(map.get(LONG, INTENT_SEGMENT), map.get(LONG, INTENT_OFFSET));
            if (spooled < 0 || spooled >= map.get(LONG, INTENT_ROWS)) {
                cursor = intentEnd;
            } else {
                pass(spooled);
            }
        }
        release();
        withdraw(); // its segment may be delivered and gone when somebody asks again
        long end = head + capacity;
        long at = head;
        long rows = 0;
        while (at < end) {
            long word = map.get(LONG, place(at));
            long span = span(word);
            if (word == 0) {
                long next = nextWord(at, end);
                if (next == end) {
                    break;
                }
                map.set(LONG, place(at), word(next - at, SKIP));
                span = next - at;
            } else if (!isSound(word, end - at)) {
                LOG.error("{} is damaged; the events behind byte {} of it are lost", file, place(at));
                clear(at, end);
                break;
            } else if (kind(word) == CLAIMED) {
                map.set(LONG, place(at), word(span, SKIP));
            } else if (kind(word) == ROW) {
                rows++;
            }
            at += span;
        }
        tail.set(at);
        left = rows;
        if (rows > 0) {
            LOG.info("{} events of a process that was killed are taken over", rows);
        }
    }

    /** Moves the cursor behind so many rows. */
    private void pass(long rows) {
        for (long passed = 0; passed < rows; ) {
            long word = map.get(LONG, place(cursor));
            if (!isSound(word, capacity)) {
                return;
            }
            passed += kind(word) == ROW ? 1 : 0;
            cursor += span(word);
        }
    }

    private long nextWord(long from, long end) {
        long at = from;
        while (at < end && map.get(LONG, place(at)) == 0) {
            at += WORD_BYTES;
        }
        return at;
    }

    private static boolean isSound(long word, long room) {
        long length = word >>> KIND_BITS;
        return switch (kind(word)) {
                    case ROW, CLAIMED -> length >= RowBatch.SHORTEST_ROW && length <= SpoolFormat.LONGEST_ROW;
                    case SKIP -> length % WORD_BYTES == 0 && length > 0;
                    default -> false;
                }
                && span(word) <= room;
    }

    /**
     * Adds an event, from any thread.
     *
     * @param question what is kept of its question, as {@link RowBatch#question} makes it
     * @return false if there is no room
     */
    boolean offer(UsageEvent event, byte[] question) {
        RowBatch scratch = SCRATCH.get();
        int length = scratch.only(event, question);
        long size = span(word(length, ROW));
        long at;
        long start;
        do {
            at = tail.get();
            long toEnd = capacity - (at & (capacity - 1));
            start = size <= toEnd ? at : at + toEnd;
            if (start + size - head > capacity) {
                return false;
            }
        } while (!tail.compareAndSet(at, start + size));
        if (start != at) {
            WORD.setRelease(map, place(at), word(start - at, SKIP));
        }
        WORD.setRelease(map, place(start), word(length, CLAIMED));
        MemorySegment.copy(scratch.array(), 0, map, ValueLayout.JAVA_BYTE, place(start) + WORD_BYTES, length);
        WORD.setRelease(map, place(start), word(length, ROW));
        offered.increment();
        long from = head;
        if (start + size - from >= PRESSING_BYTES && at - from < PRESSING_BYTES) {
            pressed.run();
        }
        return true;
    }

    /** What is told, by a thread that offers, when 256 KB wait: it is time to read. */
    void whenPressed(Runnable tell) {
        pressed = tell;
    }

    /** Adds the oldest rows that were not read yet to a batch; they stay here until {@link #release}. From one thread at a time. */
    void read(RowBatch batch, int maxRows, int maxBytes) {
        while (batch.rows() < maxRows && batch.size() < maxBytes && cursor < tail.get()) {
            long word = (long) WORD.getAcquire(map, place(cursor));
            int kind = kind(word);
            if (kind == ROW) {
                batch.addRow(map, place(cursor) + WORD_BYTES, (int) (word >>> KIND_BITS));
                unreleased++;
            } else if (kind != SKIP) {
                break; // its producer is at it
            }
            cursor += span(word);
        }
        if (unreleased == 0) {
            release(); // what was only passed over: nobody else will, who was given no row
        }
    }

    /** Notes that what was read and not released is about to be appended there. */
    void intend(long segment, long offset) {
        withdraw();
        map.set(LONG, INTENT_BEGIN, head);
        map.set(LONG, INTENT_SEGMENT, segment);
        map.set(LONG, INTENT_OFFSET, offset);
        map.set(LONG, INTENT_ROWS, unreleased);
        WORD.setRelease(map, INTENT_END, cursor);
    }

    /** What was intended was not done, and nothing of it is there. */
    void withdraw() {
        WORD.setRelease(map, INTENT_END, 0L);
    }

    /** Forgets what was read: it is elsewhere. */
    void release() {
        WORD.setRelease(map, PASSED, cursor);
        clear(head, cursor);
        WORD.setRelease(map, HEAD, cursor);
        long before = released;
        released = before + unreleased; // this thread alone writes it
        unreleased = 0;
        head = cursor;
    }

    /** Makes no object for it, for which there might be no memory. */
    private void clear(long from, long to) {
        for (long at = from; at < to; ) {
            long part = Math.min(Math.min(to - at, capacity - (at & (capacity - 1))), ZEROS.byteSize());
            MemorySegment.copy(ZEROS, 0, map, place(at), part);
            at += part;
        }
    }

    /** Whether nothing was read that is still here; for the thread that reads. */
    boolean isReleased() {
        return cursor == head;
    }

    /** How many events wait, from any thread; exact only when nobody adds or takes. */
    int size() {
        return (int) Math.max(0, left + offered.sum() - released);
    }

    /** How many it took, from any thread. */
    long offered() {
        return offered.sum();
    }

    boolean isEmpty() {
        return tail.get() == head;
    }

    private long place(long position) {
        return HEADER_BYTES + (position & (capacity - 1));
    }

    private static long word(long length, int kind) {
        return length << KIND_BITS | kind;
    }

    private static int kind(long word) {
        return (int) word & ((1 << KIND_BITS) - 1);
    }

    private static long span(long word) {
        long length = word >>> KIND_BITS;
        return kind(word) == SKIP ? length : WORD_BYTES + (length + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;
    }
}
