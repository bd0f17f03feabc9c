package dev.freefleet.gateway;

import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.DiskIndex.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on disk, which outlast the process. One thread writes what the others ask for, in their order; two read; no caller
 * waits. What waits to be written is bounded, and found until it is written. Where a file cannot be written or read, the
 * store turns itself off and deletes its files: it holds nothing that the Brain could not answer again, and an answer
 * that should be gone must not stay behind.
 */
final class DiskStore implements AnswerStore {
    private static final Logger log = LoggerFactory.getLogger(DiskStore.class);
    private static final long MAX_WAITING_BYTES = 16 << 20;
    private static final int MAX_READS = 1024;
    private static final int READERS = 2;

    private sealed interface Task {
        record Put(String key, StoredAnswer answer, long weight) implements Task {
            /** Whether it is about this very answer: an equal one may have been put after a removal. */
            @SuppressWarnings("ReferenceEquality")
            boolean isOf(StoredAnswer other) {
                return answer == other;
            }
        }

        record Remove(long hash) implements Task {}

        record Purge(Selection which, CompletableFuture<Long> done) implements Task {}

        record Off() implements Task {}

        record Close() implements Task {}
    }

    private final Path folder;
    private final DiskLog disk;
    private final DiskIndex index;
    /** What is not written yet. An answer that is removed or replaced here is not written any more. */
    private final ConcurrentHashMap<String, List<StoredAnswer>> waiting = new ConcurrentHashMap<>();

    private final AtomicLong waitingBytes = new AtomicLong();
    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Thread writer;
    private final ThreadPoolExecutor readers;
    private final AtomicBoolean on = new AtomicBoolean(true);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicLong removals = new AtomicLong();
    private boolean disposed;
    private boolean leftBehind;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder errors = new LongAdder();

    /**
     * Opens the store in this folder, which it makes where it is missing, and which nobody else uses.
     *
     * @param maxBytes bound of its files
     * @param wanted whether a key is asked for elsewhere, so that it is worth its place
     * @throws IOException if the folder cannot be used
     */
    DiskStore(Path folder, long maxBytes, Predicate<String> wanted) throws IOException {
        this.folder = folder;
        this.disk = new DiskLog(folder, maxBytes, wanted);
        this.index = disk.index;
        this.readers = new ThreadPoolExecutor(
                READERS,
                READERS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(MAX_READS),
                Thread.ofPlatform().daemon().name("cache-reader-", 0).factory());
        this.writer = Thread.ofPlatform().daemon().name("cache-writer").start(this::write);
    }

    @Override
    public void lookup(String key, Consumer<List<StoredAnswer>> found) {
        long hash = DiskRecord.hash(key);
        List<StoredAnswer> unwritten = waiting.getOrDefault(key, List.of());
        if (!on.get() || index.find(hash) == null) {
            (unwritten.isEmpty() ? misses : hits).increment();
            found.accept(unwritten);
            return;
        }
        try {
            readers.execute(() -> found.accept(read(key, hash)));
        } catch (RejectedExecutionException full) {
            skipped.increment();
            found.accept(unwritten);
        }
    }

    /** What is stored under this key; never throws, for somebody waits for it. */
    private List<StoredAnswer> read(String key, long hash) {
        List<StoredAnswer> found = waiting.getOrDefault(key, List.of());
        try {
            found = readWhole(key, hash);
            index.used(hash);
        } catch (IOException | RuntimeException failed) {
            turnOff(failed);
        }
        (found.isEmpty() ? misses : hits).increment();
        return found;
    }

    /** Reads again where an answer went from what waits to the disk meanwhile: it would be found in neither. */
    private List<StoredAnswer> readWhole(String key, long hash) throws IOException {
        while (true) {
            Place before = index.find(hash);
            List<StoredAnswer> stored = stored(key, hash);
            List<StoredAnswer> unwritten = waiting.getOrDefault(key, List.of());
            if (Objects.equals(before, index.find(hash))) {
                return merged(stored, unwritten);
            }
        }
    }

    private List<StoredAnswer> stored(String key, long hash) throws IOException {
        DiskRecord record = disk.read(hash);
        return record != null && record.key().equals(key) ? record.variants() : List.of();
    }

