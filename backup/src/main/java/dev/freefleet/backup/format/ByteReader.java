package dev.freefleet.backup.format;

import dev.freefleet.backup.BackupException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A bounds-checked reader of what {@link ByteWriter} wrote. Every fault of the bytes is a
 * {@link BackupException} that names the object; no length is trusted before the bytes behind it are seen to exist.
 */
public final class ByteReader {
    private final String object;
    private final byte[] buf;
    private int pos;
    private final int end;

    /**
     * @param object name of the object the bytes belong to, for messages
     * @param buf the bytes
     */
    public ByteReader(String object, byte[] buf) {
        this(object, buf, 0, buf.length);
    }

    public ByteReader(String object, byte[] buf, int from, int to) {
        this.object = object;
        this.buf = buf;
        this.pos = from;
        this.end = to;
    }

    /** Returns an exception that says what is wrong with the object. */
    public BackupException fault(String what) {
        return BackupException.damaged(object, what);
    }

    public int u8() {
        need(1);
        return buf[pos++] & 0xFF;
    }

    public int u32() {
        need(4);
        int v = 0;
        for (int i = 0; i < 4; i++) {
            v |= (buf[pos++] & 0xFF) << (8 * i);
        }
        return v;
    }

    public long i64() {
        need(8);
        long v = 0;
        for (int i = 0; i < 8; i++) {
            v |= (buf[pos++] & 0xFFL) << (8 * i);
        }
        return v;
    }

    public long varint() {
        long v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = u8();
            if (shift == 63 && b > 1) {
                throw fault("a number of more than 64 bits");
            }
            v |= (b & 0x7FL) << shift;
            if (b < 0x80) {
                return v;
            }
        }
        throw fault("a number without end");
    }

    /** Reads a varint that must lie in 0..max. */
    public int count(long max) {
        long v = varint();
        if (v < 0 || v > max) {
            throw fault("a count of " + Long.toUnsignedString(v) + " where at most " + max + " can be");
        }
        return (int) v;
    }

    /** Reads a varint that must not be negative. */
    public long size() {
        long v = varint();
        if (v < 0) {
            throw fault("a negative size");
        }
        return v;
    }

    public byte[] raw(int n) {
        need(n);
        pos += n;
        return Arrays.copyOfRange(buf, pos - n, pos);
    }

    /** Passes over bytes and returns where they begin in the array. */
    int skip(int n) {
        need(n);
        pos += n;
        return pos - n;
    }

    public byte[] bytes() {
        return raw(count(remaining()));
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    public int remaining() {
        return end - pos;
    }

    public int position() {
        return pos;
    }

    /** Checks that nothing is left. */
    public void end() {
        if (pos != end) {
            throw fault(remaining() + " bytes after its end");
        }
    }

    private void need(int n) {
        if (n < 0 || n > end - pos) {
            throw fault("it ends before its content does");
        }
    }
}
