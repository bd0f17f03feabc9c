package dev.freefleet.backup.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Takes the bytes of four-byte values apart into four planes, and puts them together again.
 *
 * <p>Eight values at a time, as two 4 x 4 matrices of bytes in four longs, each transposed by swapping first bytes and then pairs
 * of bytes (Warren, Hacker's Delight, 2nd edition, section 7-3, for bits): one value after the other takes three times as long, as the JVM makes
 * vectors of neither.
 */
final class Planes {
    static final int COUNT = 4;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int AT_ONCE = 8;
    private static final long LOW_INT = 0xFFFF_FFFFL;
    private static final long EVEN_BYTES = 0x00FF_00FF_00FF_00FFL;
    private static final long EVEN_PAIRS = 0x0000_FFFF_0000_FFFFL;

    private Planes() {}

    /** Takes apart the first so many values. */
    static void split(byte[] plain, byte[][] planes, int values) {
        byte[] p0 = planes[0];
        byte[] p1 = planes[1];
        byte[] p2 = planes[2];
        byte[] p3 = planes[3];
        int i = 0;
        for (; i <= values - AT_ONCE; i += AT_ONCE) {
            int at = COUNT * i;
            long v01 = (long) LONGS.get(plain, at);
            long v23 = (long) LONGS.get(plain, at + 8);
            long v45 = (long) LONGS.get(plain, at + 16);
            long v67 = (long) LONGS.get(plain, at + 24);
            long a = (v01 & LOW_INT) | (v45 << 32);
            long b = (v01 >>> 32) | (v45 & ~LOW_INT);
            long c = (v23 & LOW_INT) | (v67 << 32);
            long d = (v23 >>> 32) | (v67 & ~LOW_INT);
            long t = (a >>> 8 ^ b) & EVEN_BYTES;
            a ^= t << 8;
            b ^= t;
            t = (c >>> 8 ^ d) & EVEN_BYTES;
            c ^= t << 8;
            d ^= t;
            t = (a >>> 16 ^ c) & EVEN_PAIRS;
            LONGS.set(p0, i, a ^ t << 16);
            LONGS.set(p2, i, c ^ t);
            t = (b >>> 16 ^ d) & EVEN_PAIRS;
            LONGS.set(p1, i, b ^ t << 16);
            LONGS.set(p3, i, d ^ t);
        }
        for (; i < values; i++) {
            for (int p = 0; p < COUNT; p++) {
                planes[p][i] = plain[COUNT * i + p];
            }
        }
    }

    /** Puts so many values together, of planes that begin at these places of these arrays. */
    static void join(byte[][] planes, int[] from, byte[] plain, int values) {
        byte[] p0 = planes[0];
        byte[] p1 = planes[1];
        byte[] p2 = planes[2];
        byte[] p3 = planes[3];
        int at0 = from[0];
        int at1 = from[1];
        int at2 = from[2];
        int at3 = from[3];
        int i = 0;
        for (; i <= values - AT_ONCE; i += AT_ONCE) {
            long a = (long) LONGS.get(p0, at0 + i);
            long b = (long) LONGS.get(p1, at1 + i);
            long c = (long) LONGS.get(p2, at2 + i);
            long d = (long) LONGS.get(p3, at3 + i);
            long t = (a >>> 8 ^ b) & EVEN_BYTES;
            a ^= t << 8;
            b ^= t;
            t = (c >>> 8 ^ d) & EVEN_BYTES;
            c ^= t << 8;
            d ^= t;
            t = (a >>> 16 ^ c) & EVEN_PAIRS;
            a ^= t << 16;
            c ^= t;
            t = (b >>> 16 ^ d) & EVEN_PAIRS;
            b ^= t << 16;
            d ^= t;
            int at = COUNT * i;
            LONGS.set(plain, at, (a & LOW_INT) | (b << 32));
            LONGS.set(plain, at + 8, (c & LOW_INT) | (d << 32));
            LONGS.set(plain, at + 16, (a >>> 32) | (b & ~LOW_INT));
            LONGS.set(plain, at + 24, (c >>> 32) | (d & ~LOW_INT));
        }
        for (; i < values; i++) {
            for (int p = 0; p < COUNT; p++) {
                plain[COUNT * i + p] = planes[p][from[p] + i];
            }
        }
    }
}
