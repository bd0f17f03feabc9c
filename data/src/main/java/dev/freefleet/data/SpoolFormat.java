package dev.freefleet.data;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a spool's segment, big-endian. A header: "FFUS", version (4 bytes), the spool's id (16), the segment's number
 * (8), the number of the segment before it (8) and where that ended (8), CRC32C of these (4). Then records: length (4), CRC32C (4), and so many bytes: a row as {@link RowBatch} encodes it.
 *
 * <p>A record's checksum also covers the spool's id, the segment's number, the record's offset and its length. So no record is
 * valid anywhere but where it was written: neither what a disk held before, nor bytes that somebody put into a question
 * so that they look like a record. For one thread.
 */
final class SpoolFormat {
    static final int VERSION = 1;
    static final int HEADER_BYTES = 52;
    /** A record's length and checksum. */
    static final int FRAME_BYTES = 8;

    /** Rows are below 10 KB; what claims to be longer than this is damaged. */
    static final int LONGEST_ROW = 1 << 15;

    private static final int MAGIC = 0x46465553;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer place = ByteBuffer.allocate(16 + 8 + 8 + 4);

    SpoolFormat(UUID spool, long segment) {
        place.putLong(spool.getMostSignificantBits())
                .putLong(spool.getLeastSignificantBits())
                .putLong(segment);
    }

    /** What a whole header says. */
    record Header(int version, UUID spool, long segment, long previous, long previousEnd) {}

    static ByteBuffer header(UUID spool, long segment, long previous, long previousEnd) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                .putInt(MAGIC)
                .putInt(VERSION)
                .putLong(spool.getMostSignificantBits())
                .putLong(spool.getLeastSignificantBits())
                .putLong(segment)
                .putLong(previous)
                .putLong(previousEnd);
        return header.putInt(headerChecksum(header)).flip();
    }

    /** What a header says, or null where the bytes are no whole one. */
    static @Nullable Header header(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES
                || bytes.getInt(0) != MAGIC
                || bytes.getInt(HEADER_BYTES - 4) != headerChecksum(bytes)) {
            return null;
        }
        return new Header(
                bytes.getInt(4),
                new UUID(bytes.getLong(8), bytes.getLong(16)),
                bytes.getLong(24),
                bytes.getLong(32),
                bytes.getLong(40));
    }

    private static int headerChecksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().clear().limit(HEADER_BYTES - 4));
        return (int) crc.getValue();
    }

    /** The checksum of the row that makes the record at an offset of the segment. */
    int checksum(long offset, byte[] bytes, int from, int length) {
        place.putLong(24, offset).putInt(32, length);
        crc.reset();
        crc.update(place.array());
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
