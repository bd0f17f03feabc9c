package dev.freefleet.backup.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
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

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PLANE_COUNT = 4;
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
        ByteReader in = new ByteReader(name, packed);
        return switch (this) {
            case RAW -> {
                if (packed.length != plainLength) {
                    throw in.fault("a block's length does not fit");
                }
                yield packed;
            }
            case ZSTD -> unzstd(in, packed, plainLength);
            case PLANES -> fromPlanes(in, plainLength);
        };
    }

    private static Packed toPlanes(byte[] plain, int length) {
        int n = length / PLANE_COUNT;
        ByteWriter out = new ByteWriter(length + 64);
        byte[][] planes = new byte[PLANE_COUNT][n];
        byte[] p0 = planes[0];
        byte[] p1 = planes[1];
        byte[] p2 = planes[2];
        byte[] p3 = planes[3];
        for (int i = 0; i < n; i++) {
            int v = (int) INTS.get(plain, PLANE_COUNT * i);
            p0[i] = (byte) v;
            p1[i] = (byte) (v >> 8);
            p2[i] = (byte) (v >> 16);
            p3[i] = (byte) (v >> 24);
        }
        byte[] zstd = new byte[(int) Zstd.compressBound(n)];
        for (byte[] plane : planes) {
            int z = zstd(plane, n, zstd, PLANE_LEVEL);
            boolean smaller = z < n;
            out.u8(smaller ? 1 : 0).varint(smaller ? z : n).raw(smaller ? zstd : plane, 0, smaller ? z : n);
        }
        out.raw(plain, n * PLANE_COUNT, length % PLANE_COUNT);
        return new Packed(PLANES, out.array(), out.size());
    }

    private static byte[] fromPlanes(ByteReader in, int plainLength) {
        int n = plainLength / PLANE_COUNT;
        byte[] plain = new byte[plainLength];
        byte[] p0 = plane(in, n);
        byte[] p1 = plane(in, n);
        byte[] p2 = plane(in, n);
        byte[] p3 = plane(in, n);
        for (int i = 0; i < n; i++) {
            int v = (p0[i] & 0xFF) | (p1[i] & 0xFF) << 8 | (p2[i] & 0xFF) << 16 | p3[i] << 24;
            INTS.set(plain, PLANE_COUNT * i, v);
        }
        byte[] rest = in.raw(plainLength % PLANE_COUNT);
        System.arraycopy(rest, 0, plain, n * PLANE_COUNT, rest.length);
        in.end();
        return plain;
    }

    private static byte[] plane(ByteReader in, int length) {
        int how = in.u8();
        byte[] bytes = in.bytes();
        byte[] plane = switch (how) {
            case 0 -> bytes;
            case 1 -> unzstd(in, bytes, length);
            default -> throw in.fault("an unknown kind of plane, " + how);
        };
        if (plane.length != length) {
            throw in.fault("a plane's length does not fit");
        }
        return plane;
    }

    private static byte[] unzstd(ByteReader in, byte[] frame, int plainLength) {
        byte[] plain = new byte[plainLength];
        try {
            long n = Zstd.decompress(plain, frame);
            if (Zstd.isError(n) || n != plainLength) {
                throw in.fault("a compressed block does not decompress to its length");
            }
        } catch (ZstdException e) {
            throw in.fault("a compressed block does not decompress: " + e.getMessage());
        }
        return plain;
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
