package dev.freefleet.backup.format;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a chunk's plain bytes, as four big-endian longs.
 *
 * <p>The digest is not keyed: it stands only inside encrypted objects, so that nobody without the key can compare it
 * with a file's, and copies between repositories of different keys keep their ids.
 */
public record ChunkId(long a, long b, long c, long d) {
    /** Length of an id in bytes. */
    public static final int BYTES = 32;

    /** To find a provider takes longer than to digest a short chunk. */
    private static final ThreadLocal<MessageDigest> SHA = ThreadLocal.withInitial(ChunkId::sha256);

    /** Returns the id of these bytes. */
    public static ChunkId of(byte[] buf, int off, int len) {
        MessageDigest sha = SHA.get();
        sha.update(buf, off, len);
        return read(sha.digest(), 0);
    }

    /** Returns a new SHA-256, which every JDK has. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }

    /** Returns the SHA-256 of these bytes in lower-case hexadecimal. */
    public static String hex(byte[] bytes) {
        return hex(bytes, bytes.length);
    }

    /** Returns the SHA-256 of an array's first bytes in lower-case hexadecimal. */
    public static String hex(byte[] bytes, int length) {
        MessageDigest sha = sha256();
        sha.update(bytes, 0, length);
        return HexFormat.of().formatHex(sha.digest());
    }

    static ChunkId read(byte[] b, int at) {
        return new ChunkId(big(b, at), big(b, at + 8), big(b, at + 16), big(b, at + 24));
    }

    private static long big(byte[] b, int at) {
        long v = 0;
        for (int i = 0; i < 8; i++) {
            v = (v << 8) | (b[at + i] & 0xFF);
        }
        return v;
    }

    /** Reads an id. */
    public static ChunkId read(ByteReader in) {
        return read(in.raw(BYTES), 0);
    }

    /** Writes the id. */
    public void write(ByteWriter out) {
        for (long v : new long[] {a, b, c, d}) {
            out.i64(Long.reverseBytes(v));
        }
    }

    @Override
    public int hashCode() {
        return (int) (a ^ (a >>> 32));
    }

    @Override
    public String toString() {
        return "%016x%016x%016x%016x".formatted(a, b, c, d);
    }
}
