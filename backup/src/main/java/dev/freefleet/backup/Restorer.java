package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.BlockFetch.Taker;
import dev.freefleet.backup.BlockFetch.Want;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Restores files of a snapshot into a folder. Pieces are written in the order in which the packs have them, up to
 * {@link #WAVE} at a time: of a table in another order than that of its packs, each wave opens nearly all blocks. What is damaged
 * is named and left out; all else is restored.
 */
final class Restorer {
    /** Pieces, of some 150 bytes of memory each. */
    private static final int WAVE = 300_000;

    private static final int WAVE_FILES = 100_000;
    private static final int OPEN_FILES = 128;

    private final Snapshot snapshot;
    private final ChunkReader reader;
    private final BlockFetch fetch;
    private final RestorePlace place;
    private final byte[] only;
    private final Progress progress;

    private final Problems lost = new Problems();
    private final List<Want<Piece>> wants = new ArrayList<>();
    private final List<RestoredFile> complete = new ArrayList<>();
    private final List<RestoredFile> members = new ArrayList<>();
    private final AtomicLong bytes = new AtomicLong();
    private long files;

    /** Which bytes of a chunk go where. */
    private record Piece(RestoredFile file, int skip, int length, long at) {}

    /**
     * @param only path of what is restored, with all below it; empty for everything
     */
    Restorer(
            Snapshot snapshot,
            ChunkReader reader,
            BlockFetch fetch,
            RestorePlace place,
            byte[] only,
            Progress progress) {
        this.snapshot = snapshot;
        this.reader = reader;
        this.fetch = fetch;
        this.place = place;
        this.only = only;
        this.progress = progress;
    }

    RestoreResult run() {
        if (snapshot.kind() == Snapshot.Kind.OPAQUE) {
            opaque();
        } else {
            reader.entries(
                    snapshot,
                    this::entry,
                    e -> lost.add(
                            "snapshot " + snapshot.id(), "a part of its list of files is lost: " + e.getMessage()));
            members();
        }
        flush();
        place.finish();
        return new RestoreResult(files, bytes.get(), lost.kept(), lost.count(), place.notes());
    }

    private void opaque() {
        byte[] name = RestorePlace.safeName(snapshot.source());
        Entry e = new Entry(
                name,
                Entry.Type.FILE,
                0600,
                0,
                0,
                snapshot.time(),
                0,
                snapshot.stream().size(),
                snapshot.stream(),
                0,
                new byte[0]);
        file(e);
    }

    private boolean wanted(byte[] path) {
        if (only.length == 0) {
            return true;
        }
        boolean below =
                path.length >= only.length && java.util.Arrays.equals(path, 0, only.length, only, 0, only.length);
        return below && (path.length == only.length || path[only.length] == '/');
    }

    private void entry(Entry e) {
        if (!wanted(e.path())) {
            return;
        }
        if (!PathBytes.isSafe(e.path())) {
            lost.add(e.name(), "its path leads out of the place to restore to");
            return;
        }
        switch (e.type()) {
            case FILE -> file(e);
            case MEMBER -> member(e);
            case FOLDER -> attempt(e, () -> place.folder(e));
            case SYMLINK, HARDLINK -> place.link(e);
            case OTHER -> place.note(e.name(), "devices, pipes and sockets are not restored");
        }
    }

    private void attempt(Entry e, RestorePlace.Step step) {
        try {
            step.run();
        } catch (IOException failed) {
            lost.add(e.name(), "it cannot be written: " + failed);
        }
    }

    private void member(Entry e) {
        RestoredFile f = start(e);
        if (f != null) {
            members.add(f);
        }
    }

    private @Nullable RestoredFile start(Entry e) {
        try {
            RestoredFile f = place.file(e);
            f.start();
            return f;
        } catch (IOException failed) {
            lost.add(e.name(), "it cannot be written: " + failed);
            return null;
        }
    }

    private void file(Entry e) {
        RestoredFile f = start(e);
        if (f == null) {
            return;
        }
        long at = 0;
        try {
            Iterator<ChunkRef> chunks = reader.chunks(e.content());
            while (chunks.hasNext()) {
                ChunkRef ref = chunks.next();
                want(ref, new Piece(f, 0, ref.length(), at));
                at += ref.length();
            }
        } catch (BackupException damagedList) {
            rethrowIfUnavailable(damagedList);
            f.lose("its list of chunks is damaged: " + damagedList.getMessage());
        }
        complete.add(f);
        if (complete.size() >= WAVE_FILES) {
            flush();
        }
    }

    private static void rethrowIfUnavailable(BackupException e) {
        if (ChunkReader.unavailable(e)) {
            throw e;
        }
    }

    private void want(ChunkRef ref, Piece piece) {
        try {
            wants.add(new Want<>(ref, reader.locate(ref).getFirst(), piece));
        } catch (BackupException e) {
            rethrowIfUnavailable(e);
            lose(piece, e);
        }
        if (wants.size() >= WAVE) {
            flush();
        }
    }

    /** One pass over the stream's chunks serves all members, which stand in the order of the stream. */
    private void members() {
        ContentRef stream = snapshot.stream();
        long at = 0;
        int first = 0;
        try {
            Iterator<ChunkRef> chunks = reader.chunks(stream);
            while (first < members.size() && chunks.hasNext()) {
                ChunkRef ref = chunks.next();
                long end = at + ref.length();
                for (int i = first; i < members.size() && members.get(i).entry.at() < end; i++) {
                    Entry m = members.get(i).entry;
                    long from = Math.max(at, m.at());
                    long to = Math.min(end, m.at() + m.size());
                    if (from < to) {
                        want(ref, new Piece(members.get(i), (int) (from - at), (int) (to - from), from - m.at()));
                    }
                }
                at = end;
                while (first < members.size() && endOf(members.get(first)) <= at) {
                    complete.add(members.get(first++));
                }
            }
        } catch (BackupException e) {
            rethrowIfUnavailable(e);
            for (int i = first; i < members.size(); i++) {
                members.get(i).lose("the stream's list of chunks is damaged: " + e.getMessage());
            }
        }
        complete.addAll(members.subList(Math.min(first, members.size()), members.size()));
    }

    private static long endOf(RestoredFile f) {
        return f.entry.at() + f.entry.size();
    }

    private void lose(Piece p, BackupException why) {
        p.file.lose("bytes " + p.at + " to " + (p.at + p.length) + " are lost: " + why.getMessage());
    }

    private void flush() {
        OpenFiles open = new OpenFiles();
        List<Want<Piece>> failed = new ArrayList<>();
        try {
            fetch.fetch(wants, new Taker<Piece>() {
                @Override
                public void chunks(List<Want<Piece>> whole, byte[] block) {
                    write(open, whole, block);
                }

                @Override
                public void lost(Want<Piece> w, BackupException why) {
                    synchronized (failed) {
                        failed.add(w);
                    }
                }
            });
            for (Want<Piece> w : failed) {
                second(w, open);
            }
        } finally {
            open.close();
        }
        wants.clear();
        for (RestoredFile f : complete) {
            settle(f);
        }
        complete.clear();
    }

    /** What stands together in the block and in the file is written together. */
    private static void write(OpenFiles open, List<Want<Piece>> whole, byte[] block) {
        for (int i = 0; i < whole.size(); ) {
            Piece first = whole.get(i).token();
            int from = whole.get(i).location().offset() + first.skip;
            int to = from + first.length;
            boolean hole = RestoredFile.isHole(block, from, first.length);
            for (i++; !hole && i < whole.size(); i++) {
                Piece p = whole.get(i).token();
                boolean next = p.file == first.file
                        && p.at == first.at + (to - from)
                        && whole.get(i).location().offset() + p.skip == to
                        && !RestoredFile.isHole(block, to, p.length);
                if (!next) {
                    break;
                }
                to += p.length;
            }
            open.write(first.file, block, from, to - from, first.at);
        }
    }

    /** The same chunk may be whole in another pack. */
    private void second(Want<Piece> w, OpenFiles open) {
        try {
            Piece p = w.token();
            open.write(p.file, reader.read(w.ref()), p.skip, p.length, p.at);
        } catch (BackupException e) {
            rethrowIfUnavailable(e);
            lose(w.token(), e);
        }
    }

    private void settle(RestoredFile f) {
        attempt(f.entry, () -> place.finish(f));
        String why = f.lost();
        if (why == null) {
            files++;
        } else {
            lost.add(f.entry.name(), why);
        }
    }

    /** The files last written to; several threads write at once. */
    private final class OpenFiles {
        private final Map<RestoredFile, OpenFile> files = new LinkedHashMap<>(16, 0.75f, true);

        private static final class OpenFile {
            final FileChannel channel;
            int writers;

            OpenFile(FileChannel channel) {
                this.channel = channel;
            }
        }

        private synchronized OpenFile take(RestoredFile file) throws IOException {
            OpenFile open = files.get(file);
            if (open == null) {
                Iterator<OpenFile> oldest = files.values().iterator();
                while (files.size() >= OPEN_FILES && oldest.hasNext()) {
                    OpenFile old = oldest.next();
                    if (old.writers == 0) {
                        old.channel.close();
                        oldest.remove();
                    }
                }
                open = new OpenFile(file.open());
                files.put(file, open);
            }
            open.writers++;
            return open;
        }

        private synchronized void give(OpenFile open) {
            open.writers--;
        }

        void write(RestoredFile file, byte[] b, int off, int length, long at) {
            try {
                if (!RestoredFile.isHole(b, off, length)) {
                    OpenFile open = take(file);
                    try {
                        RestoredFile.write(open.channel, b, off, length, at);
                    } finally {
                        give(open);
                    }
                }
                progress.at(Progress.Stage.RESTORE, bytes.addAndGet(length), snapshot.bytes());
            } catch (IOException e) {
                throw new BackupException(
                        Reason.REFUSED,
                        null,
                        "Cannot write " + file.path + ": " + e
                                + ". Make room or choose another place, and restore again.",
                        e);
            }
        }

        synchronized void close() {
            try {
                for (OpenFile open : files.values()) {
                    open.channel.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
