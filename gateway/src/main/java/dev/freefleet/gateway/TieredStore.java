package dev.freefleet.gateway;

import dev.freefleet.edge.StoredAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory before a disk: what is stored goes to both, what memory has is given at once, what only the disk has comes back
 * into memory. The disk's answers outlast the process.
 */
public final class TieredStore implements AnswerStore {
    private static final Logger log = LoggerFactory.getLogger(TieredStore.class);

    private final MemoryStore memory;
    private final DiskStore disk;

    private TieredStore(MemoryStore memory, DiskStore disk) {
        this.memory = memory;
        this.disk = disk;
    }

    /**
     * Opens both. A disk that cannot be used is left out, which the log tells: answers are only copies.
     *
     * @param memoryBytes bound of the memory
     * @param folder where the disk's files are; made with mode 0700 where it is missing; nobody else uses it
     * @param diskBytes bound of the files, 1 MiB or more; 0: no disk
     */
    public static AnswerStore open(long memoryBytes, Path folder, long diskBytes) {
        MemoryStore memory = new MemoryStore(memoryBytes);
        if (diskBytes == 0) {
            forget(folder);
            return memory;
        }
        try {
            return new TieredStore(memory, new DiskStore(folder, diskBytes, memory::holds));
        } catch (IOException | RuntimeException failed) {
            log.error(
                    "answers are kept in memory alone, because {} cannot be used: {}",
                    folder,
                    failed.getMessage(),
                    failed);
            forget(folder);
            return memory;
        }
    }

    /** Deletes what a former process left: purges of this one would not reach it. */
    private static void forget(Path folder) {
        try {
            DiskFiles.deleteAll(folder);
        } catch (IOException failed) {
            log.error(
                    "answers of a former run are left in {}, where no purge reaches them; delete the folder: {}",
                    folder,
                    failed.getMessage());
        }
    }

    @Override
    public void lookup(String key, Consumer<List<StoredAnswer>> found) {
        List<StoredAnswer> variants = memory.get(key);
        if (variants != null) {
            found.accept(variants);
            return;
        }
        long removals = disk.removals();
        disk.lookup(key, stored -> {
            if (!stored.isEmpty()) {
                promote(key, stored, removals);
            }
            found.accept(stored);
        });
    }

    /** Into memory, unless something was removed since it was read: it might be this. */
    private void promote(String key, List<StoredAnswer> stored, long removals) {
        memory.promote(key, stored);
        if (removals != disk.removals()) {
            memory.remove(key);
        }
    }

    @Override
    public void put(String key, StoredAnswer answer) {
        memory.put(key, answer);
        disk.put(key, answer);
    }

    @Override
    public void remove(String key) {
        disk.remove(key);
        memory.remove(key);
    }

    @Override
    public CompletableFuture<Long> purge(Selection which) {
        long inMemoryAlone = memory.count(which, disk::holds);
        return disk.purge(which)
                .whenComplete((onDisk, failed) -> memory.drop(which))
                .thenApply(onDisk -> inMemoryAlone + onDisk);
    }

    @Override
    public CompletableFuture<List<Kept>> list(Selection which, int limit) {
        List<Kept> kept = new ArrayList<>(memory.list(which, limit).join());
        if (kept.size() == limit) {
            return CompletableFuture.completedFuture(kept);
        }
        return disk.list(which, limit).thenApply(others -> {
            others.stream()
                    .filter(other -> !memory.holds(other.key()))
                    .limit(limit - kept.size())
                    .forEach(kept::add);
            return kept;
        });
    }

    @Override
    public Stats stats() {
        Stats stats = memory.stats();
        return new Stats(
                stats.keys(),
                stats.bytes(),
                stats.maxBytes(),
                stats.evictions(),
                disk.stats().disk());
    }

    @Override
    public void close() {
        disk.close();
    }
}
