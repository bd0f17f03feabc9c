package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.ByteWriter;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Codec;
import dev.freefleet.backup.format.ObjectType;
import dev.freefleet.backup.format.Pack;
import dev.freefleet.backup.format.Records;
import dev.freefleet.backup.format.Records.IndexedPack;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Puts chunks that the repository does not have yet into blocks, blocks into packs, packs into the store, and says so in index objects.
 *
 * <p>{@link #add} is called by one thread. Blocks are compressed by the workers; whole packs are sent by up to two virtual
 * threads. What is on its way is bounded: eight blocks, one open pack of each kind, two packs being sent. An index object is written after
 * each {@link #CHECKPOINT_PACKS} packs or {@link #CHECKPOINT_NANOS}, so that a run that is killed leaves little that the next one
 * must send again. The first failure stops everything and is thrown by the next call.
 */
final class ChunkWriter {
    static final int BLOCK = 256 << 10;
    static final int CHECKPOINT_PACKS = 16;
    static final long CHECKPOINT_NANOS = 300_000_000_000L;
    private static final int UPLOADS = 2;
    private static final int BLOCKS_ON_THEIR_WAY = 8;

    private final ObjectStore store;
    private final Sealer sealer;
    private final ChunkIndex index;
    private final ExecutorService workers;
    private final RepositoryOptions options;
    private final AtomicLong stored;
    private final Environment environment;
    private final Elapsed elapsed;
    private final Progress progress;

    private final OpenBlock floats = new OpenBlock(false, true);
    private final OpenBlock general = new OpenBlock(false, false);
    private final OpenBlock meta = new OpenBlock(true, false);
    private final OpenPack dataPack = new OpenPack(false);
    private final OpenPack metaPack = new OpenPack(true);
    private final Set<ChunkId> pending = ConcurrentHashMap.newKeySet();
    private final Semaphore blocks = new Semaphore(BLOCKS_ON_THEIR_WAY);
    private final Semaphore uploads = new Semaphore(UPLOADS);
    private final Phaser underWay = new Phaser(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** What packs were written into: arrays of that size must not become garbage, see {@link Buffers}. */
    private final Queue<ByteWriter> spare = new ConcurrentLinkedQueue<>();

    /** A pack of data will mostly be filled; lists are half a percent of what they list. */
    private long expectedData = Long.MAX_VALUE;

    private long expectedMeta;

    private final AtomicLong sent = new AtomicLong();
    private final List<IndexedPack> unindexed = new ArrayList<>();
    private long lastIndexNanos;

    private static final class OpenBlock {
        final boolean meta;
        final boolean float32;
        ByteWriter bytes = new ByteWriter(BLOCK + (64 << 10));
        List<ChunkRef> chunks = new ArrayList<>();

        OpenBlock(boolean meta, boolean float32) {
            this.meta = meta;
            this.float32 = float32;
        }
    }

    private static final class OpenPack {
        final boolean meta;

        @Nullable
        Pack pack;

        OpenPack(boolean meta) {
            this.meta = meta;
        }
    }

    /** @param stored what others have added to the store since the repository was opened; what this one adds counts too */
    ChunkWriter(
            ObjectStore store,
            Sealer sealer,
            ChunkIndex index,
            ExecutorService workers,
            RepositoryOptions options,
            AtomicLong stored,
            Environment environment,
            Progress progress) {
        this.store = store;
        this.sealer = sealer;
        this.index = index;
        this.workers = workers;
        this.options = options;
        this.stored = stored;
        this.environment = environment;
        this.elapsed = new Elapsed(environment);
        this.progress = progress;
        this.lastIndexNanos = nanoTime();
    }

    /** Returns how many bytes were stored so far. */
    long sent() {
        return sent.get();
    }

    /** Returns a reference to the chunk, which is in the store by the time {@link #finish} returns. */
    ChunkRef addMeta(byte[] buf, int off, int len) {
        return add(ChunkId.of(buf, off, len), buf, off, len, meta);
    }

    ChunkRef add(ChunkId id, byte[] buf, int off, int len, boolean float32) {
        return add(id, buf, off, len, float32 ? floats : general);
    }

    private ChunkRef add(ChunkId id, byte[] buf, int off, int len, OpenBlock block) {
        check();
        ChunkRef ref = new ChunkRef(id, len);
        if (!index.contains(ref) && pending.add(id)) {
            block.bytes.raw(buf, off, len);
            block.chunks.add(ref);
            if (block.bytes.size() >= BLOCK) {
                submit(block);
            }
        }
        return ref;
    }

    private void submit(OpenBlock block) {
        ByteWriter plain = block.bytes;
        List<ChunkRef> chunks = block.chunks;
        block.bytes = new ByteWriter(BLOCK + (64 << 10));
        block.chunks = new ArrayList<>();
        blocks.acquireUninterruptibly();
        underWay.register();
        workers.execute(() -> {
            try {
                if (failure.get() == null) {
                    Codec.Packed packed =
                            Codec.compress(plain.array(), plain.size(), block.float32, options.compressionLevel());
                    append(block.meta ? metaPack : dataPack, packed, plain.size(), chunks);
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            } finally {
                blocks.release();
                underWay.arriveAndDeregister();
            }
        });
    }

    private void append(OpenPack open, Codec.Packed packed, int plain, List<ChunkRef> chunks) {
        synchronized (open) {
            Pack pack = open.pack;
            if (pack == null) {
                ByteWriter object = spare.poll();
                pack = new Pack(sealer, open.meta, object == null ? newObject(open.meta) : object);
                open.pack = pack;
            }
            pack.add(packed, plain, chunks);
            if (pack.size() < options.packSize()) {
                return;
            }
            open.pack = null;
            upload(pack);
        }
    }

    /** Says about how many bytes packs of each kind will come to, before the first chunk: so much is then made room for at once. */
    void expect(long data, long meta) {
        expectedData = data;
        expectedMeta = meta;
    }

    private ByteWriter newObject(boolean meta) {
        int longest = options.packSize() + 3 * BLOCK;
        int first = Math.min(longest, 1 << 20);
        return new ByteWriter(first, (int) Math.min(longest, meta ? expectedMeta : expectedData));
    }

    private void upload(Pack pack) {
        uploads.acquireUninterruptibly();
        underWay.register();
        Thread.ofVirtual().name("backup-upload").start(() -> {
            try {
                if (failure.get() == null) {
                    send(pack);
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            } finally {
                uploads.release();
                underWay.arriveAndDeregister();
            }
        });
    }

    private void send(Pack pack) {
        ByteWriter object = pack.finish();
        int length = object.size();
        reserve(length);
        String name = ChunkId.hex(object.array(), length);
        store.putIfAbsent("packs/" + name, object.array(), length);
        spare.add(object);
        progress.at(Progress.Stage.WRITE, sent.get(), -1);
        IndexedPack indexed = new IndexedPack(name, length, pack.content());
        index.add(indexed, false);
        pack.content().blocks().forEach(b -> b.chunks().forEach(c -> pending.remove(c.id())));
        synchronized (unindexed) {
            unindexed.add(indexed);
            long now = nanoTime();
            if (unindexed.size() >= CHECKPOINT_PACKS || now - lastIndexNanos >= CHECKPOINT_NANOS) {
                writeIndex(now);
            }
        }
    }

    private long nanoTime() {
        return environment.nanoTime().getAsLong();
    }

    private void writeIndex(long now) {
        if (!unindexed.isEmpty()) {
            refuseIfTooLong();
            byte[] object = sealer.seal(ObjectType.INDEX, Records.index(unindexed));
            reserve(object.length);
            store.putIfAbsent("index/" + ChunkId.hex(object), object);
            unindexed.clear();
        }
        lastIndexNanos = now;
    }

    /** What was sent first may by now be deleted: in the index, later runs would count on it. */
    private void refuseIfTooLong() {
        if (elapsed.isLongerThan(options.longestRun())) {
            throw new BackupException(
                    Reason.REFUSED,
                    "The run took longer than the " + options.longestRun()
                            + " for which prune leaves alone what it sends. Nothing is recorded: run it once more.");
        }
    }

    private void reserve(int bytes) {
        if (stored.addAndGet(bytes) > options.roomBytes()) {
            stored.addAndGet(-bytes);
            throw new BackupException(
                    Reason.STORE_FULL,
                    "The backup needs more than the " + options.roomBytes() + " bytes that the storage cap leaves in "
                            + store.describe() + ". Raise the cap, or keep fewer snapshots and prune.");
        }
        sent.addAndGet(bytes);
    }

    /** Sends all that is left, waits until it is stored, and writes the index. */
    void finish() {
        for (OpenBlock b : List.of(floats, general, meta)) {
            if (!b.chunks.isEmpty()) {
                submit(b);
            }
        }
        settle();
        for (OpenPack open : List.of(dataPack, metaPack)) {
            synchronized (open) {
                Pack pack = open.pack;
                open.pack = null;
                if (pack != null) {
                    upload(pack);
                }
            }
        }
        settle();
        synchronized (unindexed) {
            writeIndex(nanoTime());
        }
    }

    /** Waits until nothing is under way, whatever became of it, and indexes what was sent, for the next run. */
    void abandon() {
        failure.compareAndSet(null, new BackupException(Reason.CANCELLED, "The backup was given up."));
        underWay.arriveAndAwaitAdvance();
        try {
            synchronized (unindexed) {
                writeIndex(nanoTime());
            }
        } catch (BackupException e) {
            // The run has failed already. Packs without an index are found by their headers.
        }
    }

    private void settle() {
        underWay.arriveAndAwaitAdvance();
        check();
    }

    private void check() {
        Throwable t = failure.get();
        if (t instanceof BackupException e) {
            throw new BackupException(e.reason(), e.object(), String.valueOf(e.getMessage()), e);
        }
        if (t != null) {
            throw new IllegalStateException("the backup's writer failed", t);
        }
    }
}
