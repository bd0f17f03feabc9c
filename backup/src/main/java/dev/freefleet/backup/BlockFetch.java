package dev.freefleet.backup;

import dev.freefleet.backup.ChunkIndex.Location;
import dev.freefleet.backup.format.BlockOpener;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.format.Sealer.ObjectCipher;
import dev.freefleet.backup.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Reads many chunks in the order in which the store has them, so that each block is fetched and opened once, however the chunks are
 * strewn over files. Neighbouring blocks come in one request.
 */
final class BlockFetch {
    /** Bytes that are rather read in vain than asked around with another request. */
    private static final long GAP = 512 << 10;

    private final ObjectStore store;
    private final int longest;
    private final Sealer sealer;
    private final Executor workers;
    private final Buffers buffers = new Buffers();
    private final Queue<BlockOpener> openers = new ConcurrentLinkedQueue<>();
    /** By pack; promised where its prefix comes with a range that was begun. */
    private final Map<String, CompletableFuture<ObjectCipher>> ciphers = new ConcurrentHashMap<>();

    /** A chunk that somebody wants; {@code token} tells them which. */
    record Want<T>(ChunkRef ref, Location location, T token) {}

    /** Takes chunks and losses, from several threads. */
    interface Taker<T> {
        /** Takes chunks that stand in one block, in the order of the wants; the block is theirs until they return. */
        void chunks(List<Want<T>> wants, byte[] block);

        void lost(Want<T> want, BackupException why);
    }

    /** @param workers read and hand on; one that runs in the caller's thread hands on in the order of the packs */
    BlockFetch(ObjectStore store, Sealer sealer, Executor workers) {
        this.store = store;
        longest = store.rangeBytes();
        this.sealer = sealer;
        this.workers = workers;
    }

    /** Hands on every chunk that is wanted, after checking it against its id. */
    <T> void fetch(List<Want<T>> wants, Taker<T> taker) {
        List<List<Want<T>>> blocks = inOrder(wants);
        List<Future<?>> parts = new ArrayList<>();
        for (int from = 0; from < blocks.size(); ) {
            int to = sameRange(blocks, from);
            List<List<Want<T>>> part = blocks.subList(from, to);
            Location first = place(part.getFirst());
            if (from(first) == 0) {
                ciphers.putIfAbsent(name(first), new CompletableFuture<>());
            }
            FutureTask<?> read = new FutureTask<>(() -> range(part, taker), null);
            workers.execute(read);
            parts.add(read);
            from = to;
            if (parts.size() > 4) {
                await(parts.removeFirst());
            }
        }
        parts.forEach(BlockFetch::await);
    }

    /** Returns the wants of each block, in the order in which the blocks are stored. */
    private static <T> List<List<Want<T>>> inOrder(List<Want<T>> wants) {
        Map<Long, List<Want<T>>> blocks = new TreeMap<>();
        long last = -1;
        List<Want<T>> block = List.of();
        for (Want<T> w : wants) {
            long place = (long) w.location.pack().number << 32 | w.location.block();
            // What stands together is mostly wanted together.
            if (place != last) {
                block = blocks.computeIfAbsent(place, p -> new ArrayList<>());
                last = place;
            }
            block.add(w);
        }
        return new ArrayList<>(blocks.values());
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

    private static <T> Location place(List<Want<T>> block) {
        return block.getFirst().location;
    }

    private static String name(Location l) {
        return "packs/" + l.pack().name;
    }

    private static long start(Location l) {
        return l.pack().blockAt[l.block()];
    }

    private static long end(Location l) {
        return start(l) + l.pack().stored[l.block()] + Sealer.TAG;
    }

    /** Where a range begins: with the pack's prefix if that stands before it, which its blocks cannot be opened without. */
    private static long from(Location first) {
        return start(first) == Sealer.PREFIX ? 0 : start(first);
    }

    private <T> int sameRange(List<List<Want<T>>> blocks, int from) {
        Location first = place(blocks.get(from));
        Location last = first;
        int to = from + 1;
        while (to < blocks.size()) {
            Location l = place(blocks.get(to));
            boolean near = l.pack() == first.pack() && start(l) - end(last) <= GAP && end(l) - from(first) <= longest;
            if (!near) {
                break;
            }
            last = l;
            to++;
        }
        return to;
    }

    private <T> void range(List<List<Want<T>>> blocks, Taker<T> taker) {
        Location first = place(blocks.getFirst());
        String name = name(first);
        long from = from(first);
        int length = (int) (end(place(blocks.getLast())) - from);
        BackupException unread = null;
        byte[] bytes = buffers.take(length);
        try {
            ObjectCipher cipher = null;
            try {
                store.get(name, from, bytes, length);
                cipher = from == 0 ? begun(name, bytes) : cipher(name);
            } catch (BackupException e) {
                unread = e;
            } finally {
                if (from == 0 && cipher == null) {
                    forsake(name);
                }
            }
            if (cipher != null && unread == null) {
                BlockOpener free = openers.poll();
                BlockOpener opener = free == null ? new BlockOpener() : free;
                for (List<Want<T>> block : blocks) {
                    block(block, opener, cipher, bytes, from, taker);
                }
                openers.add(opener);
            }
        } finally {
            buffers.give(bytes);
        }
        if (unread != null) {
            apart(blocks, unread, taker); // without the array, of which each part takes one
        }
    }

    private ObjectCipher begun(String name, byte[] prefix) {
        ObjectCipher cipher = sealer.cipher(prefix);
        ciphers.computeIfAbsent(name, n -> new CompletableFuture<>()).complete(cipher);
        return cipher;
    }

    /** Who waits for the prefix is to ask for it alone. */
    private void forsake(String name) {
        CompletableFuture<ObjectCipher> promised = ciphers.remove(name);
        if (promised != null) {
            promised.cancel(false);
        }
    }

    /** To wait for the range that brings the prefix costs a request less. */
    private ObjectCipher cipher(String name) {
        CompletableFuture<ObjectCipher> promised = ciphers.get(name);
        if (promised != null) {
            try {
                return promised.join();
            } catch (CancellationException e) {
                // Falls through: that range is lost, but the prefix need not be.
            }
        }
        ObjectCipher cipher = sealer.cipher(store.get(name, 0, Sealer.PREFIX));
        ciphers.put(name, CompletableFuture.completedFuture(cipher));
        return cipher;
    }

    private <T> void apart(List<List<Want<T>>> blocks, BackupException why, Taker<T> taker) {
        if (ChunkReader.unavailable(why)) {
            throw why;
        }
        int half = blocks.size() / 2;
        if (half > 0) {
            // A pack that was cut short still has its first blocks.
            range(blocks.subList(0, half), taker);
            range(blocks.subList(half, blocks.size()), taker);
        } else {
            blocks.getFirst().forEach(want -> taker.lost(want, why));
        }
    }

    private static <T> void block(
            List<Want<T>> wants, BlockOpener opener, ObjectCipher cipher, byte[] bytes, long from, Taker<T> taker) {
        Location l = place(wants);
        String name = name(l);
        int b = l.block();
        byte[] plain;
        try {
            int at = (int) (l.pack().blockAt[b] - from);
            plain = opener.open(cipher, name, b, l.pack().codecs[b], l.pack().stored[b], l.pack().plain[b], bytes, at);
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
