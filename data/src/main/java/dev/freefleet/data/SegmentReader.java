package dev.freefleet.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Finds the whole records of one segment, in order, and passes over what is damaged. For one thread. */
final class SegmentReader implements AutoCloseable {
    private final long number;
    private final FileChannel channel;
    private final SpoolFormat format;
    private final ByteBuffer window = ByteBuffer.allocate(1 << 18).limit(0);
    private long windowStart;
    private int rowLength;

    SegmentReader(Path file, UUID spool, long number) throws IOException {
        this.number = number;
        channel = FileChannel.open(file, StandardOpenOption.READ);
        format = new SpoolFormat(spool, number);
    }

    long number() {
        return number;
    }

    /**
     * Finds the first whole record that begins at or behind an offset and ends at or before an end.
     *
     * @return where it begins, or the end where there is none
     */
    long find(long from, long end) throws IOException {
        for (long offset = from; offset + SpoolFormat.FRAME_BYTES < end; offset++) {
            if (isRecord(offset, end)) {
                return offset;
            }
        }
        return end;
    }

    private boolean isRecord(long offset, long end) throws IOException {
        if (!holds(offset, SpoolFormat.FRAME_BYTES, end)) {
            return false;
        }
        int length = window.getInt(at(offset));
        if (length < RowBatch.SHORTEST_ROW
                || length > SpoolFormat.LONGEST_ROW
                || offset + SpoolFormat.FRAME_BYTES + length > end
                || !holds(offset, SpoolFormat.FRAME_BYTES + length, end)) {
            return false;
        }
        rowLength = length;
        return window.getInt(at(offset) + 4)
                == format.checksum(offset, window.array(), at(offset) + SpoolFormat.FRAME_BYTES, length);
    }

    /** Adds the row of the record that {@link #find} has just found. @return where the record ends */
    long take(long offset, RowBatch batch) {
        batch.addRow(window.array(), at(offset) + SpoolFormat.FRAME_BYTES, rowLength);
        return offset + SpoolFormat.FRAME_BYTES + rowLength;
    }

    /** Where the record that {@link #find} has just found ends. */
    long endOf(long offset) {
        return offset + SpoolFormat.FRAME_BYTES + rowLength;
    }

    private int at(long offset) {
        return (int) (offset - windowStart);
    }

    /** Sees to it that the window holds so many bytes, if the file does; never bytes behind the end, which may yet change. */
    private boolean holds(long offset, int bytes, long end) throws IOException {
        if (offset < windowStart || offset + bytes > windowStart + window.limit()) {
            window.clear().limit((int) Math.min(window.capacity(), end - offset));
            windowStart = offset;
            long at = offset;
            int read = 0;
            while (window.hasRemaining() && read >= 0) {
                at += read;
                read = channel.read(window, at);
            }
            window.flip();
        }
        return offset + bytes <= windowStart + window.limit();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
