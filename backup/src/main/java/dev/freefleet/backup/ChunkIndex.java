package dev.freefleet.backup;

import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Codec;
import dev.freefleet.backup.format.PackContent;
import dev.freefleet.backup.format.PackContent.Block;
import dev.freefleet.backup.format.Records.IndexedPack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each chunk is: an open hash table over packed arrays, about 60 bytes a chunk. A chunk can be in several packs. Packs
 * that prune has put into the trash are found by readers, and do not count for writers. Safe for use by several threads.
 */
final class ChunkIndex {
    private final Map<String, Integer> byName = new HashMap<>();
    private final List<PackTable> packs = new ArrayList<>();
    private int[] slotPack = new int[1 << 12];
    private int[] slotChunk = new int[1 << 12];
    private int used;

    /** Where a chunk is. */
    record Location(PackTable pack, int block, int offset, int length) {}

    /** One pack's chunks, in arrays. */
    static final class PackTable {
        final String name;
        final long size;
        final boolean meta;
        final long[] blockAt;
        final int[] stored;
        final int[] plain;
        final Codec[] codecs;
        final int[] firstChunk;
        final long[] ids;
        final int[] lengths;
        final int[] offsets;
        final int number;
        boolean trash;

        PackTable(IndexedPack p, int number, boolean trash) {
            this.name = p.name();
            this.size = p.size();
            this.meta = p.content().meta();
            this.number = number;
            this.trash = trash;
            List<Block> blocks = p.content().blocks();
            int n = blocks.size();
            int chunks = blocks.stream().mapToInt(b -> b.chunks().size()).sum();
            blockAt = p.content().offsets();
            stored = new int[n];
            plain = new int[n];
            codecs = new Codec[n];
            firstChunk = new int[n + 1];
            ids = new long[4 * chunks];
            lengths = new int[chunks];
            offsets = new int[chunks];
            int c = 0;
            for (int b = 0; b < n; b++) {
                Block block = blocks.get(b);
                stored[b] = block.stored();
                plain[b] = block.plain();
                codecs[b] = block.codec();
                firstChunk[b] = c;
                int at = 0;
                for (ChunkRef ref : block.chunks()) {
                    ids[4 * c] = ref.id().a();
                    ids[4 * c + 1] = ref.id().b();
                    ids[4 * c + 2] = ref.id().c();
                    ids[4 * c + 3] = ref.id().d();
                    lengths[c] = ref.length();
                    offsets[c] = at;
                    at += ref.length();
                    c++;
                }
            }
            firstChunk[n] = c;
        }

        int chunks() {
            return lengths.length;
        }

        ChunkId id(int chunk) {
            return new ChunkId(ids[4 * chunk], ids[4 * chunk + 1], ids[4 * chunk + 2], ids[4 * chunk + 3]);
        }

        private boolean is(int chunk, ChunkId id) {
            return ids[4 * chunk] == id.a()
                    && ids[4 * chunk + 1] == id.b()
                    && ids[4 * chunk + 2] == id.c()
                    && ids[4 * chunk + 3] == id.d();
        }

        Block block(int b) {
            List<ChunkRef> refs = new ArrayList<>();
            for (int c = firstChunk[b]; c < firstChunk[b + 1]; c++) {
                refs.add(new ChunkRef(id(c), lengths[c]));
            }
            return new Block(codecs[b], stored[b], plain[b], refs);
        }

        /** At most so many bytes long is what an index object says of it. */
        int indexedBytes() {
            return 48 + 12 * stored.length + (ChunkId.BYTES + 3) * chunks();
        }

        IndexedPack indexed() {
            List<Block> blocks = new ArrayList<>();
            for (int b = 0; b < stored.length; b++) {
                blocks.add(block(b));
            }
            return new IndexedPack(name, size, new PackContent(meta, blocks));
        }

        private int blockOf(int chunk) {
            int b = Arrays.binarySearch(firstChunk, chunk);
            if (b < 0) {
                return -b - 2;
            }
            while (firstChunk[b + 1] == chunk) {
                b++;
            }
            return b;
        }
    }

    /** Adds a pack; one that is known stays, and leaves the trash if it is added outside of it. */
    synchronized void add(IndexedPack p, boolean trash) {
        Integer known = byName.get(p.name());
        if (known != null) {
            packs.get(known).trash &= trash;
            return;
        }
        PackTable t = new PackTable(p, packs.size(), trash);
        byName.put(p.name(), t.number);
        packs.add(t);
        while ((used + t.chunks()) * 2L > slotPack.length) {
            grow();
        }
        for (int c = 0; c < t.chunks(); c++) {
            insert(t.number, c, t.ids[4 * c]);
        }
    }

    private void grow() {
        int[] oldPack = slotPack;
        int[] oldChunk = slotChunk;
        slotPack = new int[oldPack.length * 2];
        slotChunk = new int[oldPack.length * 2];
        used = 0;
        for (int i = 0; i < oldPack.length; i++) {
            if (oldPack[i] != 0) {
                insert(oldPack[i] - 1, oldChunk[i], packs.get(oldPack[i] - 1).ids[4 * oldChunk[i]]);
            }
        }
    }

    private void insert(int pack, int chunk, long hash) {
        int mask = slotPack.length - 1;
        int i = (int) hash & mask;
        while (slotPack[i] != 0) {
            i = (i + 1) & mask;
        }
        slotPack[i] = pack + 1;
        slotChunk[i] = chunk;
        used++;
    }

    /** Returns whether writers may count on the chunk: it is in a pack that is not in the trash. */
    synchronized boolean contains(ChunkRef ref) {
        Location l = find(ref.id());
        return l != null && !l.pack.trash && l.length == ref.length();
    }

    /** Returns where a chunk is, outside the trash if it can be; or null. */
    synchronized @Nullable Location find(ChunkId id) {
        Location inTrash = null;
        for (Location l : findAll(id)) {
            if (!l.pack.trash) {
                return l;
            }
            inTrash = l;
        }
        return inTrash;
    }

    /** Returns all places where a chunk is. */
    synchronized List<Location> findAll(ChunkId id) {
        List<Location> found = List.of();
        int mask = slotPack.length - 1;
        for (int i = (int) id.a() & mask; slotPack[i] != 0; i = (i + 1) & mask) {
            PackTable p = packs.get(slotPack[i] - 1);
            int c = slotChunk[i];
            if (p.is(c, id)) {
                Location l = new Location(p, p.blockOf(c), p.offsets[c], p.lengths[c]);
                if (found.isEmpty()) {
                    found = List.of(l);
                } else {
                    found = new ArrayList<>(found);
                    found.add(l);
                }
            }
        }
        return found;
    }

    synchronized boolean hasPack(String name) {
        return byName.containsKey(name);
    }

    synchronized @Nullable PackTable pack(String name) {
        Integer n = byName.get(name);
        return n == null ? null : packs.get(n);
    }

    synchronized List<PackTable> packs() {
        return List.copyOf(packs);
    }

    synchronized int chunks() {
        return used;
    }
}
