package dev.freefleet.backup.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.List;

/**
 * How a block is compressed: not at all, as one zstd frame, or as four byte planes of float32 values.
 *
 * <p>Embeddings are float32 values of like magnitude: their sign-and-exponent bytes repeat, their mantissa bytes are noise. Side
 * by side zstd sees noise only; taken apart, the plane of exponents shrinks and the others are stored as they are.
 */
public enum Codec {
    RAW,
    ZSTD,
    PLANES;

    /** In the order of their numbers, from 0. */
    private static final List<Codec> NUMBERED = List.of(RAW, ZSTD, PLANES);

    private static final int PLANE_COUNT = Planes.COUNT;
    private static final int PLANE_LEVEL = 1;

    /**
     * A block after compression.
     *
     * @param bytes array that begins with it
     * @param length how long it is
     */
    public record Packed(Codec codec, byte[] bytes, int length) {}

    /** Returns the shortest of the ways that are worth trying for such content. */
    public static Packed compress(byte[] plain, int length, boolean float32, int level) {
        Packed best = new Packed(RAW, plain, length);
        if (float32) {
            Packed planes = toPlanes(plain, length);
            if (planes.length() < best.length()) {
                best = planes;
            }
            // Planes hide repeats of whole rows; where they save much or nothing at all, zstd may save more.
            int saved = length - best.length();
            if (saved > length / 32 && saved < length / 2) {
                return best;
            }
        }
        byte[] zstd = new byte[(int) Zstd.compressBound(length)];
        int n = zstd(plain, length, zstd, level);
        return n < best.length() ? new Packed(ZSTD, zstd, n) : best;
    }

    private static int zstd(byte[] plain, int length, byte[] into, int level) {
        long n = Zstd.compressByteArray(into, 0, into.length, plain, 0, length, level);
        if (Zstd.isError(n)) {
            throw new IllegalStateException("zstd: " + Zstd.getErrorName(n));
        }
        return (int) n;
    }

    /** Returns the plain bytes, of which there must be exactly {@code plainLength}. */
    public byte[] decompress(String name, byte[] packed, int plainLength) {
        byte[] plain = new byte[plainLength];
        decompress(
                new ByteReader(name, packed), packed, plain, plainLength, new byte[this == PLANES ? plainLength : 0]);
        return plain;
    }

    /**
     * Writes the plain bytes to the beginning of {@code plain}.
     *
     * @param in what reads {@code packed}, from its beginning
     * @param plainLength how many there must be
     * @param planes as long as the plain bytes, with any content, if this is {@link #PLANES}
     */
    void decompress(ByteReader in, byte[] packed, byte[] plain, int plainLength, byte[] planes) {
        switch (this) {
            case RAW -> {
                if (in.remaining() != plainLength) {
                    throw in.fault("a block's length does not fit");
                }
                System.arraycopy(packed, 0, plain, 0, plainLength);
            }
            case ZSTD -> unzstd(in, packed, in.remaining(), plain, 0, plainLength);
            case PLANES -> fromPlanes(in, packed, plain, plainLength, planes);
        }
    }

    private static Packed toPlanes(byte[] plain, int length) {
        int n = length / PLANE_COUNT;
        ByteWriter out = new ByteWriter(length + 64);
        byte[][] planes = new byte[PLANE_COUNT][n];
        Planes.split(plain, planes, n);
        byte[] zstd = new byte[(int) Zstd.compressBound(n)];
        for (byte[] plane : planes) {
            int z = zstd(plane, n, zstd, PLANE_LEVEL);
            boolean smaller = z < n;
            out.u8(smaller ? 1 : 0).varint(smaller ? z : n).raw(smaller ? zstd : plane, 0, smaller ? z : n);
        }
        out.raw(plain, n * PLANE_COUNT, length % PLANE_COUNT);
        return new Packed(PLANES, out.array(), out.size());
    }

    private static void fromPlanes(ByteReader in, byte[] packed, byte[] plain, int plainLength, byte[] planes) {
        int n = plainLength / PLANE_COUNT;
        byte[][] from = new byte[PLANE_COUNT][];
        int[] at = new int[PLANE_COUNT];
        for (int p = 0; p < PLANE_COUNT; p++) {
            int how = in.u8();
            int length = in.count(in.remaining());
            switch (how) {
                case 0 -> {
                    if (length != n) {
                        throw in.fault("a plane's length does not fit");
                    }
                    from[p] = packed;
                    at[p] = in.skip(n);
                }
                case 1 -> {
                    from[p] = planes;
                    at[p] = p * n;
                    unzstd(in, packed, length, planes, p * n, n);
                }
                default -> throw in.fault("an unknown kind of plane, " + how);
            }
        }
        Planes.join(from, at, plain, n);
        int rest = plainLength % PLANE_COUNT;
        System.arraycopy(packed, in.skip(rest), plain, n * PLANE_COUNT, rest);
        in.end();
    }

    private static void unzstd(ByteReader in, byte[] packed, int length, byte[] plain, int at, int plainLength) {
        try {
            long n = Zstd.decompressByteArray(plain, at, plainLength, packed, in.skip(length), length);
            if (Zstd.isError(n) || n != plainLength) {
                throw in.fault("a compressed block does not decompress to its length");
            }
        } catch (ZstdException e) {
            throw in.fault("a compressed block does not decompress: " + e.getMessage());
        }
    }

    /** Returns the way of this number. */
    static Codec of(ByteReader in) {
        int code = in.u8();
        if (code >= NUMBERED.size()) {
            throw in.fault("an unknown compression, " + code);
        }
        return NUMBERED.get(code);
    }

    int code() {
        return NUMBERED.indexOf(this);
    }
}
