package dev.freefleet.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What was removed from the segments: for each key, before which record. It is a file of its own, so that no damage of a
 * segment can bring an answer back that was purged. Used by one thread.
 */
final class DiskRemovals {
    /** The file's name. */
    static final String NAME = "removed";

    private static final int RECORD = 24;
    private static final int KEY = 1;
    private static final int ALL = 2;
    private static final int MANY = 1 << 16;

    private final Path folder;
    private boolean intact;
    private final Map<Long, Long> removed = new HashMap<>();
    private FileChannel file;
    private long before;
    private long last;

    /** Reads the file, and makes it where it is missing. */
    DiskRemovals(Path folder) throws IOException {
        this.folder = folder;
        this.file = DiskFiles.open(folder.resolve(NAME));
        this.intact = read();
    }

    private boolean read() throws IOException {
        ByteBuffer all = DiskFiles.read(file, 0, Math.toIntExact(file.size()));
        while (all.remaining() >= RECORD) {
            int kind = all.getInt();
            int sum = all.getInt();
            long hash = all.getLong();
            long sequence = all.getLong();
            if (sum != sum(kind, hash, sequence)) {
                return false;
            }
            note(kind, hash, sequence);
        }
        return !all.hasRemaining();
    }

    private void note(int kind, long hash, long sequence) {
        last = Math.max(last, sequence);
        if (kind == ALL) {
            before = Math.max(before, sequence);
        } else {
            removed.merge(hash, sequence, Math::max);
        }
    }

    private static int sum(int kind, long hash, long sequence) {
        ByteBuffer bytes = ByteBuffer.allocate(20)
                .putInt(kind)
                .putLong(hash)
                .putLong(sequence)
                .flip();
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Whether all that was written could be read; where not, nobody knows which records still count. */
    boolean isIntact() {
        return intact;
    }

    /** The greatest sequence number that was used here. */
    long last() {
        return last;
    }

    boolean takes(long hash, long sequence) {
        return sequence < before || sequence < removed.getOrDefault(hash, 0L);
    }

    /** Notes that the records of these keys before {@code sequence} are removed. */
    void keys(long[] hashes, long sequence) throws IOException {
        ByteBuffer records = ByteBuffer.allocate(hashes.length * RECORD);
        for (long hash : hashes) {
            put(records, KEY, hash, sequence);
            note(KEY, hash, sequence);
        }
        DiskFiles.append(file, records.flip());
    }

    /** Notes that all records before {@code sequence} are removed. */
    void all(long sequence) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(RECORD);
        put(record, ALL, 0, sequence);
        note(ALL, 0, sequence);
        DiskFiles.append(file, record.flip());
    }

    private static void put(ByteBuffer records, int kind, long hash, long sequence) {
        records.putInt(kind).putInt(sum(kind, hash, sequence)).putLong(hash).putLong(sequence);
    }

    /** Waits until the disk has what was noted. */
    void force() throws IOException {
        file.force(false);
    }

    /** Leaves out what no record is older than, if that is much. {@code oldest}: the first record's number. */
    void compact(long oldest) throws IOException {
        if (file.size() < (long) MANY * RECORD) {
            return;
        }
        removed.values().removeIf(sequence -> sequence <= oldest || sequence <= before);
        ByteBuffer records = ByteBuffer.allocate((removed.size() + 1) * RECORD);
        put(records, ALL, 0, before);
        removed.forEach((hash, sequence) -> put(records, KEY, hash, sequence));
        replace(Arrays.copyOf(records.array(), records.position()));
    }

    /** Forgets all but that all records before {@code sequence} are removed. */
    void reset(long sequence) throws IOException {
        removed.clear();
        note(ALL, 0, sequence);
        ByteBuffer record = ByteBuffer.allocate(RECORD);
        put(record, ALL, 0, sequence);
        replace(record.array());
        intact = true;
    }

    private void replace(byte[] content) throws IOException {
        Path fresh = folder.resolve(NAME + ".new");
        try (FileChannel written = DiskFiles.open(fresh)) {
            written.truncate(0);
            DiskFiles.append(written, ByteBuffer.wrap(content));
            written.force(true);
        }
        Files.move(fresh, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DiskFiles.forceFolder(folder);
        file.close();
        file = DiskFiles.open(folder.resolve(NAME));
    }

    void close() throws IOException {
        file.close();
    }
}
