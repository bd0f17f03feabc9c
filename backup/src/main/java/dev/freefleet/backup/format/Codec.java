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

    private static final int PLANE_COUNT = 4;
    private static final int PLANE_LEVEL = 1;

    /** A block after compression. */
    public record Packed(Codec codec, byte[] bytes) {}

    /** Returns the shortest of the ways that are worth trying for such content. */
    public static Packed compress(byte[] plain, boolean float32, int level) {
        Packed best = new Packed(RAW, plain);
        if (float32) {
            byte[] planes = toPlanes(plain);
            if (planes.length < best.bytes().length) {
                best = new Packed(PLANES, planes);
            }
            // Planes hide repeats of whole rows; where they save much or nothing at all, zstd may save more.
            int saved = plain.length - best.bytes().length;
            if (saved > plain.length / 32 && saved < plain.length / 2) {
                return best;
            }
        }
        byte[] zstd = Zstd.compress(plain, level);
        return zstd.length < best.bytes().length ? new Packed(ZSTD, zstd) : best;
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

    private static byte[] toPlanes(byte[] plain) {
        int n = plain.length / PLANE_COUNT;
        ByteWriter out = new ByteWriter(plain.length);
        byte[] plane = new byte[n];
        for (int p = 0; p < PLANE_COUNT; p++) {
            for (int i = 0, at = p; i < n; i++, at += PLANE_COUNT) {
                plane[i] = plain[at];
            }
            byte[] zstd = Zstd.compress(plane, PLANE_LEVEL);
            boolean smaller = zstd.length < n;
            out.u8(smaller ? 1 : 0).bytes(smaller ? zstd : plane);
        }
        return out.raw(plain, n * PLANE_COUNT, plain.length % PLANE_COUNT).toByteArray();
    }

    private static byte[] fromPlanes(ByteReader in, int plainLength) {
        int n = plainLength / PLANE_COUNT;
        byte[] plain = new byte[plainLength];
        for (int p = 0; p < PLANE_COUNT; p++) {
            int how = in.u8();
            byte[] bytes = in.bytes();
            byte[] plane = switch (how) {
                case 0 -> bytes;
                case 1 -> unzstd(in, bytes, n);
                default -> throw in.fault("an unknown kind of plane, " + how);
            };
            if (plane.length != n) {
                throw in.fault("a plane's length does not fit");
            }
            for (int i = 0, at = p; i < n; i++, at += PLANE_COUNT) {
                plain[at] = plane[i];
            }
        }
        byte[] rest = in.raw(plainLength % PLANE_COUNT);
        System.arraycopy(rest, 0, plain, n * PLANE_COUNT, rest.length);
        in.end();
        return plain;
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
