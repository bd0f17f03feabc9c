package dev.freefleet.backup.cut;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Cuts what streams through it into chunks. Content is read straight into large buffers, and chunks are handed on as ranges of them, a
 * buffer at a time; only the chunk that a buffer ends in is copied, to the beginning of the next. Used by one thread.
 */
public final class Chunker {
    private final GearCutter cutter;
    private final Supplier<byte[]> buffers;
    private final Consumer<Batch> out;

    private Batch batch;
    private int start;
    private int filled;
    private int width;
    private boolean float32;

    /**
     * @param cutter for what is cut by content
     * @param buffers gives buffers of at least four times the longest chunk
     * @param out takes what was cut
     */
    public Chunker(GearCutter cutter, Supplier<byte[]> buffers, Consumer<Batch> out) {
        this.cutter = cutter;
        this.buffers = buffers;
        this.out = out;
        this.batch = new Batch(buffers.get());
    }

    /** Ends the chunk at hand and cuts from here on by content ({@code width} 0) or after each {@code width} bytes. */
    public void begin(int width, boolean float32) {
        scan(true);
        this.width = width;
        this.float32 = float32;
    }

    /** Ends the content: a chunk ends here, and {@code mark} is handed on after it. */
    public void end(Object mark) {
        begin(0, false);
        batch.mark(mark);
        if (batch.marks() >= 4096) {
            flush();
        }
    }

    /** Hands on what was cut so far. */
    public void flush() {
        Batch full = batch;
        byte[] next = buffers.get();
        System.arraycopy(full.buffer(), start, next, 0, filled - start);
        filled -= start;
        start = 0;
        batch = new Batch(next);
        out.accept(full);
    }

    /** Reads up to so many bytes; returns how many were read, fewer only if the stream has ended. */
    public long read(InputStream in, long limit) throws IOException {
        long done = 0;
        while (done < limit) {
            int room = room();
            int n = in.read(batch.buffer(), filled, (int) Math.min(room, limit - done));
            if (n < 0) {
                break;
            }
            filled += n;
            done += n;
            scan(false);
        }
        return done;
    }

    /** Takes these bytes. */
    public void write(byte[] b, int off, int len) {
        for (int done = 0; done < len; ) {
            int n = Math.min(room(), len - done);
            System.arraycopy(b, off + done, batch.buffer(), filled, n);
            filled += n;
            done += n;
            scan(false);
        }
    }

    private int room() {
        if (filled == batch.buffer().length) {
            flush();
        }
        return batch.buffer().length - filled;
    }

    private void scan(boolean last) {
        while (start < filled) {
            int end;
            if (width > 0) {
                end = filled - start >= width ? start + width : last ? filled : -1;
            } else {
                // Judging again and again what is too short to judge would cost more than the cutting.
                boolean enough = last || filled - start >= cutter.max();
                end = enough ? cutter.cut(batch.buffer(), start, filled, last) : -1;
            }
            if (end < 0) {
                return;
            }
            batch.cut(start, end, float32);
            start = end;
        }
    }

    /** A buffer with the chunks in it, and the marks between them. Filled by one thread, then read by others. */
    public static final class Batch {
        private final byte[] buffer;
        private int[] ends = new int[256];
        private int[] starts = new int[256];
        private boolean[] floats = new boolean[256];
        private int chunks;
        private Object[] marks = new Object[16];
        private int[] marksAt = new int[16];
        private int markCount;

        Batch(byte[] buffer) {
            this.buffer = buffer;
        }

        private void cut(int from, int to, boolean float32) {
            if (chunks == ends.length) {
                starts = Arrays.copyOf(starts, 2 * chunks);
                ends = Arrays.copyOf(ends, 2 * chunks);
                floats = Arrays.copyOf(floats, 2 * chunks);
            }
            starts[chunks] = from;
            ends[chunks] = to;
            floats[chunks] = float32;
            chunks++;
        }

        private void mark(Object mark) {
            if (markCount == marks.length) {
                marks = Arrays.copyOf(marks, 2 * markCount);
                marksAt = Arrays.copyOf(marksAt, 2 * markCount);
            }
            marks[markCount] = mark;
            marksAt[markCount++] = chunks;
        }

        /** Returns the buffer. */
        public byte[] buffer() {
            return buffer;
        }

        /** Returns the number of chunks. */
        public int chunks() {
            return chunks;
        }

        /** Returns where a chunk begins. */
        public int start(int chunk) {
            return starts[chunk];
        }

        /** Returns where a chunk ends. */
        public int end(int chunk) {
            return ends[chunk];
        }

        /** Returns whether a chunk holds float32 values. */
        public boolean float32(int chunk) {
            return floats[chunk];
        }

        /** Returns the number of marks. */
        public int marks() {
            return markCount;
        }

        /** Returns a mark. */
        public Object mark(int i) {
            return marks[i];
        }

        /** Returns how many chunks stand before a mark. */
        public int markAt(int i) {
            return marksAt[i];
        }
    }
}
