package dev.freefleet.backup.format;

import java.util.Arrays;

/** A growing byte array with the format's primitive types: little-endian integers, LEB128 varints, length-led bytes. */
public final class ByteWriter {
    private byte[] buf;
    private int size;
    private int expected;

    /** Creates an empty writer. */
    public ByteWriter() {
        this(256);
    }

    /** Creates an empty writer with room for so many bytes. */
    public ByteWriter(int capacity) {
        buf = new byte[capacity];
    }

    /** Creates an empty writer that grows to {@code expected} bytes at once when {@code capacity} is too little. */
    public ByteWriter(int capacity, int expected) {
        this(capacity);
        this.expected = expected;
    }

    private void room(int n) {
        if (buf.length - size < n) {
            // Beyond what was expected, little more is to come.
            long grown =
                    expected == 0 ? buf.length * 2L : buf.length < expected ? expected : buf.length + buf.length / 4L;
            buf = Arrays.copyOf(buf, Math.max((int) Math.min(grown, Integer.MAX_VALUE - 8), size + n));
        }
    }

    public ByteWriter u8(int v) {
        room(1);
        buf[size++] = (byte) v;
        return this;
    }

    public ByteWriter u32(int v) {
        room(4);
        for (int i = 0; i < 4; i++) {
            buf[size++] = (byte) (v >>> (8 * i));
        }
        return this;
    }

    public ByteWriter i64(long v) {
        room(8);
        for (int i = 0; i < 8; i++) {
            buf[size++] = (byte) (v >>> (8 * i));
        }
        return this;
    }

    public ByteWriter varint(long v) {
        room(10);
        long rest = v;
        while ((rest & ~0x7FL) != 0) {
            buf[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buf[size++] = (byte) rest;
        return this;
    }

    public ByteWriter raw(byte[] b) {
        return raw(b, 0, b.length);
    }

    public ByteWriter raw(byte[] b, int off, int len) {
        room(len);
        System.arraycopy(b, off, buf, size, len);
        size += len;
        return this;
    }

    public ByteWriter bytes(byte[] b) {
        return varint(b.length).raw(b);
    }

    public ByteWriter text(String s) {
        return bytes(s.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public int size() {
        return size;
    }

    /** Returns the backing array, of which the first {@link #size()} bytes are written. */
    public byte[] array() {
        return buf;
    }

    /** Forgets all bytes; the array stays for the next ones. */
    public ByteWriter clear() {
        size = 0;
        return this;
    }

    /** Makes room for so many bytes, says that they are written, and returns where in the array they are to be put. */
    int claim(int n) {
        room(n);
        size += n;
        return size - n;
    }

    /** Forgets the first so many bytes. */
    public void discard(int n) {
        System.arraycopy(buf, n, buf, 0, size - n);
        size -= n;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(buf, size);
    }
}
