package dev.freefleet.backup.format;

/**
 * A chunk as others refer to it.
 *
 * @param id digest of its plain bytes
 * @param length number of its plain bytes, 1..{@link Limits#MAX_CHUNK}
 */
public record ChunkRef(ChunkId id, int length) {
    /** Writes the reference. */
    public void write(ByteWriter out) {
        out.varint(length);
        id.write(out);
    }

    /** Reads a reference. */
    public static ChunkRef read(ByteReader in) {
        int length = in.count(Limits.MAX_CHUNK);
        if (length == 0) {
            throw in.fault("a chunk of no bytes");
        }
        return new ChunkRef(ChunkId.read(in), length);
    }
}
