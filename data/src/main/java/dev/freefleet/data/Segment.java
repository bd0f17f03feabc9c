package dev.freefleet.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** The file of a spool that is being written. One thread appends; another may force. */
final class Segment implements AutoCloseable {
    private static final Set<StandardOpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final long number;
    private final Path file;
    private final FileChannel channel;
    private final SpoolFormat format;
    private long length;

    private Segment(UUID spool, long number, Path file, FileChannel channel) {
        this.number = number;
        this.file = file;
        this.channel = channel;
        format = new SpoolFormat(spool, number);
    }

    /** Makes the file, which is there for good, power cut or not, when this returns: a database may remember its number. */
    static Segment create(Path directory, UUID spool, long number, long previous, long previousEnd) throws IOException {
        Path file = directory.resolve(SpoolDirectory.name(number));
        FileChannel channel = FileChannel.open(
                file, OPTIONS, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Segment segment = new Segment(spool, number, file, channel);
        try {
            segment.write(SpoolFormat.header(spool, number, previous, previousEnd));
            channel.force(true);
            SpoolDirectory.force(directory);
            return segment;
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    long number() {
        return number;
    }

    /** Bytes that are whole. */
    long length() {
        return length;
    }

    /**
     * Appends a record for each row: all, or, if it throws, none that counts; then {@link #cut} takes away what there is.
     *
     * @param frames to make them in, with room for {@link #bytes} of the batch
     */
    void append(RowBatch batch, ByteBuffer frames) throws IOException {
        frames.clear();
        for (int row = 0; row < batch.rows(); row++) {
            int start = batch.start(row);
            int size = batch.start(row + 1) - start;
            frames.putInt(size)
                    .putInt(format.checksum(length + frames.position() - 4, batch.array(), start, size))
                    .put(batch.array(), start, size);
        }
        write(frames.flip());
    }

    /** What the rows of a batch take here. */
    static int bytes(RowBatch batch) {
        return batch.size() + batch.rows() * SpoolFormat.FRAME_BYTES;
    }

    private void write(ByteBuffer bytes) throws IOException {
        long at = length;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        length = at;
    }

    /** Takes away the beginning of an append that failed. */
    void cut() throws IOException {
        channel.truncate(length);
    }

    void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
