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

    /**
     * Sends what snapshots that both have need of packs that are damaged, so that it is whole in others.
     *
     * @param damaged objects of the target
     * @return how many bytes were stored
     */
    long mend(Set<String> damaged) {
        Set<String> there = new HashSet<>();
        to.snapshots().list().forEach(s -> there.add(s.snapshot().id()));
        Catalog target = Catalog.load(to.store(), to.sealer());
        for (ChunkIndex.PackTable p : target.index().packs()) {
            p.trash |= damaged.contains("packs/" + p.name); // so that the writer does not count on it
        }
        ChunkReader reader = from.reader(Catalog.load(from.store(), from.sealer()));
        ChunkWriter writer = to.writer(target.index(), Progress.NONE);
        try {
            Job job = new Job(reader, writer, target.index());
            for (StoredSnapshot s : from.snapshots().list()) {
                if (there.contains(s.snapshot().id())) {
                    job.all(s.snapshot());
                }
            }
            writer.finish();
        } catch (Throwable t) {
            writer.abandon();
            throw t;
        }
        return writer.sent();
    }

    private StoredSnapshot one(Snapshot s) {
        long began = to.environment().nanoTime().getAsLong();
        seen.clear();
        Catalog source = Catalog.load(from.store(), from.sealer());
        Catalog target = Catalog.load(to.store(), to.sealer());
        ChunkReader reader = from.reader(source);
        ChunkWriter writer = to.writer(target.index(), Progress.NONE);
        try {
            new Job(reader, writer, target.index()).all(s);
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

        Job(ChunkReader reader, ChunkWriter writer, ChunkIndex has) {
            this.reader = reader;
            this.writer = writer;
            this.fetch = new BlockFetch(from.store(), from.sealer(), from.workers());
            this.has = has;
        }

        /** Copies what a snapshot consists of, but for its manifest. */
        void all(Snapshot s) {
            content(s.stream(), false);
            content(s.tree(), true);
            Iterator<Entry> entries = reader.entries(s);
            while (entries.hasNext()) {
                content(entries.next().content(), false);
            }
            flush();
        }

        /** Copies a content's chunks and the chunks that list them; {@code meta} if the content itself is a list. */
        private void content(ContentRef c, boolean meta) {
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

        private void flush() {
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
