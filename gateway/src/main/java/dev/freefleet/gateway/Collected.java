package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Content that is collected whole. It grows with what comes and trusts a declared length for 64 KiB at the most. */
final class Collected {
    private static final int FIRST = 64 * 1024;

    private byte[] bytes;
    private int size;

    /** {@code length}: what the message declares, -1 for nothing. */
    Collected(long length) {
        this.bytes = new byte[length < 0 ? 1024 : (int) Math.min(length, FIRST)];
    }

    void add(ByteBuf part) {
        int more = part.readableBytes();
        if (size + more > bytes.length) {
            long doubled = Math.max(size + (long) more, bytes.length * 2L);
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, doubled));
        }
        part.getBytes(part.readerIndex(), bytes, size, more);
        size += more;
    }

    int size() {
        return size;
    }

    byte[] bytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
