package dev.freefleet.backup.format;

import java.util.ArrayList;
import java.util.List;

/**
 * A content of any length, as the top of a tree of chunk lists.
 *
 * @param depth 0 if {@code roots} are the content's own chunks; d if they are, put together, a list of the references of depth d-1
 * @param size length of the content in bytes
 * @param roots the top of the tree
 */
public record ContentRef(int depth, long size, List<ChunkRef> roots) {
    /** The content of no bytes. */
    public static final ContentRef EMPTY = new ContentRef(0, 0, List.of());

    public ContentRef {
        roots = List.copyOf(roots);
    }

    /** Writes the reference. */
    public void write(ByteWriter out) {
        out.u8(depth).varint(size).varint(roots.size());
        for (ChunkRef r : roots) {
            r.write(out);
        }
    }

    /** Reads a reference. */
    public static ContentRef read(ByteReader in) {
        int depth = in.u8();
        if (depth > Limits.MAX_DEPTH) {
            throw in.fault("a tree of " + depth + " levels");
        }
        long size = in.size();
        int n = in.count(in.remaining());
        List<ChunkRef> roots = new ArrayList<>(Math.min(n, 4096));
        for (int i = 0; i < n; i++) {
            roots.add(ChunkRef.read(in));
        }
        return new ContentRef(depth, size, roots);
    }
}