    private static List<StoredAnswer> merged(List<StoredAnswer> old, List<StoredAnswer> newer) {
        List<StoredAnswer> merged = old;
        for (StoredAnswer answer : newer) {
            merged = MemoryStore.with(merged, answer);
        }
        return merged;
    }

    @Override
    public void put(String key, StoredAnswer answer) {
        if (!on.get() || closed.get()) {
            return;
        }
        long weight = MemoryStore.held(answer).weight();
        if (waitingBytes.addAndGet(weight) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-weight);
            dropped.increment();
            remove(key); // what is there would be older than what was seen since
            return;
        }
        waiting.compute(key, (same, old) -> MemoryStore.with(old == null ? List.of() : old, answer));
        tasks.add(new Task.Put(key, answer, weight));
    }

    @Override
    public void remove(String key) {
        long hash = DiskRecord.hash(key);
        boolean[] there = new boolean[1];
        waiting.compute(key, (same, old) -> {
            boolean written = index.remove(hash);
            there[0] = written || old != null;
            return null;
        });
        if (there[0] && on.get()) {
            removals.incrementAndGet();
            tasks.add(new Task.Remove(hash));
        }
    }

    /** Changes with each removal: what was read before may be gone after. */
    long removals() {
        return removals.get();
    }

    /** Whether there is something under this key. */
    boolean holds(String key) {
        return waiting.containsKey(key) || index.find(DiskRecord.hash(key)) != null;
    }

    @Override
    public CompletableFuture<Long> purge(Selection which) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        if (closed.get()) {
            done.completeExceptionally(new GatewayException("The cache is closed."));
        } else {
            tasks.add(new Task.Purge(which, done));
        }
        return done;
    }

    private void write() {
        while (true) {
            try {
                Task task = tasks.poll();
                if (task == null) {
                    if (on.get()) {
                        disk.flush();
                    }
                    task = tasks.take();
                }
                if (task instanceof Task.Close) {
                    finish();
                    return;
                }
                perform(task);
            } catch (IOException | RuntimeException failed) {
                turnOff(failed);
            } catch (InterruptedException nobodyDoesThis) {
                return;
            }
        }
    }

    private void perform(Task task) throws IOException {
        switch (task) {
            case Task.Put put -> {
                waitingBytes.addAndGet(-put.weight);
                if (on.get()) {
                    put(put);
                } else {
                    waiting.remove(put.key);
                }
            }
            case Task.Remove(long hash) -> {
                if (on.get()) {
                    disk.remove(hash);
                }
            }
            case Task.Purge(Selection which, CompletableFuture<Long> done) -> purge(which, done);
            case Task.Off() -> dispose();
            case Task.Close() -> {}
        }
    }

    private void purge(Selection which, CompletableFuture<Long> done) {
        long all = index.answers();
        try {
            long removed = purged(which);
            removals.incrementAndGet(); // before memory is purged: what was read until now comes too late
            done.complete(removed);
        } catch (IOException | RuntimeException failed) {
            turnOff(failed);
            dispose();
            removals.incrementAndGet();
            if (leftBehind) {
                done.completeExceptionally(new GatewayException(
                        "The cache's disk failed, and its files cannot be deleted: what is in memory is purged; delete the"
                                + " folder " + folder + " before the next start.",
                        failed));
            } else {
                done.complete(all);
            }
        }
    }

    private void put(Task.Put put) throws IOException {
        if (!isWanted(put)) {
            return;
        }
        long hash = DiskRecord.hash(put.key);
        disk.flushIfHolds(hash);
        List<StoredAnswer> variants = MemoryStore.with(stored(put.key, hash), put.answer);
        byte[] payload = new DiskRecord(put.key, variants).encode();
        if (!disk.append(hash, payload, variants.size(), place -> written(put, hash, place))) {
            remove(put.key); // too long for the disk
        }
    }

    private boolean isWanted(Task.Put put) {
        return waiting.getOrDefault(put.key, List.of()).stream().anyMatch(put::isOf);
    }

    /** From now on it is found on disk, unless it was removed meanwhile. */
    private void written(Task.Put put, long hash, Place place) {
        waiting.computeIfPresent(put.key, (key, old) -> {
            List<StoredAnswer> rest =
                    old.stream().filter(answer -> !put.isOf(answer)).toList();
            if (rest.size() == old.size()) {
                disk.lose(hash);
            } else if (!index.put(hash, place)) {
                dropped.increment();
                tasks.add(new Task.Remove(hash)); // no purge finds it, so no start may
            }
            return rest.isEmpty() ? null : rest;
        });
    }

    private long purged(Selection which) throws IOException {
        if (!on.get()) {
            dispose();
            if (leftBehind) {
                throw new IOException("files of a failed disk are left behind");
            }
            return 0;
        }
        disk.flush();
        if (which.equals(Selection.ALL)) {
            long all = index.answers();
            disk.clear();
            return all;
        }
        String key = which.key();
        long removed = 0;
        for (long hash : key != null ? new long[] {DiskRecord.hash(key)} : index.all()) {
            removed += purged(which, hash);
        }
        disk.flush();
        disk.force();
        return removed;
    }

    private long purged(Selection which, long hash) throws IOException {
        Place old = index.find(hash);
        if (old == null) {
            return 0;
        }
        disk.makeRoom(old.length()); // what is kept finds room without moving other records, this one among them
        Place place = index.find(hash);
        DiskRecord record = disk.read(hash);
        if (place == null || record == null || !which.takesKey(record.key())) {
            return 0;
        }
        List<StoredAnswer> rest = record.variants().stream()
                .filter(answer -> !which.matches(record.key(), answer))
                .toList();
        int gone = record.variants().size() - rest.size();
        if (gone > 0) {
            disk.remove(hash);
            byte[] payload = new DiskRecord(record.key(), rest).encode();
            if (rest.isEmpty() || !disk.append(hash, payload, rest.size(), to -> index.replace(hash, to))) {
                index.remove(hash);
            }
        } else {
            disk.removeOlder(hash);
        }
        return gone;
    }

    @Override
    public CompletableFuture<List<Kept>> list(Selection which, int limit) {
        try {
            return CompletableFuture.supplyAsync(() -> listed(which, limit), readers);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(
                    new GatewayException("Too many look-ups wait for the cache's disk; ask again in a moment.", full));
        }
    }

    private List<Kept> listed(Selection which, int limit) {
        List<Kept> kept = new ArrayList<>();
        String wanted = which.key();
        try {
            for (long hash : wanted != null ? new long[] {DiskRecord.hash(wanted)} : index.all()) {
                DiskRecord record = kept.size() < limit && on.get() ? disk.read(hash) : null;
                if (record == null || !which.takesKey(record.key())) {
                    continue;
                }
                record.variants().stream()
                        .filter(answer -> which.matches(record.key(), answer))
                        .limit(limit - kept.size())
                        .forEach(answer -> kept.add(new Kept(record.key(), answer, false)));
            }
        } catch (IOException | RuntimeException failed) {
            turnOff(failed);
        }
        return kept;
    }

    private void turnOff(Exception failed) {
        errors.increment();
        if (on.compareAndSet(true, false)) {
            log.error(
                    "the cache on disk in {} is off until the next start, because the disk failed: {}",
                    folder,
                    failed.getMessage(),
                    failed);
            tasks.add(new Task.Off());
        }
    }

    /** Deletes the files of a store that is off. By the writer alone. */
    private void dispose() {
        if (!disposed) {
            disposed = true;
            leftBehind = !disk.delete();
            waiting.clear();
        }
    }

    @Override
    public Stats stats() {
        return new Stats(index.size(), disk.bytes(), disk.maxBytes(), disk.evictions(), disk());
    }

    private Disk disk() {
        return new Disk(
                on.get(),
                index.size(),
                index.answers(),
                disk.bytes(),
                disk.maxBytes(),
                hits.sum(),
                misses.sum(),
                disk.written(),
                dropped.sum(),
                skipped.sum(),
                disk.damaged(),
                errors.sum(),
                disk.evictions());
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        tasks.add(new Task.Close());
        readers.shutdown();
        try {
            writer.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish() {
        try {
            if (on.get()) {
                disk.close();
            } else {
                dispose();
            }
        } catch (IOException failed) {
            log.warn("the cache on disk in {} was not closed well: {}", folder, failed.getMessage());
        }
    }
}
