package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.ChunkIndex.Location;
import dev.freefleet.backup.ChunkIndex.PackTable;
import dev.freefleet.backup.format.ByteReader;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import dev.freefleet.backup.format.Pack;
import dev.freefleet.backup.format.Records;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.format.Sealer.ObjectCipher;
import dev.freefleet.backup.store.ObjectStore;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks one after the other and checks each against its id. Keeps the last blocks, up to 4 MB. A chunk that is in several
 * packs is read from the next if one is damaged. Safe for use by several threads, one at a time.
 */
final class ChunkReader {
    private static final int KEPT_BYTES = 4 << 20;

    private final ObjectStore store;
    private final Sealer sealer;
    private final ChunkIndex index;
    private final UnindexedPacks unindexed;
    private final Map<String, ObjectCipher> ciphers = new LinkedHashMap<>();
    private final Map<Long, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
    private int keptBytes;

    /** A list of entries that has a hole: what is known of them, and which chunk is lost. */
    interface Lost {
        void at(BackupException why);
    }

    ChunkReader(ObjectStore store, Sealer sealer, ChunkIndex index, UnindexedPacks unindexed) {
        this.store = store;
        this.sealer = sealer;
        this.index = index;
        this.unindexed = unindexed;
    }

    /** Returns where a chunk is, looking into packs that no index names if need be. */
    List<Location> locate(ChunkRef ref) {
        List<Location> found = index.findAll(ref.id());
        if (found.isEmpty() && unindexed.adopt()) {
            found = index.findAll(ref.id());
        }
        if (found.isEmpty()) {
            throw new BackupException(
                    Reason.MISSING,
                    null,
                    "Chunk " + ref.id() + " is in no pack of " + store.describe()
                            + ". Verify to see what is affected; another copy of the repository may have it.",
                    null);
        }
        return found;
    }

    /** Returns the chunk's bytes. */
    synchronized byte[] read(ChunkRef ref) {
        BackupException first = null;
        for (Location l : locate(ref)) {
            try {
                byte[] block = block(l.pack(), l.block());
                byte[] chunk = Arrays.copyOfRange(block, l.offset(), l.offset() + l.length());
                if (l.length() == ref.length()
                        && ChunkId.of(chunk, 0, chunk.length).equals(ref.id())) {
                    return chunk;
                }
                throw BackupException.damaged(
                        "packs/" + l.pack().name, "a chunk does not have the digest it is listed by");
            } catch (BackupException e) {
                if (e.reason() != Reason.DAMAGED && e.reason() != Reason.MISSING) {
                    throw e;
                }
                first = first == null ? e : first;
            }
        }
        throw first == null ? new IllegalStateException("no location") : first;
    }

    private byte[] block(PackTable pack, int b) {
        long key = (long) pack.number << 32 | b;
        byte[] plain = kept.get(key);
        if (plain == null) {
            String name = "packs/" + pack.name;
            byte[] sealed = store.get(name, pack.blockAt[b], pack.stored[b] + Sealer.TAG);
            plain = Pack.openBlock(cipher(pack), name, b, pack.codecs[b], pack.stored[b], pack.plain[b], sealed, 0);
            keep(key, plain);
        }
        return plain;
    }

    private void keep(long key, byte[] plain) {
        Iterator<byte[]> oldest = kept.values().iterator();
        while (keptBytes + plain.length > KEPT_BYTES && oldest.hasNext()) {
            keptBytes -= oldest.next().length;
            oldest.remove();
        }
        kept.put(key, plain);
        keptBytes += plain.length;
    }

    private ObjectCipher cipher(PackTable pack) {
        ObjectCipher c = ciphers.get(pack.name);
        if (c == null) {
            c = sealer.cipher(store.get("packs/" + pack.name, 0, Sealer.PREFIX));
            ciphers.put(pack.name, c);
        }
        return c;
    }

    /** Returns the content's chunks in order, reading its lists as it goes. */
    Iterator<ChunkRef> chunks(ContentRef content) {
        return chunks(content, null);
    }

    /**
     * Returns the content's chunks in order, without those of lists that were read with the same {@code known} before: a snapshot of a
     * large file has nearly all lists of the one before it.
     */
    Iterator<ChunkRef> chunks(ContentRef content, @Nullable KnownLists known) {
        Iterator<ChunkRef> refs = content.roots().iterator();
        for (int d = content.depth(); d > 0; d--) {
            // What a list of lists is followed by depends on the lists, which are few.
            refs = new ListedRefs(refs, d == 1 ? known : null);
        }
        return refs;
    }

    /**
     * The list chunks that were read. What one says depends on the end of the one before it, where a reference may have begun, and on whether
     * another comes.
     */
    static final class KnownLists {
        private record Place(ChunkRef list, ByteBuffer rest, boolean last) {}

