package dev.freefleet.backup;

import dev.freefleet.backup.BlockFetch.Taker;
import dev.freefleet.backup.BlockFetch.Want;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Codec;
import dev.freefleet.backup.format.ContentRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Sends the chunks of snapshots to another repository's writer, each content once. */
final class CopyJob {
    private static final long WAVE_BYTES = 32 << 20;

    private final ChunkReader reader;
    private final BlockFetch fetch;
    private final ChunkIndex has;
    private final ChunkWriter writer;
    private final LongConsumer progress;
    private final Set<ContentRef> seen = new HashSet<>();
    private final List<Want<Sent>> wave = new ArrayList<>();
    private long waveBytes;
    private Lost lost = Lost.THROWN;

    /** A chunk on its way: whether it is one of lists, and which file's it is. */
    private record Sent(boolean meta, String where) {}

    /** What becomes of what is damaged at its source. */
    interface Lost {
        /** It ends the copy. */
        Lost THROWN = (where, why) -> {
            throw why;
        };

        /**
         * Takes a loss; called by one thread.
         *
         * @param where the path of the file, or empty
         */
        void at(String where, BackupException why);
    }

    /**
     * @param has what the other repository has
     * @param progress is told how many bytes were read
     */
    CopyJob(Repository from, ChunkIndex has, ChunkWriter writer, LongConsumer progress) {
        this.reader = from.reader(Catalog.load(from.store(), from.sealer()));
        this.fetch = new BlockFetch(from.store(), from.sealer(), from.workers());
        this.has = has;
        this.writer = writer;
        this.progress = progress;
    }

    /** Copies what a snapshot consists of, but for its manifest. */
    void all(Snapshot s, Lost toLose) {
        lost = toLose;
        content(s.stream(), false, "");
        content(s.tree(), true, "");
        reader.entries(s, e -> content(e.content(), false, e.name()), why -> lose("", why));
        flush();
    }

    private void lose(String where, BackupException why) {
        if (ChunkReader.unavailable(why)) {
            throw why;
        }
        lost.at(where, why);
    }

    /** Copies a content's chunks and the chunks that list them; {@code meta} if the content itself is a list. */
    private void content(ContentRef c, boolean meta, String where) {
        if (!seen.add(c)) {
            return;
        }
        for (int depth = 0; depth <= c.depth(); depth++) {
            Sent sent = new Sent(meta || depth < c.depth(), where);
            try {
                reader.chunks(new ContentRef(depth, c.size(), c.roots())).forEachRemaining(ref -> want(ref, sent));
            } catch (BackupException e) {
                lose(where, e);
            }
        }
    }

    private void want(ChunkRef ref, Sent sent) {
        if (has.contains(ref)) {
            return;
        }
        try {
            wave.add(new Want<>(ref, reader.locate(ref).getFirst(), sent));
        } catch (BackupException e) {
            lose(sent.where, e);
            return;
        }
        waveBytes += ref.length();
        if (waveBytes >= WAVE_BYTES) {
            flush();
        }
    }

    private void flush() {
        byte[] @Nullable [] chunks = new byte[wave.size()][];
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
                // Another pack may have it whole: below, by one thread.
            }
        });
        for (int i = 0; i < chunks.length; i++) {
            Want<Sent> w = wave.get(i);
            byte[] chunk = chunks[i];
            try {
                write(w, chunk == null ? reader.read(w.ref()) : chunk);
            } catch (BackupException e) {
                lose(w.token().where, e);
            }
        }
        progress.accept(waveBytes);
        wave.clear();
        waveBytes = 0;
    }

    private void write(Want<Sent> w, byte[] chunk) {
        if (w.token().meta) {
            writer.addMeta(chunk, 0, chunk.length);
        } else {
            boolean float32 = w.location().pack().codecs[w.location().block()] == Codec.PLANES;
            writer.add(w.ref().id(), chunk, 0, chunk.length, float32);
        }
    }
}
