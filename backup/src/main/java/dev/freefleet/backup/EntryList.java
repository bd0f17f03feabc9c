package dev.freefleet.backup;

import dev.freefleet.backup.cut.GearCutter;
import dev.freefleet.backup.format.ByteWriter;
import dev.freefleet.backup.format.ContentRef;
import dev.freefleet.backup.format.Records;

/**
 * Writes a snapshot's list of entries. Chunks end after whole entries, at ones that a keyed hash of the path chooses: a list of
 * which few entries changed shares its other chunks with the one before, and a lost chunk costs the entries in it only.
 */
final class EntryList {
    private static final int MIN = 4 << 10;
    private static final int MAX = 128 << 10;

    private final GearCutter cutter;
    private final ChunkWriter writer;
    private final TreeBuilder tree;
    private final ByteWriter open = new ByteWriter(MAX);
    private long count;

    EntryList(GearCutter cutter, ChunkWriter writer) {
        this.cutter = cutter;
        this.writer = writer;
        this.tree = new TreeBuilder(cutter, writer);
    }

    void add(Entry e) {
        Records.write(open, e);
        count++;
        if (open.size() >= MAX || (open.size() >= MIN && cutter.chooses(e.path()))) {
            close();
        }
    }

    private void close() {
        tree.add(writer.addMeta(open.array(), 0, open.size()));
        open.discard(open.size());
    }

    long count() {
        return count;
    }

    ContentRef finish() {
        if (open.size() > 0) {
            close();
        }
        return tree.finish();
    }
}
