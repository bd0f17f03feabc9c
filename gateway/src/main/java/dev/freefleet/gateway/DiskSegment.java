package dev.freefleet.gateway;

import dev.freefleet.gateway.DiskIndex.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of records, only appended to, in the form of {@code docs/cache-format.md}. A second file, written when it is
 * full or closed, lists its records, so that a start need not read it. Written by one thread, read by any.
 */
final class DiskSegment {
    /** Bytes before the first record. */
    static final int START = 16;
    /** Bytes of a record before its payload. */
    static final int HEADER = 36;

    private static final long MAGIC = 0x4646_4341_4348_4531L; // FFCACHE1
    private static final long LIST_MAGIC = 0x4646_4C49_5354_3031L; // FFLIST01
    private static final int RECORD_MAGIC = 0x4646_4352; // FFCR
    private static final int LISTED = 28;
    private static final int LIST_START = 28;

    private final Path folder;
    private final int number;
    private final FileChannel file;
    private long size;

    /**
     * One record, as the list has it.
     *
     * @param hash its key's
     * @param sequence its number: a record takes the place of those of the same key with smaller ones
     */
    record Entry(long hash, long sequence, Place place) {}

    private DiskSegment(Path folder, int number) throws IOException {
        this.folder = folder;
        this.number = number;
        this.file = DiskFiles.open(path(folder, number));
        this.size = file.size();
    }

    /** An empty one. */
    static DiskSegment create(Path folder, int number) throws IOException {
        DiskSegment segment = new DiskSegment(folder, number);
        segment.file.truncate(0);
        segment.size = 0;
        segment.append(ByteBuffer.allocate(START).putLong(MAGIC).putLong(number).flip());
        return segment;
    }

    /** One that is there, or null where it is none of ours; then its files are deleted. */
    static @Nullable DiskSegment open(Path folder, int number) throws IOException {
        DiskSegment segment = new DiskSegment(folder, number);
        ByteBuffer start = DiskFiles.read(segment.file, 0, START);
        if (start.remaining() == START && start.getLong() == MAGIC && start.getLong() == number) {
            return segment;
        }
        segment.delete();
        return null;
    }

    static Path path(Path folder, int number) {
        return folder.resolve("%010d.answers".formatted(number));
    }

    private Path list() {
        return folder.resolve("%010d.list".formatted(number));
    }

    int number() {
        return number;
    }

    /** Bytes in the file. */
    long size() {
        return size;
    }

    void append(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        while (bytes.hasRemaining()) {
            file.write(bytes, size + length - bytes.remaining());
        }
        size += length;
    }

    /** A record as it stands at this offset. */
    ByteBuffer record(long hash, long sequence, long offset, byte[] payload, int variants) {
        ByteBuffer record = ByteBuffer.allocate(HEADER + payload.length);
        record.putInt(RECORD_MAGIC).putInt(0).putLong(sequence).putLong(hash);
        record.putInt(payload.length).putInt(sum(payload)).putInt(variants).put(payload);
        record.putInt(4, headerSum(record, offset));
        return record.flip();
    }

    /** The checksum covers the record's place too: no bytes are a record anywhere else. */
    private int headerSum(ByteBuffer record, long offset) {
        CRC32C crc = new CRC32C();
        crc.update(record.slice(8, HEADER - 8));
        crc.update(ByteBuffer.allocate(12).putInt(number).putLong(offset).flip());
        return (int) crc.getValue();
    }

    private static int sum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** The payload of the record of this key at this place, or null where it is damaged. */
    byte @Nullable [] read(long hash, Place place) throws IOException {
        ByteBuffer record = DiskFiles.read(file, place.offset(), place.length());
        Entry entry = entry(record, place.offset());
        if (entry == null || entry.hash != hash || !entry.place.equals(place)) {
            return null;
        }
        int wanted = record.getInt(28);
        byte[] payload = new byte[place.length() - HEADER];
        record.get(HEADER, payload);
        return record.remaining() == place.length() && wanted == sum(payload) ? payload : null;
    }

    /** The number of the record at this place, or 0 where it is damaged. */
    long sequence(Place place) throws IOException {
        Entry entry = entry(DiskFiles.read(file, place.offset(), HEADER), place.offset());
        return entry == null ? 0 : entry.sequence;
    }

    private @Nullable Entry entry(ByteBuffer header, long offset) {
        if (header.remaining() < HEADER
                || header.getInt(0) != RECORD_MAGIC
                || header.getInt(4) != headerSum(header, offset)) {
            return null;
        }
        Place place = new Place(number, (int) offset, HEADER + header.getInt(24), header.getInt(32));
        return new Entry(header.getLong(16), header.getLong(8), place);
    }

    /** Its records, in order: from its list, and what the list lacks from the file, up to the first broken one. */
    List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        long at = listed(entries);
        while (at < size) {
            Entry entry = entry(DiskFiles.read(file, at, HEADER), at);
            if (entry == null || at + entry.place.length() > size) {
                break;
            }
            entries.add(entry);
            at += entry.place.length();
        }
        return entries;
    }

    /** Reads the list; how far it goes. */
    private long listed(List<Entry> entries) throws IOException {
        if (!Files.exists(list())) {
            return START;
        }
        byte[] content = Files.readAllBytes(list());
        int body = content.length - 4;
        ByteBuffer in = ByteBuffer.wrap(content);
        if (body < LIST_START
                || in.getInt(body) != sum(Arrays.copyOf(content, body))
                || in.getLong() != LIST_MAGIC
                || in.getLong() != number) {
            return START;
        }
        long covered = in.getLong();
        int count = in.getInt();
        if (covered > size || body != LIST_START + count * (long) LISTED) {
            return START;
        }
        for (int i = 0; i < count; i++) {
            long hash = in.getLong();
            long sequence = in.getLong();
            entries.add(new Entry(hash, sequence, new Place(number, in.getInt(), in.getInt(), in.getInt())));
        }
        return covered;
    }

    /** Writes the list. */
    void list(List<Entry> entries) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(LIST_START + entries.size() * LISTED + 4);
        out.putLong(LIST_MAGIC).putLong(number).putLong(size).putInt(entries.size());
        for (Entry entry : entries) {
            Place place = entry.place;
            out.putLong(entry.hash).putLong(entry.sequence);
            out.putInt(place.offset()).putInt(place.length()).putInt(place.variants());
        }
        CRC32C crc = new CRC32C();
        crc.update(out.array(), 0, out.position());
        out.putInt((int) crc.getValue()).flip();
        try (FileChannel written = DiskFiles.open(list())) {
            written.truncate(0);
            DiskFiles.append(written, out);
        }
    }

    /** Cuts off what stands behind the last whole record. */
    void truncate(long end) throws IOException {
        file.truncate(end);
        Files.deleteIfExists(list());
        size = end;
    }

    void close() throws IOException {
        file.close();
    }

    void delete() throws IOException {
        file.close();
        Files.deleteIfExists(path(folder, number));
        Files.deleteIfExists(list());
    }
}
