package dev.freefleet.backup.cut;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Cuts content where the content itself says so: a gear hash with normalised chunking, after W. Xia et al., "FastCDC: a Fast and
 * Efficient Content-Defined Chunking Approach for Data Deduplication", USENIX ATC 2016.
 *
 * <p>Up to the average length a cut needs more zero bits than after it, which draws lengths towards the average. The table
 * of 256 numbers comes from the repository's key: who sees the lengths of what is stored cannot tell by known cut points which
 * file it was. Immutable.
 */
public final class GearCutter {
    /** Bytes of key material that a table is made of. */
    public static final int KEY_BYTES = 256 * 8;

    /** The last bytes on which a 64-bit gear hash depends. */
    private static final int WINDOW = 64;

    private final long[] gear = new long[256];
    private final int min;
    private final int average;
    private final int max;
    private final long strict;
    private final long loose;

    /**
     * @param key {@link #KEY_BYTES} random bytes
     * @param min shortest chunk in bytes, 64 at least
     * @param averageBits logarithm of the average length, so that min &lt; average &lt; max
     * @param max longest chunk in bytes
     */
    public GearCutter(byte[] key, int min, int averageBits, int max) {
        if (key.length != KEY_BYTES || min < WINDOW || 1 << averageBits <= min || max <= 1 << averageBits) {
            throw new IllegalArgumentException("no cutter with " + min + ", 2^" + averageBits + ", " + max);
        }
        ByteBuffer in = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < gear.length; i++) {
            gear[i] = in.getLong();
        }
        this.min = min;
        this.average = 1 << averageBits;
        this.max = max;
        // The upper bits depend on the whole window, the lower ones on few bytes.
        this.strict = -1L << (64 - averageBits - 1);
        this.loose = -1L << (64 - averageBits + 1);
    }

    /** Returns the longest chunk in bytes. */
    public int max() {
        return max;
    }

    /**
     * Returns where the chunk that begins at {@code from} ends, or -1 if bytes after {@code to} are needed to tell.
     *
     * @param last whether the content ends at {@code to}
     */
    public int cut(byte[] buf, int from, int to, boolean last) {
        int end = Math.min(to, from + max);
        int middle = Math.min(end, from + average);
        long hash = 0;
        int i = Math.min(end, from + min - WINDOW);
        int judged = Math.min(end, from + min);
        for (; i < judged; i++) {
            hash = (hash << 1) + gear[buf[i] & 0xFF];
        }
        for (; i < middle; i++) {
            hash = (hash << 1) + gear[buf[i] & 0xFF];
            if ((hash & strict) == 0) {
                return i + 1;
            }
        }
        for (; i < end; i++) {
            hash = (hash << 1) + gear[buf[i] & 0xFF];
            if ((hash & loose) == 0) {
                return i + 1;
            }
        }
        return last || end == from + max ? end : -1;
    }

    /** Returns whether a list may end after what is called so; one name in 32 is chosen, which ones only the key tells. */
    public boolean chooses(byte[] name) {
        long hash = 0;
        for (byte b : name) {
            hash = Long.rotateLeft(hash, 1) + gear[b & 0xFF];
        }
        return hash >>> 59 == 0;
    }
}
