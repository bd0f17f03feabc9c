package dev.freefleet.backup.cut;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One 512-byte header of a tar stream: POSIX ustar and GNU, with numbers in octal or, for large ones, base 256.
 *
 * @param name prefix and name put together, as bytes
 * @param mode permission bits
 * @param uid owner's number
 * @param gid group's number
 * @param size length of the content that follows
 * @param mtime seconds since 1970
 * @param type the type flag
 * @param link target of a link
 */
record TarHeader(byte[] name, int mode, int uid, int gid, long size, long mtime, char type, byte[] link) {
    static final int BLOCK = 512;

    /** Returns the header, or null if this is none. */
    static @Nullable TarHeader parse(byte[] b) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : b[i] & 0xFF;
        }
        if (number(b, 148, 8) != sum) {
            return null;
        }
        long size = number(b, 124, 12);
        if (size < 0) {
            return null;
        }
        boolean ustar = new String(b, 257, 6, StandardCharsets.ISO_8859_1).equals("ustar\0");
        byte[] name = text(b, 0, 100);
        byte[] prefix = ustar ? text(b, 345, 155) : new byte[0];
        if (prefix.length > 0) {
            byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
            whole[prefix.length] = '/';
            System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
            name = whole;
        }
        return new TarHeader(
                name,
                (int) number(b, 100, 8) & 07777,
                id(number(b, 108, 8)),
                id(number(b, 116, 8)),
                size,
                number(b, 136, 12),
                (char) (b[156] & 0xFF),
                text(b, 157, 100));
    }

    static boolean isZero(byte[] b) {
        for (int i = 0; i < BLOCK; i++) {
            if (b[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the type is a file with content. */
    boolean isFile() {
        return type == '0' || type == 0 || type == '7';
    }

    private static int id(long n) {
        return n < 0 || n > Integer.MAX_VALUE ? 0 : (int) n;
    }

    private static byte[] text(byte[] b, int at, int length) {
        int end = at;
        while (end < at + length && b[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(b, at, end);
    }

    private static long number(byte[] b, int at, int length) {
        if ((b[at] & 0x80) != 0) {
            return base256(b, at, length);
        }
        long v = 0;
        int i = at;
        while (i < at + length && b[i] == ' ') {
            i++;
        }
        for (; i < at + length && b[i] >= '0' && b[i] <= '7'; i++) {
            v = v * 8 + b[i] - '0';
        }
        boolean ended = i == at + length || b[i] == 0 || b[i] == ' ';
        return ended ? v : -1;
    }

    private static long base256(byte[] b, int at, int length) {
        long v = (b[at] & 0x40) != 0 ? -1 : b[at] & 0x3F;
        for (int i = at + 1; i < at + length; i++) {
            if (v > Long.MAX_VALUE >> 8 || v < Long.MIN_VALUE >> 8) {
                return -1;
            }
            v = v << 8 | (b[i] & 0xFF);
        }
        return v;
    }
}