        /** What each left for the next one. */
        private final Map<Place, byte[]> rests = new HashMap<>();
    }

    /** The references that a run of list chunks holds; a reference may begin in one and end in the next. */
    private final class ListedRefs implements Iterator<ChunkRef> {
        private final Iterator<ChunkRef> lists;
        private final @Nullable KnownLists known;
        private final ArrayDeque<ChunkRef> ready = new ArrayDeque<>();
        private byte[] rest = new byte[0];

        ListedRefs(Iterator<ChunkRef> lists, @Nullable KnownLists known) {
            this.lists = lists;
            this.known = known;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && lists.hasNext()) {
                next(lists.next());
            }
            if (ready.isEmpty() && rest.length > 0) {
                throw BackupException.damaged("list of chunks", "it ends inside a reference");
            }
            return !ready.isEmpty();
        }

        private void next(ChunkRef list) {
            if (known == null) {
                parse(list);
                return;
            }
            KnownLists.Place place = new KnownLists.Place(list, ByteBuffer.wrap(rest), !lists.hasNext());
            byte[] left = known.rests.get(place);
            if (left == null) {
                parse(list);
                known.rests.put(place, rest);
            } else {
                rest = left;
            }
        }

        private void parse(ChunkRef list) {
            byte[] next = read(list);
            byte[] all = Arrays.copyOf(rest, rest.length + next.length);
            System.arraycopy(next, 0, all, rest.length, next.length);
            int longest = ChunkId.BYTES + 3;
            ByteReader in = new ByteReader("list of chunks", all);
            while (in.remaining() >= longest || (in.remaining() > 0 && !lists.hasNext())) {
                ready.add(ChunkRef.read(in));
            }
            rest = Arrays.copyOfRange(all, in.position(), all.length);
        }

        @Override
        public ChunkRef next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.remove();
        }
    }

    /** Hands on a snapshot's entries; without {@code lost}, the first damaged part of the list is thrown. */
    void entries(Snapshot s, Consumer<Entry> each, @Nullable Lost lost) {
        Iterator<ChunkRef> chunks = chunks(s.tree());
        while (true) {
            try {
                if (!chunks.hasNext()) {
                    return;
                }
            } catch (BackupException e) {
                // The list of the list is lost: nothing after it can be found.
                if (lost == null || unavailable(e)) {
                    throw e;
                }
                lost.at(e);
                return;
            }
            byte[] part;
            try {
                part = read(chunks.next());
            } catch (BackupException e) {
                if (lost == null || unavailable(e)) {
                    throw e;
                }
                lost.at(e);
                continue;
            }
            parse(s, part, each);
        }
    }

    /** Returns a snapshot's entries in order; what is damaged is thrown when it is reached. */
    Iterator<Entry> entries(Snapshot s) {
        Iterator<ChunkRef> chunks = chunks(s.tree());
        ArrayDeque<Entry> ready = new ArrayDeque<>();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                while (ready.isEmpty() && chunks.hasNext()) {
                    parse(s, read(chunks.next()), ready::add);
                }
                return !ready.isEmpty();
            }

            @Override
            public Entry next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return ready.remove();
            }
        };
    }

    static void parse(Snapshot s, byte[] part, Consumer<Entry> each) {
        ByteReader in = new ByteReader("list of entries of snapshot " + s.id(), part);
        while (in.remaining() > 0) {
            each.accept(Records.readEntry(new ByteReader("entry of snapshot " + s.id(), in.bytes())));
        }
    }

    /** Returns whether it is the store that failed, rather than an object that is damaged or gone. */
    static boolean unavailable(BackupException e) {
        // A flipped bit may make an object claim a version that does not exist yet.
        return e.reason() != Reason.DAMAGED && e.reason() != Reason.MISSING && e.reason() != Reason.UNSUPPORTED_VERSION;
    }

    /** Returns the content as a stream. */
    InputStream open(ContentRef content) {
        Iterator<ChunkRef> chunks = chunks(content);
        return new InputStream() {
            private byte[] chunk = new byte[0];
            private int at;

            @Override
            public int read() {
                return more() ? chunk[at++] & 0xFF : -1;
            }

            @Override
            public int read(byte[] b, int off, int len) {
                if (len == 0) {
                    return 0;
                }
                if (!more()) {
                    return -1;
                }
                int n = Math.min(len, chunk.length - at);
                System.arraycopy(chunk, at, b, off, n);
                at += n;
                return n;
            }

            private boolean more() {
                while (at == chunk.length) {
                    if (!chunks.hasNext()) {
                        return false;
                    }
                    chunk = ChunkReader.this.read(chunks.next());
                    at = 0;
                }
                return true;
            }
        };
    }
}
