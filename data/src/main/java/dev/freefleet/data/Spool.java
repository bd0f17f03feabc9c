package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of usage rows on disk, bounded by bytes, that outlives its process. It is a folder of segments, files that are only
 * appended to and, once wholly delivered, deleted. One thread appends, one reads ({@link SpoolReader}), one forces.
 *
 * <p>A place in it is (segment, offset), and no place is ever used twice, so that a database which remembers one can
 * never take new rows for old: each process begins a segment of its own, its number is higher than that of any segment
 * that is left, and not below the clock's milliseconds, should the folder have been emptied or put back.
 */
final class Spool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    /** What became of an append. */
    enum Appended {
        /** The rows are in the page cache, where the death of the process cannot take them. */
        WRITTEN,
        /** The bound would be passed; there is room again once something was delivered. */
        FULL,
        /** The disk refuses. */
        FAILED
    }

    /** Told where an append is about to begin. */
    interface Intent {
        void at(long segment, long offset);
    }

    /** Readable bytes of one segment. */
    record Extent(long segment, long from, long to) {}

    private final SpoolDirectory directory;
    private final long maxBytes;
    private final int segmentBytes;
    private final Clock clock;
    private final long newestAtOpen;

    private final NavigableMap<Long, Long> lengths = new TreeMap<>();
    private final List<Segment> unforced = new ArrayList<>();
    /** Outside the heap, from where the system takes them without a copy more; one at a time appends. */
    private ByteBuffer frames = ByteBuffer.allocateDirect(1 << 16);

    private @Nullable Segment active;
    private long lastNumber;
    private boolean resumed;
    /** The first segment of this process. */
    private long firstOfRun = Long.MAX_VALUE;
    /** The segment of a mark that was in none that was there; 0 where there was no such mark. */
    private long ahead;

    private long lastEnd;
    private boolean failing;
    /** The last segment ends in bytes that do not count and could not be cut off. */
    private boolean tainted;

    private long bytes;
    private long damaged;

    /** @throws DataException UNUSABLE if the folder cannot be used, is in use, or was written by a newer fleet */
    static Spool open(Path path, long maxBytes, int segmentBytes, Clock clock) {
        SpoolDirectory directory = new SpoolDirectory(path);
        try {
            try {
                return new Spool(directory, maxBytes, segmentBytes, clock);
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (IOException e) {
            throw SpoolDirectory.unusable(directory.path(), e);
        }
    }

    private Spool(SpoolDirectory directory, long maxBytes, int segmentBytes, Clock clock) throws IOException {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.segmentBytes = segmentBytes;
        this.clock = requireNonNull(clock, "clock");
        lengths.putAll(directory.segments());
        for (long segment : lengths.keySet()) {
            requireReadable(directory.file(segment));
        }
        newestAtOpen = lengths.isEmpty() ? 0 : lengths.lastKey();
        lastNumber = newestAtOpen;
        if (!lengths.isEmpty()) {
            lastEnd = cutTornTail(newestAtOpen, lengths.lastEntry().getValue());
            lengths.put(newestAtOpen, lastEnd);
        }
        bytes = lengths.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void requireReadable(Path file) throws IOException {
        SpoolFormat.@Nullable Header header = SpoolDirectory.header(file);
        if (header != null && header.version() > SpoolFormat.VERSION) {
            throw new DataException(
                    DataException.Kind.UNUSABLE,
                    "The usage events in " + file + " were written by a newer version of the fleet; start that version"
                            + " until they are delivered, or move the file away.");
        }
    }

    /** Only the segment that was being written when its process died can end in half a record. */
    private long cutTornTail(long segment, long length) throws IOException {
        long whole = Math.min(length, SpoolFormat.HEADER_BYTES);
        try (SegmentReader reader = new SegmentReader(directory.file(segment), directory.id(), segment)) {
            long record = reader.find(SpoolFormat.HEADER_BYTES, length);
            while (record < length) {
                whole = reader.endOf(record);
                record = reader.find(whole, length);
            }
        }
        if (whole < length) {
            damaged++;
            LOG.warn(
                    "{} ends in {} bytes of an event that was never wholly written; they are cut off",
                    directory.file(segment),
                    length - whole);
            try (FileChannel channel = FileChannel.open(directory.file(segment), StandardOpenOption.WRITE)) {
                channel.truncate(whole);
            }
        }
        return whole;
    }

    UUID id() {
        return directory.id();
    }

    Path path() {
        return directory.path();
    }

    Path file(long segment) {
        return directory.file(segment);
    }

    /** How many whole records a segment holds from an offset on; -1 where it is gone, or ends before that. */
    long records(long segment, long offset) throws IOException {
        @Nullable Long length;
        synchronized (this) {
            length = lengths.get(segment);
        }
        if (length == null || length < offset) {
            return -1;
        }
        long records = 0;
        try (SegmentReader reader = new SegmentReader(directory.file(segment), directory.id(), segment)) {
            for (long at = reader.find(offset, length); at < length; at = reader.find(reader.endOf(at), length)) {
                records++;
            }
        }
        return records;
    }

    Appended append(RowBatch batch) {
        return append(batch, (segment, offset) -> {});
    }

    /** Appends all rows or none; from the writer's thread. It waits for the disk only where a segment begins. */
    Appended append(RowBatch batch, Intent intent) {
        @Nullable Segment segment;
        Long number;
        Long end;
        synchronized (this) {
            if (tainted) {
                return Appended.FAILED;
            }
            if (bytes + Segment.bytes(batch) > maxBytes) {
                return Appended.FULL;
            }
            segment = active;
        }
        try {
            if (segment == null || segment.length() >= segmentBytes) {
                segment = begin();
            }
            ByteBuffer room = framesFor(batch);
            // Objects that are entered are made before: there may be no memory for them, and then nothing must be
            // written.
            number = segment.number();
            end = segment.length() + Segment.bytes(batch);
            intent.at(number, segment.length());
            segment.append(batch, room);
        } catch (IOException e) {
            failed(segment, e);
            return Appended.FAILED;
        }
        synchronized (this) {
            bytes += end - lengths.getOrDefault(number, 0L);
            lengths.put(number, end);
            lastEnd = end;
            if (failing) {
                failing = false;
                LOG.info("The spool in {} takes usage events again", path());
            }
        }
        return Appended.WRITTEN;
    }

    private ByteBuffer framesFor(RowBatch batch) {
        int needed = Segment.bytes(batch);
        if (frames.capacity() < needed) {
            frames = ByteBuffer.allocateDirect(2 * needed);
        }
        return frames;
    }

    private Segment begin() throws IOException {
        long number = Math.max(lastNumber + 1, clock.millis());
        Segment fresh = Segment.create(directory.path(), directory.id(), number, lastNumber, lastEnd);
        synchronized (this) {
            active = fresh;
            firstOfRun = Math.min(firstOfRun, number);
            lastNumber = number;
            lastEnd = fresh.length();
            unforced.add(fresh);
            lengths.put(number, fresh.length());
            bytes += fresh.length();
        }
        return fresh;
    }

    private synchronized void failed(@Nullable Segment segment, IOException e) {
        if (!failing) {
            LOG.error(
                    "The spool in {} cannot be written ({}); usage events go on from memory while the database takes"
                            + " them, and wait there while it does not; make room on that disk or mend it",
                    path(),
                    e.toString());
        }
        failing = true;
        active = null;
        if (segment != null) {
            try {
                segment.cut();
            } catch (IOException again) {
                tainted = true;
                LOG.debug("The end of {} cannot be cut off", segment, again);
            }
        }
    }

    /** Whether a part of an append that failed may still be there. */
    synchronized boolean isTainted() {
        return tainted;
    }

    /** Whether the disk refused the last append. */
    synchronized boolean isFailing() {
        return failing;
    }

    /** Forces to the disk what was appended; from a thread of its own. */
    void force() {
        List<Segment> all;
        synchronized (this) {
            all = List.copyOf(unforced);
        }
        for (Segment segment : all) {
            boolean done;
            synchronized (this) {
                done = segment != active;
            }
            try {
                segment.force();
            } catch (IOException e) {
                // What a failed fsync leaves behind is undefined, and a second one need not tell (PostgreSQL, 2018).
                done = true;
                synchronized (this) {
                    damaged++;
                    if (active == segment) {
                        active = null;
                    }
                }
                LOG.error("{} could not be forced to the disk ({}); a new file is begun", segment, e.toString());
            }
            if (done) {
                synchronized (this) {
                    unforced.remove(segment);
                }
                close(segment);
            }
        }
    }

    private static void close(Segment segment) {
        try {
            segment.close();
        } catch (IOException e) {
            LOG.debug("{} was closed already", segment, e);
        }
    }

    /** The first readable bytes at or behind a place, or null. */
    synchronized @Nullable Extent next(SpoolMark place) {
        for (var segment : lengths.tailMap(place.segment(), true).entrySet()) {
            long from = Math.max(SpoolFormat.HEADER_BYTES, segment.getKey() == place.segment() ? place.offset() : 0);
            if (from < segment.getValue()) {
                return new Extent(segment.getKey(), from, segment.getValue());
            }
        }
        return null;
    }

    /** Where a database's mark leaves this process to begin; or to go on, where it is found to have another than it was left with. */
    synchronized SpoolMark resume(SpoolMark mark) {
        boolean ofRun = mark.segment() >= firstOfRun && mark.segment() <= lastNumber;
        if (resumed && ofRun && mark.segment() != ahead) {
            return mark; // the database was put back by a little, as where a standby takes over
        }
        resumed = true;
        boolean isAhead = mark.segment() > newestAtOpen;
        ahead = isAhead ? mark.segment() : ahead;
        if (mark.equals(SpoolMark.NONE)) {
            if (!lengths.isEmpty()) {
                LOG.info("The database does not know the spool in {}; it begins at the oldest event there", path());
            }
        } else if (isAhead) {
            LOG.warn(
                    "The database is ahead of the spool in {}, which was emptied or put back; events of this run"
                            + " are all that is to be delivered",
                    path());
            return mark.behind(newestAtOpen);
        } else if (isBehind(mark)) {
            LOG.warn(
                    "The database is behind the spool in {}, as after a restore: events that were delivered since are"
                            + " deleted there; it goes on with the oldest that is left",
                    path());
        }
        return mark;
    }

    /** Whether segments between a mark and the oldest that is left are gone. */
    private boolean isBehind(SpoolMark mark) {
        if (lengths.isEmpty() || lengths.firstKey() <= mark.segment()) {
            return false;
        }
        try {
            SpoolFormat.@Nullable Header oldest = SpoolDirectory.header(file(lengths.firstKey()));
            return oldest != null && (oldest.previous() != mark.segment() || oldest.previousEnd() > mark.offset());
        } catch (IOException e) {
            LOG.debug("The oldest segment cannot be read", e);
            return false;
        }
    }

    /** Where a batch that passes the spool by leaves it: behind all that is readable, and any junk behind that. */
    synchronized SpoolMark passedBy(SpoolMark place) {
        SpoolMark mark = place.nextDirect();
        return active == null && !lengths.isEmpty() ? mark.behind(lengths.lastKey()) : mark;
    }

    /** Deletes what lies wholly before a place that the database has committed. */
    void delivered(SpoolMark place) {
        List<Long> done = new ArrayList<>();
        synchronized (this) {
            for (var segment : lengths.headMap(place.segment(), true).entrySet()) {
                boolean whole = segment.getKey() < place.segment() || place.offset() >= segment.getValue();
                if (whole && (active == null || active.number() != segment.getKey())) {
                    done.add(segment.getKey());
                }
            }
            if (active == null && place.offset() == Long.MAX_VALUE) {
                tainted = false;
            }
        }
        done.forEach(this::delete);
    }

    /** The newest is emptied instead, since its number is not to be used again. */
    private void delete(long segment) {
        try {
            if (isNewest(segment)) {
                empty(segment);
            } else {
                Files.deleteIfExists(file(segment));
                forget(segment);
            }
        } catch (IOException e) {
            LOG.warn("{} is delivered but cannot be deleted ({})", file(segment), e.toString());
        }
    }

    private synchronized boolean isNewest(long segment) {
        return lengths.lastKey() == segment;
    }

    private void empty(long segment) throws IOException {
        synchronized (this) {
            if (lengths.getOrDefault(segment, 0L) <= SpoolFormat.HEADER_BYTES) {
                return;
            }
        }
        try (FileChannel channel = FileChannel.open(file(segment), StandardOpenOption.WRITE)) {
            channel.truncate(SpoolFormat.HEADER_BYTES);
        }
        synchronized (this) {
            bytes -= lengths.getOrDefault(segment, 0L) - SpoolFormat.HEADER_BYTES;
            lengths.put(segment, (long) SpoolFormat.HEADER_BYTES);
        }
    }

    private synchronized void forget(long segment) {
        @Nullable Long length = lengths.remove(segment);
        bytes -= length == null ? 0 : length;
    }

    /** Whether files of the folder can be opened now. */
    boolean isThere() {
        try (FileChannel id = FileChannel.open(directory.path().resolve(SpoolDirectory.ID), StandardOpenOption.READ)) {
            return id.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes a segment out of the queue that the disk does not give back. */
    void setAside(long segment, IOException e) {
        synchronized (this) {
            damaged++;
            if (active != null && active.number() == segment) {
                active = null;
            }
        }
        LOG.error("{} cannot be read ({}); it is set aside as *.unreadable", file(segment), e.toString());
        try {
            Files.move(
                    file(segment),
                    path().resolve(SpoolDirectory.name(segment) + ".unreadable"),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException again) {
            LOG.debug("{} cannot be renamed", file(segment), again);
        }
        forget(segment);
    }

    void skipped(long segment, long from, long to) {
        synchronized (this) {
            damaged++;
        }
        LOG.error(
                "{} is damaged from byte {} to {}; the events there are lost, those behind are not",
                file(segment),
                from,
                to);
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Places where something was lost, each at least one event. */
    synchronized long damaged() {
        return damaged;
    }

    /** Forces what was appended, and lets go of the folder; all of it is there when it is opened again. */
    @Override
    public void close() {
        force();
        synchronized (this) {
            unforced.forEach(Spool::close);
            unforced.clear();
        }
        try {
            directory.close();
        } catch (IOException e) {
            LOG.debug("The lock of {} was gone already", path(), e);
        }
    }
}
