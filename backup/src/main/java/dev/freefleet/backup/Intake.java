package dev.freefleet.backup;

import dev.freefleet.backup.cut.Chunker;
import dev.freefleet.backup.cut.Chunker.Batch;
import dev.freefleet.backup.cut.GearCutter;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ContentRef;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The way of content into the repository: cut by the calling thread, digested by the workers a buffer at a time, then looked
 * up and stored in order by the calling thread again. At most {@link #AHEAD} buffers are on their way.
 */
final class Intake {
    private static final int AHEAD = 4;
    private static final int BUFFER = 2 << 20;

    private final ChunkWriter writer;
    private final ExecutorService workers;
    private final TreeBuilder tree;
    private final Chunker chunker;
    private final ArrayDeque<Digesting> onTheirWay = new ArrayDeque<>();
    private final ArrayDeque<byte[]> free = new ArrayDeque<>();

    private record Digesting(Batch batch, Future<ChunkId[]> ids) {}

    /** What is called, on the calling thread and in order, when a content is complete. */
    interface Done extends Consumer<ContentRef> {}

    Intake(GearCutter cutter, ChunkWriter writer, ExecutorService workers) {
        this.writer = writer;
        this.workers = workers;
        this.tree = new TreeBuilder(cutter, writer);
        this.chunker = new Chunker(cutter, this::buffer, this::digest);
    }

    /** Returns where content goes; each one is ended by {@link Chunker#end} with a {@link Done}. */
    Chunker chunker() {
        return chunker;
    }

    private byte[] buffer() {
        byte[] b = free.poll();
        return b == null ? new byte[BUFFER] : b;
    }

    private void digest(Batch batch) {
        onTheirWay.add(new Digesting(batch, workers.submit(() -> {
            ChunkId[] ids = new ChunkId[batch.chunks()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = ChunkId.of(batch.buffer(), batch.start(i), batch.end(i) - batch.start(i));
            }
            return ids;
        })));
        while (onTheirWay.size() > AHEAD) {
            store(onTheirWay.remove());
        }
    }

    private void store(Digesting d) {
        ChunkId[] ids;
        try {
            ids = d.ids.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(BackupException.Reason.CANCELLED, null, "The backup was interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("digesting failed", e);
        }
        Batch b = d.batch;
        int mark = 0;
        for (int i = 0; i <= ids.length; i++) {
            while (mark < b.marks() && b.markAt(mark) == i) {
                ((Done) b.mark(mark++)).accept(tree.finish());
            }
            if (i < ids.length) {
                tree.add(writer.add(ids[i], b.buffer(), b.start(i), b.end(i) - b.start(i), b.float32(i)));
            }
        }
        free.add(b.buffer());
    }

    /** Stores all that was cut so far. */
    void finish() {
        chunker.flush();
        while (!onTheirWay.isEmpty()) {
            store(onTheirWay.remove());
        }
    }
}
