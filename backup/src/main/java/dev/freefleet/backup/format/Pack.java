package dev.freefleet.backup.format;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.format.PackContent.Block;
import dev.freefleet.backup.format.Sealer.ObjectCipher;
import java.util.ArrayList;
import java.util.List;

/**
 * A pack being written: blocks are sealed as they come, the header with their chunks after them, and a trailer of fixed
 * length that says how long the header is, so that nothing in the object tells where one block ends.
 */
public final class Pack {
    /** Length of the sealed trailer. */
    public static final int TRAILER = 4 + Sealer.TAG;

    private static final long HEADER_COUNTER = 1L << 32;
    private static final long TRAILER_COUNTER = HEADER_COUNTER + 1;

    private final boolean meta;
    private final ObjectCipher cipher;
    private final ByteWriter out;
    private final List<Block> blocks = new ArrayList<>();

    /**
     * Begins a pack.
     *
     * @param out what the pack is written into, from its beginning; nobody else's until the pack is finished
     */
    public Pack(Sealer sealer, boolean meta, ByteWriter out) {
        this.meta = meta;
        byte[] prefix = sealer.newPrefix(ObjectType.PACK);
        this.cipher = sealer.cipher(prefix);
        this.out = out.clear().raw(prefix);
    }

    /** Adds a block. */
    public void add(Codec.Packed packed, int plain, List<ChunkRef> chunks) {
        seal(blocks.size(), packed.bytes(), packed.length());
        blocks.add(new Block(packed.codec(), packed.length(), plain, List.copyOf(chunks)));
    }

    /** Returns the length so far in bytes. */
    public int size() {
        return out.size();
    }

    /** Returns whether no block was added. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Returns what is in the pack so far. */
    public PackContent content() {
        return new PackContent(meta, blocks);
    }

    private void seal(long counter, byte[] plain, int length) {
        int at = out.claim(length + Sealer.TAG);
        cipher.seal(counter, plain, 0, length, out.array(), at);
    }

    /** Ends the pack and returns what it was written into, which holds the object. */
    public ByteWriter finish() {
        ByteWriter header = new ByteWriter();
        content().write(header);
        seal(HEADER_COUNTER, header.array(), header.size());
        ByteWriter trailer = new ByteWriter().u32(header.size() + Sealer.TAG);
        seal(TRAILER_COUNTER, trailer.array(), trailer.size());
        return out;
    }

    /** Returns the content of a whole pack object, which is the beginning of an array, by its own header. */
    public static PackContent contentOf(Sealer sealer, String name, byte[] object, int length) {
        if (length < Sealer.PREFIX + TRAILER) {
            throw BackupException.damaged(name, "it has only " + length + " bytes");
        }
        return contentOf(sealer, name, object, object, length, length);
    }

    /**
     * Returns the content of a pack by its first {@link Sealer#PREFIX} bytes and its last ones.
     *
     * @param prefix an array that begins with the pack's prefix
     * @param tail array that begins with the last bytes of the pack
     * @param end how many those are
     * @param size length of the whole pack
     * @throws TailTooShort if the header begins before the tail does
     */
    public static PackContent contentOf(Sealer sealer, String name, byte[] prefix, byte[] tail, int end, long size) {
        Sealer.repositoryOf(
                ObjectType.PACK, name, prefix.length < Sealer.PREFIX + Sealer.TAG ? tooShort(name) : prefix);
        ObjectCipher cipher = sealer.cipher(prefix);
        byte[] length = cipher.open(TRAILER_COUNTER, name, tail, end - TRAILER, TRAILER);
        int header = new ByteReader(name, length).u32();
        if (header < Sealer.TAG || header > size - Sealer.PREFIX - TRAILER) {
            throw BackupException.damaged(name, "its header's length is impossible");
        }
        if (header > end - TRAILER) {
            throw new TailTooShort(header + TRAILER);
        }
        byte[] plain = cipher.open(HEADER_COUNTER, name, tail, end - TRAILER - header, header);
        ByteReader in = new ByteReader(name, plain);
        PackContent content = PackContent.read(in);
        in.end();
        return content;
    }

    private static byte[] tooShort(String name) {
        throw BackupException.damaged(name, "it is shorter than a pack can be");
    }

    /** Says that more of a pack's end must be read. */
    public static final class TailTooShort extends RuntimeException {
        private final int needed;

        TailTooShort(int needed) {
            super(null, null, false, false);
            this.needed = needed;
        }

        /** Returns how many of the last bytes are needed. */
        public int needed() {
            return needed;
        }
    }

    /** Returns the plain bytes of a sealed block; the chunks in it are still to be checked against their ids. */
    public static byte[] openBlock(
            ObjectCipher cipher, String name, int number, Codec codec, int stored, int plain, byte[] from, int at) {
        return codec.decompress(name, cipher.open(number, name, from, at, stored + Sealer.TAG), plain);
    }
}
