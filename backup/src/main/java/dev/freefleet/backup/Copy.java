package dev.freefleet.backup;

import dev.freefleet.backup.BlockFetch.Taker;
import dev.freefleet.backup.BlockFetch.Want;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Codec;
import dev.freefleet.backup.format.ContentRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Copies snapshots chunk by chunk into another repository; their manifests keep their ids and times, and come last. */
final class Copy {
    private static final long WAVE_BYTES = 32 << 20;

    private final Repository from;
    private final Repository to;
    private final Progress progress;
    private final List<Want<Boolean>> wave = new ArrayList<>();
    private final Set<ContentRef> seen = new HashSet<>();
    private long waveBytes;
    private long copied;

    Copy(Repository from, Repository to, Progress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    List<StoredSnapshot> run(List<StoredSnapshot> which) {
        Set<String> there = new HashSet<>();
        to.snapshots().list().forEach(s -> there.add(s.snapshot().id()));
        List<StoredSnapshot> done = new ArrayList<>();
        for (StoredSnapshot s : which) {
            if (!there.contains(s.snapshot().id())) {
                done.add(one(s.snapshot()));
            }
        }
        return done;
    }

    private StoredSnapshot one(Snapshot s) {
        long began = to.environment().nanoTime().getAsLong();
        seen.clear();
        Catalog source = Catalog.load(from.store(), from.sealer());
        Catalog target = Catalog.load(to.store(), to.sealer());
        ChunkReader reader = from.reader(source);
        ChunkWriter writer = to.writer(target.index(), Progress.NONE);
        BlockFetch fetch = new BlockFetch(from.store(), from.sealer(), from.workers());
        try {
            Job job = new Job(reader, writer, fetch, target.index());
            job.content(s.stream(), false);
            job.content(s.tree(), true);
            Iterator<Entry> entries = reader.entries(s);
            while (entries.hasNext()) {
                job.content(entries.next().content(), false);
            }
            job.flush();
            writer.finish();
            long took = to.environment().nanoTime().getAsLong() - began;
            if (took > to.options().longestRun().toNanos()) {
                throw new BackupException(
                        BackupException.Reason.REFUSED,
                        "Copying snapshot " + s.id() + " took longer than "
                                + to.options().longestRun()
                                + ", for which prune leaves alone what it counts on. What was sent is found again: copy once more.");
            }
        } catch (Throwable t) {
            writer.abandon();
            throw t;
        }
        Snapshot added = new Snapshot(
                s.id(),
                s.time(),
                s.host(),
                s.source(),
                s.kind(),
                s.tags(),
                s.entries(),
                s.bytes(),
                writer.sent(),
                s.problems(),
                s.tree(),
                s.stream());
        return to.snapshots().put(added, to.environment().clock().instant());
    }

    /** The copying of one snapshot. */
    private final class Job {
        private final ChunkReader reader;
        private final ChunkWriter writer;
        private final BlockFetch fetch;
        private final ChunkIndex has;

        Job(ChunkReader reader, ChunkWriter writer, BlockFetch fetch, ChunkIndex has) {
            this.reader = reader;
            this.writer = writer;
            this.fetch = fetch;
            this.has = has;
        }

        /** Copies a content's chunks and the chunks that list them; {@code meta} if the content itself is a list. */
        void content(ContentRef c, boolean meta) {
            if (!seen.add(c)) {
                return;
            }
            for (int depth = 0; depth <= c.depth(); depth++) {
                boolean list = meta || depth < c.depth();
                reader.chunks(new ContentRef(depth, c.size(), c.roots())).forEachRemaining(ref -> want(ref, list));
            }
        }

        private void want(ChunkRef ref, boolean meta) {
            if (has.contains(ref)) {
                return;
            }
            wave.add(new Want<>(ref, reader.locate(ref).getFirst(), meta));
            waveBytes += ref.length();
            if (waveBytes >= WAVE_BYTES) {
                flush();
            }
        }

        void flush() {
            byte[][] chunks = new byte[wave.size()][];
            List<Want<Integer>> wants = new ArrayList<>();
            for (int i = 0; i < chunks.length; i++) {
                wants.add(new Want<>(wave.get(i).ref(), wave.get(i).location(), i));
            }
            fetch.fetch(wants, new Taker<Integer>() {
                @Override
                public void chunks(List<Want<Integer>> whole, byte[] block) {
                    for (Want<Integer> w : whole) {
                        int at = w.location().offset();
                        chunks[w.token()] =
                                Arrays.copyOfRange(block, at, at + w.location().length());
                    }
                }

                @Override
                public void lost(Want<Integer> w, BackupException why) {
                    chunks[w.token()] = reader.read(w.ref());
                }
            });
            for (int i = 0; i < chunks.length; i++) {
                Want<Boolean> w = wave.get(i);
                byte[] chunk = chunks[i];
                if (w.token()) {
                    writer.addMeta(chunk, 0, chunk.length);
                } else {
                    boolean float32 = w.location().pack().codecs[w.location().block()] == Codec.PLANES;
                    writer.add(w.ref().id(), chunk, 0, chunk.length, float32);
                }
            }
            copied += waveBytes;
            progress.at(Progress.Stage.COPY, copied, -1);
            wave.clear();
            waveBytes = 0;
        }
    }
}
