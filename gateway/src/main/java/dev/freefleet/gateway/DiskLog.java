package dev.freefleet.gateway;

import dev.freefleet.gateway.DiskIndex.Place;
import dev.freefleet.gateway.DiskSegment.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records in segments, oldest first, within a bound: where there is no more room the oldest segment goes, and of it what is
 * still asked for is written anew. One thread writes; any may {@link #read}.
 */
final class DiskLog {
    private static final int BATCH = 1 << 20;
    private static final int MIN_SEGMENT = 64 << 10;
    private static final int MAX_SEGMENT = 64 << 20;
    private static final int SEGMENTS = 16;
    private static final long BYTES_A_KEY = 512;

    final DiskIndex index;
    private final Path folder;
    private final long maxBytes;
    private final int segmentBytes;
    private final Predicate<String> wanted;
    private final DiskRemovals removals;
    private final ConcurrentSkipListMap<Integer, DiskSegment> segments = new ConcurrentSkipListMap<>();
    private final LongAdder damaged = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder written = new LongAdder();

    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
    private final List<Appended> appended = new ArrayList<>();
    private final Set<Long> unwritten = new HashSet<>();
    /** Keys of records that the index does not have: a purge would not note them as removed, so that is done before. */
    private final ConcurrentLinkedQueue<Long> lost = new ConcurrentLinkedQueue<>();

    private List<Entry> entries = new ArrayList<>();
    private @Nullable DiskSegment active;
    private long next = 1;
    private volatile long bytes;

    private record Appended(Entry entry, Consumer<Place> written) {}

    /**
     * Opens what is in the folder.
     *
     * @param wanted whether a key is asked for elsewhere, in memory
     */
    DiskLog(Path folder, long maxBytes, Predicate<String> wanted) throws IOException {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.wanted = wanted;
        this.segmentBytes = Math.clamp(maxBytes / SEGMENTS, MIN_SEGMENT, MAX_SEGMENT);
        this.index = new DiskIndex((int) Math.min(1 << 26, maxBytes / BYTES_A_KEY));
        DiskFiles.makeFolder(folder);
        this.removals = new DiskRemovals(folder);
        recover();
    }

    private void recover() throws IOException {
        for (int number : numbers()) {
            DiskSegment segment = DiskSegment.open(folder, number);
            if (segment == null) {
                damaged.increment();
            } else {
                segments.put(number, segment);
            }
        }
        next = removals.last() + 1;
        if (!removals.isIntact()) {
            damaged.increment();
            clear();
        }
        List<Long> homeless = new ArrayList<>();
        for (DiskSegment segment : segments.values()) {
            recover(segment, homeless);
        }
        for (long hash : homeless) {
            remove(hash); // no purge finds it, so no start may
        }
        Map.Entry<Integer, DiskSegment> newest = segments.lastEntry();
        if (newest != null && newest.getValue().size() < segmentBytes / 2) {
            active = newest.getValue();
        } else {
            entries = new ArrayList<>();
        }
        count();
        dropUntil(maxBytes);
    }

    private List<Integer> numbers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.length() == 18 && name.endsWith(".answers"))
                    .map(name -> name.substring(0, 10))
                    .filter(digits -> digits.chars().allMatch(c -> c >= '0' && c <= '9') && digits.charAt(0) == '0')
                    .map(Integer::parseInt)
                    .sorted()
                    .toList();
        }
    }

    private void recover(DiskSegment segment, List<Long> homeless) throws IOException {
        entries = segment.entries();
        long end = DiskSegment.START;
        for (Entry entry : entries) {
            end = Math.max(end, (long) entry.place().offset() + entry.place().length());
            next = Math.max(next, entry.sequence() + 1);
            if (!removals.takes(entry.hash(), entry.sequence()) && !index.put(entry.hash(), entry.place())) {
                homeless.add(entry.hash());
            }
        }
        if (end < segment.size()) {
            segment.truncate(end); // what a crash left half written
        }
    }

    /** Appends a record; {@code done} is told its place once it is written. Where it is too long: false. */
    boolean append(long hash, byte[] payload, int variants, Consumer<Place> done) throws IOException {
        int length = DiskSegment.HEADER + payload.length;
        if (length > segmentBytes - DiskSegment.START || length > DiskIndex.MAX_LENGTH) {
            return false;
        }
        DiskSegment segment = makeRoom(length);
        long offset = segment.size() + batch.size();
        Place place = new Place(segment.number(), (int) offset, length, variants);
        removeLost();
        Entry entry = new Entry(hash, next++, place);
        batch.writeBytes(segment.record(hash, entry.sequence(), offset, payload, variants)
                .array());
        appended.add(new Appended(entry, done));
        unwritten.add(hash);
        if (batch.size() > BATCH) {
            flush();
        }
        return true;
    }

    /** Has the next record of this length, or a shorter one, go where the last one went. */
    DiskSegment makeRoom(int length) throws IOException {
        DiskSegment segment = active;
        if (segment == null || segment.size() + batch.size() + length > segmentBytes) {
            flush();
            segment = roll();
        }
        return segment;
    }

    /** Writes what was appended, if a record of this key is among it. */
    void flushIfHolds(long hash) throws IOException {
        if (unwritten.contains(hash)) {
            flush();
        }
    }

    /** Writes what was appended. */
    void flush() throws IOException {
        removeLost();
        DiskSegment segment = active;
        if (appended.isEmpty() || segment == null) {
            return;
        }
        segment.append(ByteBuffer.wrap(batch.toByteArray()));
        batch.reset();
        List<Appended> done = List.copyOf(appended);
        appended.clear();
        unwritten.clear();
        for (Appended one : done) {
            entries.add(one.entry);
            one.written.accept(one.entry.place());
        }
        written.add(done.size());
        count();
    }

    private DiskSegment roll() throws IOException {
        seal();
        int number = segments.isEmpty() ? 1 : segments.lastKey() + 1;
        DiskSegment fresh = DiskSegment.create(folder, number);
        segments.put(number, fresh);
        active = fresh;
        entries = new ArrayList<>();
        count();
        dropUntil(maxBytes - segmentBytes);
        return fresh;
    }

    /** Drops old segments until those before the active one have no more than this. */
    private void dropUntil(long most) throws IOException {
        boolean more = true;
        while (more && bytes - (active == null ? 0 : active.size()) > most) {
            more = dropOldest();
        }
    }

    private void seal() throws IOException {
        if (active != null) {
            active.list(entries);
        }
        active = null;
    }

    /** Drops the oldest segment, but for what is still asked for, as long as that is no more than half a segment. */
    private boolean dropOldest() throws IOException {
        Map.Entry<Integer, DiskSegment> oldest = segments.firstEntry();
        if (oldest == null || oldest.getValue() == active) {
            return false;
        }
        DiskSegment segment = oldest.getValue();
        long room = active == null ? 0 : segmentBytes / 2 - active.size();
        for (Entry entry : segment.entries()) {
            if (!entry.place().equals(index.find(entry.hash()))) {
                continue;
            }
            byte[] payload = room < entry.place().length() ? null : kept(segment, entry);
            if (payload != null) {
                room -= entry.place().length();
                append(
                        entry.hash(),
                        payload,
                        entry.place().variants(),
                        to -> index.move(entry.hash(), entry.place(), to));
            }
        }
        flush();
        for (Entry entry : segment.entries()) {
            if (index.remove(entry.hash(), entry.place())) {
                evictions.increment();
            }
        }
        segments.remove(oldest.getKey());
        segment.delete();
        count();
        compactRemovals();
        return true;
    }

    private byte @Nullable [] kept(DiskSegment segment, Entry entry) throws IOException {
        byte[] payload = segment.read(entry.hash(), entry.place());
        if (payload == null) {
            damaged.increment();
            return null;
        }
        if (index.isUsed(entry.hash())) {
            return payload;
        }
        DiskRecord record = DiskRecord.decode(payload);
        return record != null && wanted.test(record.key()) ? payload : null;
    }

    private void compactRemovals() throws IOException {
        Map.Entry<Integer, DiskSegment> oldest = segments.firstEntry();
        List<Entry> first = oldest == null || oldest.getValue() == active
                ? entries
                : oldest.getValue().entries();
        removals.compact(first.isEmpty() ? next : first.getFirst().sequence());
    }

    /** What is written under this hash now; null where there is nothing, or it is damaged. */
    @Nullable
    DiskRecord read(long hash) throws IOException {
        Place place = index.find(hash);
        while (place != null) {
            DiskSegment segment = segments.get(place.segment());
            byte[] payload = null;
            try {
                payload = segment == null ? null : segment.read(hash, place);
            } catch (ClosedChannelException dropped) {
                segment = null;
            }
            Place now = index.find(hash);
            if (place.equals(now)) {
                DiskRecord record = payload == null ? null : DiskRecord.decode(payload);
                if (record == null && segment != null && index.remove(hash, place)) {
                    damaged.increment();
                    lose(hash);
                }
                return record;
            }
            place = now; // it moved, or was replaced, while it was read
        }
        return null;
    }

    /** Removes the records of these keys, so that no start finds them again once {@link #force} has returned. */
    void remove(long... hashes) throws IOException {
        removals.keys(hashes, next++);
    }

    /**
     * Removes the records of this key that are older than the one that is found: they may be of what was purged, and would
     * be found again if that one were lost.
     */
    void removeOlder(long hash) throws IOException {
        Place place = index.find(hash);
        DiskSegment segment = place == null ? null : segments.get(place.segment());
        if (place != null && segment != null && index.takeOlder(hash)) {
            removals.keys(new long[] {hash}, segment.sequence(place));
        }
    }

    /** Has the records that this key has by now removed, before its next one is written. */
    void lose(long hash) {
        lost.add(hash);
    }

    private void removeLost() throws IOException {
        for (Long hash = lost.poll(); hash != null; hash = lost.poll()) {
            remove(hash);
        }
    }

    /** Removes all records for good. */
    void clear() throws IOException {
        flush();
        if (removals.isIntact()) {
            removals.all(next++);
            removals.force();
        }
        index.clear();
        active = null;
        entries = new ArrayList<>();
        for (DiskSegment segment : segments.values()) {
            segments.remove(segment.number());
            segment.delete();
        }
        removals.reset(next++);
        count();
    }

    void force() throws IOException {
        removals.force();
    }

    private void count() {
        bytes = segments.values().stream().mapToLong(DiskSegment::size).sum();
    }

    /** Writes what waits and the list that makes the next start fast. */
    void close() throws IOException {
        flush();
        seal();
        abandon();
    }

    /** Closes the files as they are. */
    void abandon() throws IOException {
        for (DiskSegment segment : segments.values()) {
            segment.close();
        }
        removals.close();
    }

    /** Deletes the files after a failure; whether no start can find a record again. */
    boolean delete() {
        boolean all = true;
        boolean noted = false;
        try {
            removals.all(next++);
            removals.force();
            noted = true;
        } catch (IOException fails) {
            // where the files can be deleted, that does it
        }
        index.clear();
        for (DiskSegment segment : segments.values()) {
            try {
                segments.remove(segment.number());
                segment.delete();
            } catch (IOException stays) {
                all = false;
            }
        }
        count();
        return all || noted;
    }

    long bytes() {
        return bytes;
    }

    long maxBytes() {
        return maxBytes;
    }

    long damaged() {
        return damaged.sum();
    }

    long evictions() {
        return evictions.sum();
    }

    long written() {
        return written.sum();
    }
}
