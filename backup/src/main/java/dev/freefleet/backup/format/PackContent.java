package dev.freefleet.backup.format;

import java.util.ArrayList;
import java.util.List;

/**
 * What is in a pack: its blocks in order, and the chunks of each in order. Stands encrypted at the end of the pack itself
 * and, again, in an index object.
 *
 * @param meta whether the pack holds the repository's own lists rather than what was backed up
 * @param blocks the blocks
 */
public record PackContent(boolean meta, List<Block> blocks) {
    /**
     * A run of chunks that are compressed and encrypted as one.
     *
     * @param codec how it is compressed
     * @param stored length of the compressed bytes, without the authentication tag
     * @param plain length before compression
     * @param chunks the chunks, whose lengths add up to {@code plain}
     */
    public record Block(Codec codec, int stored, int plain, List<ChunkRef> chunks) {}

    public PackContent {
        blocks = List.copyOf(blocks);
    }

    /** Writes the content. */
    public void write(ByteWriter out) {
        out.u8(meta ? 1 : 0).varint(blocks.size());
        for (Block b : blocks) {
            out.u8(b.codec().code()).varint(b.stored()).varint(b.chunks().size());
            for (ChunkRef c : b.chunks()) {
                c.write(out);
            }
        }
    }

    /** Reads the content. */
    public static PackContent read(ByteReader in) {
        int kind = in.u8();
        if (kind > 1) {
            throw in.fault("an unknown kind of pack, " + kind);
        }
        int n = in.count(in.remaining());
        List<Block> blocks = new ArrayList<>(Math.min(n, 4096));
        long stored = 0;
        for (int i = 0; i < n; i++) {
            Block b = block(in);
            stored += b.stored();
            if (stored > Limits.MAX_OBJECT) {
                throw in.fault("a pack longer than an object may be");
            }
            blocks.add(b);
        }
        return new PackContent(kind == 1, blocks);
    }

    private static Block block(ByteReader in) {
        Codec codec = Codec.of(in);
        int stored = in.count(Limits.MAX_BLOCK * 2L);
        int n = in.count(in.remaining());
        List<ChunkRef> chunks = new ArrayList<>(Math.min(n, 4096));
        int plain = 0;
        for (int i = 0; i < n; i++) {
            ChunkRef c = ChunkRef.read(in);
            plain += c.length();
            if (plain > Limits.MAX_BLOCK) {
                throw in.fault("a block of more than " + Limits.MAX_BLOCK + " bytes");
            }
            chunks.add(c);
        }
        return new Block(codec, stored, plain, List.copyOf(chunks));
    }

    /** Returns where each block begins in the pack object. */
    public long[] offsets() {
        long[] at = new long[blocks.size()];
        long pos = Sealer.PREFIX;
        for (int i = 0; i < at.length; i++) {
            at[i] = pos;
            pos += blocks.get(i).stored() + Sealer.TAG;
        }
        return at;
    }
}
