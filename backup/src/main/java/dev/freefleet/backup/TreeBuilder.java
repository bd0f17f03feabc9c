package dev.freefleet.backup;

import dev.freefleet.backup.cut.GearCutter;
import dev.freefleet.backup.format.ByteWriter;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the tree of chunk lists above one content. Lists of more than {@link #INLINE} references are themselves cut by
 * content and stored, so that two contents that share a run of chunks share the list of it. Holds at most some hundred KB.
 */
final class TreeBuilder {
    static final int INLINE = 16;

    private final GearCutter cutter;
    private final ChunkWriter writer;
    private final List<Level> levels = new ArrayList<>();
    private long size;

    private static final class Level {
        final List<ChunkRef> refs = new ArrayList<>();
        final ByteWriter bytes = new ByteWriter();
        boolean spilled;
    }

    TreeBuilder(GearCutter cutter, ChunkWriter writer) {
        this.cutter = cutter;
        this.writer = writer;
    }

    void add(ChunkRef ref) {
        size += ref.length();
        add(0, ref);
    }

    private Level level(int depth) {
        if (depth == levels.size()) {
            levels.add(new Level());
        }
        return levels.get(depth);
    }

    private void add(int depth, ChunkRef ref) {
        Level level = level(depth);
        if (level.spilled) {
            ref.write(level.bytes);
            cut(depth, level, false);
            return;
        }
        level.refs.add(ref);
        if (level.refs.size() > INLINE) {
            level.spilled = true;
            level.refs.forEach(r -> r.write(level.bytes));
        }
    }

    private void cut(int depth, Level level, boolean last) {
        while (level.bytes.size() >= (last ? 1 : cutter.max())) {
            int end = cutter.cut(level.bytes.array(), 0, level.bytes.size(), last);
            ChunkRef ref = writer.addMeta(level.bytes.array(), 0, end);
            level.bytes.discard(end);
            add(depth + 1, ref);
        }
    }

    /** Returns the content and forgets it. */
    ContentRef finish() {
        int depth = 0;
        while (level(depth).spilled) {
            cut(depth, level(depth), true);
            depth++;
        }
        ContentRef done = new ContentRef(depth, size, level(depth).refs);
        levels.clear();
        size = 0;
        return done;
    }
}
