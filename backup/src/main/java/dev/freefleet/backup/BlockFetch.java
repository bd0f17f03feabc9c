package dev.freefleet.backup;

import dev.freefleet.backup.ChunkIndex.Location;
import dev.freefleet.backup.ChunkIndex.PackTable;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Pack;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.format.Sealer.ObjectCipher;
import dev.freefleet.backup.store.ObjectStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Reads many chunks in the order in which the store has them, so that each block is fetched and opened once, however the chunks are
 * strewn over files. Neighbouring blocks come in one request.
 */
final class BlockFetch {
    /** Bytes that are rather read in vain than asked around with another request. */
    private static final long GAP = 512 << 10;

    /** More than half of a pack of the usual size, so that two requests read it. */
    private static final int LONGEST = 9 << 20;

    private final ObjectStore store;
    private final Sealer sealer;
    private final ExecutorService workers;
    private final Buffers buffers = new Buffers();
    private final Map<String, ObjectCipher> ciphers = new ConcurrentHashMap<>();

    /** A chunk that somebody wants; {@code token} tells them which. */
    record Want<T>(ChunkRef ref, Location location, T token) {}

    /** Takes chunks and losses, from several threads. */
    interface Taker<T> {
        /** Takes chunks that stand in one block, in the order of the wants; the block is nobody else's. */
        void chunks(List<Want<T>> wants, byte[] block);

        void lost(Want<T> want, BackupException why);
    }

    BlockFetch(ObjectStore store, Sealer sealer, ExecutorService workers) {
        this.store = store;
        this.sealer = sealer;
        this.workers = workers;
    }

    /** Hands on every chunk that is wanted, after checking it against its id. */
    <T> void fetch(List<Want<T>> wants, Taker<T> taker) {
        List<Want<T>> sorted = new ArrayList<>(wants);
        sorted.sort(Comparator.<Want<T>>comparingInt(w -> w.location.pack().number)
                .thenComparingInt(w -> w.location.block()));
        List<Future<?>> parts = new ArrayList<>();
        for (int from = 0; from < sorted.size(); ) {
            int to = sameRange(sorted, from);
            List<Want<T>> part = sorted.subList(from, to);
            parts.add(workers.submit(() -> range(part, taker)));
            from = to;
            if (parts.size() > 4) {
                await(parts.removeFirst());
            }
        }
        parts.forEach(BlockFetch::await);
    }

    private static void await(Future<?> part) {
        try {
            part.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(BackupException.Reason.CANCELLED, null, "Reading was interrupted.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BackupException b) {
                throw new BackupException(b.reason(), b.object(), String.valueOf(b.getMessage()), b);
            }
            throw new IllegalStateException("reading failed", e.getCause());
        }
    }

    private static long start(Want<?> w) {
        return w.location.pack().blockAt[w.location.block()];
    }

    private static long end(Want<?> w) {
        return start(w) + w.location.pack().stored[w.location.block()] + Sealer.TAG;
    }

    /** Where a range begins: with the pack's prefix if that stands before it, which its blocks cannot be opened without. */
    private static long from(Want<?> first) {
        return start(first) == Sealer.PREFIX ? 0 : start(first);
    }

    private static <T> int sameRange(List<Want<T>> sorted, int from) {
        Want<T> first = sorted.get(from);
        int to = from + 1;
        while (to < sorted.size()) {
            Want<T> w = sorted.get(to);
            boolean near = w.location.pack() == first.location.pack()
                    && start(w) - end(sorted.get(to - 1)) <= GAP
                    && end(w) - from(first) <= LONGEST;
            if (!near) {
                break;
            }
            to++;
        }
        return to;
    }

    private <T> void range(List<Want<T>> wants, Taker<T> taker) {
        PackTable pack = wants.getFirst().location.pack();
        String name = "packs/" + pack.name;
        long from = from(wants.getFirst());
        int length = (int) (end(wants.getLast()) - from);
        BackupException unread = null;
        byte[] bytes = buffers.take(LONGEST);
        try {
            ObjectCipher cipher = null;
            try {
                boolean[] read = new boolean[1];
                // Whoever reads another part of the pack meanwhile waits for the prefix, which costs a request less.
                cipher = ciphers.computeIfAbsent(name, n -> {
                    if (from > 0) {
                        return sealer.cipher(store.get(n, 0, Sealer.PREFIX));
                    }
                    store.get(n, 0, bytes, length);
                    read[0] = true;
                    return sealer.cipher(bytes);
                });
                if (!read[0]) {
                    store.get(name, from, bytes, length);
                }
            } catch (BackupException e) {
                unread = e;
            }
            if (cipher != null && unread == null) {
                blocks(wants, cipher, bytes, from, taker);
            }
        } finally {
            buffers.give(bytes);
        }
        if (unread != null) {
            apart(wants, unread, taker); // without the array, of which each part takes one
        }
    }

    private <T> void apart(List<Want<T>> wants, BackupException why, Taker<T> taker) {
        if (ChunkReader.unavailable(why)) {
            throw why;
        }
        int half = boundary(wants);
        if (half < wants.size()) {
            // A pack that was cut short still has its first blocks.
            range(wants.subList(0, half), taker);
            range(wants.subList(half, wants.size()), taker);
        } else {
            wants.forEach(want -> taker.lost(want, why));
        }
    }

    /** Where a block begins, near the middle; the end where all wants stand in one. */
    private static <T> int boundary(List<Want<T>> wants) {
        int middle = wants.size() / 2;
        for (int i = middle; i > 0; i--) {
            if (!sameBlock(wants, i)) {
                return i;
            }
        }
        for (int i = middle + 1; i < wants.size(); i++) {
            if (!sameBlock(wants, i)) {
                return i;
            }
        }
        return wants.size();
    }

    /** Whether a want stands in the block of the one before it. */
    private static <T> boolean sameBlock(List<Want<T>> wants, int i) {
        return wants.get(i).location.block() == wants.get(i - 1).location.block();
    }

    private static <T> void blocks(List<Want<T>> wants, ObjectCipher cipher, byte[] bytes, long from, Taker<T> taker) {
        for (int i = 0; i < wants.size(); ) {
            int next = i + 1;
            while (next < wants.size()
                    && wants.get(next).location.block() == wants.get(i).location.block()) {
                next++;
            }
            block(wants.subList(i, next), cipher, bytes, from, taker);
            i = next;
        }
    }

    private static <T> void block(List<Want<T>> wants, ObjectCipher cipher, byte[] bytes, long from, Taker<T> taker) {
        Location l = wants.getFirst().location;
        String name = "packs/" + l.pack().name;
        int b = l.block();
        byte[] plain;
        try {
            int at = (int) (l.pack().blockAt[b] - from);
            plain = Pack.openBlock(
                    cipher, name, b, l.pack().codecs[b], l.pack().stored[b], l.pack().plain[b], bytes, at);
        } catch (BackupException e) {
            wants.forEach(w -> taker.lost(w, e));
            return;
        }
        List<Want<T>> whole = new ArrayList<>(wants.size());
        for (Want<T> w : wants) {
            Location c = w.location;
            if (c.length() == w.ref.length()
                    && ChunkId.of(plain, c.offset(), c.length()).equals(w.ref.id())) {
                whole.add(w);
            } else {
                taker.lost(w, BackupException.damaged(name, "a chunk does not have the digest it is listed by"));
            }
        }
        taker.chunks(whole, plain);
    }
}
