package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.BlockFetch.Taker;
import dev.freefleet.backup.BlockFetch.Want;
import dev.freefleet.backup.Catalog.Trash;
import dev.freefleet.backup.ChunkIndex.Location;
import dev.freefleet.backup.ChunkIndex.PackTable;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Codec;
import dev.freefleet.backup.format.ObjectType;
import dev.freefleet.backup.format.Records.IndexedPack;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Frees space in two steps, so that it needs no lock against backups.
 *
 * <p>First, packs that no snapshot needs leave the index and are named in a trash object: backups that begin after that do not count on
 * them, restores still find them. A backup that began before may; it ends within {@code longestRun} or records nothing. So a prune that comes
 * {@code minimumAge}, which is longer, after the trash object was written sees every manifest that can need such a pack. It puts back what is
 * needed, and deletes the rest. Packs younger than {@code minimumAge} may belong to a backup that has no manifest yet, and are left alone. All
 * ages are differences of the store's own times.
 *
 * <p>Two prunes at once may repack the same chunks twice; a pack that any index object names when the first is deleted is not.
 */
final class Prune {
    static final int PACKS_PER_INDEX = 64;

    private final Repository repository;
    private final ObjectStore store;
    private final Progress progress;
    private final Elapsed elapsed;
    private final List<Problem> notes = new ArrayList<>();

    Prune(Repository repository, Progress progress) {
        this.repository = repository;
        this.store = repository.store();
        this.progress = progress;
        this.elapsed = new Elapsed(repository.environment());
    }

    PruneReport run(double maxUnused) {
        collect(); // the index of a prune before it: of another repository, or its first step
        Catalog catalog = Catalog.load(store, repository.sealer());
        refuseIfDamaged(catalog.damaged());
        ChunkIndex index = catalog.index();
        new UnindexedPacks(store, repository.sealer(), index).find();
        Instant now = new StoreClock(store, repository.environment().random()).now();
        Map<String, ObjectInfo> stored = new HashMap<>();
        store.list("packs/").forEach(o -> stored.put(o.name().substring("packs/".length()), o));

        Map<String, BackupException> damaged = new TreeMap<>();
        List<StoredSnapshot> snapshots = repository.snapshots().list(damaged);
        refuseIfDamaged(damaged);
        Set<String> due = due(catalog, now);
        LiveChunks live = new LiveChunks(index, stored, p -> p.trash && !due.contains(p.name));
        mark(snapshots, live, repository.reader(catalog));
        Map<String, Integer> rotten = live.check(new BlockFetch(store, repository.sealer(), repository.workers()));
        rotten.forEach((pack, chunks) -> notes.add(new Problem(
                "packs/" + pack,
                chunks + " chunks that are needed are damaged in it: the other packs that have them stay.")));
        if (live.lost() > 0) {
            notes.add(new Problem(
                    "snapshots",
                    live.lost() + " chunks that they need are in no pack. Verify names what is affected."));
        }

        Plan plan = plan(index, live, stored, now, maxUnused);
        if (!plan.repack.isEmpty()) {
            collect(); // what was read to mark
            repack(plan, rotten.keySet(), index, live);
            collect(); // packs, and what they were read into
        }
        List<PackTable> keep = new ArrayList<>(plan.keep);
        keep.addAll(plan.rescue);
        Set<String> written = swapIndex(catalog, keep, plan.drop);
        Sweep swept = sweep(catalog, written, plan, due, now);
        return new PruneReport(
                stored.size(),
                stored.values().stream().mapToLong(ObjectInfo::size).sum(),
                plan.drop.size(),
                plan.drop.stream().mapToLong(p -> p.size).sum(),
                swept.packs,
                swept.bytes,
                plan.repack.size(),
                plan.rescue.size(),
                List.copyOf(notes));
    }

    /** The reader and the blocks that it keeps are garbage when this returns. */
    private static void mark(List<StoredSnapshot> snapshots, LiveChunks live, ChunkReader reader) {
        snapshots.forEach(s -> live.add(s.snapshot(), reader));
    }

    /** What was read at the beginning may by now be what another prune is about to delete. */
    private void refuseIfTooLong() {
        if (elapsed.isLongerThan(repository.options().longestRun())) {
            throw new BackupException(
                    Reason.REFUSED,
                    "The prune took longer than " + repository.options().longestRun()
                            + " and deletes nothing more. Run it again.");
        }
    }

    /** The machine may sleep between any two: what is still in the index has been counted on meanwhile. */
    private void delete(String object) {
        refuseIfTooLong();
        store.delete(object);
    }

    private static void refuseIfDamaged(Map<String, BackupException> damaged) {
        damaged.forEach((name, e) -> {
            throw new BackupException(
                    Reason.REFUSED,
                    name,
                    name + " is damaged: what is needed cannot be told, so nothing is pruned. Verify and repair first.",
                    e);
        });
    }

    /**
     * @param keep packs that stay
     * @param repack packs whose live chunks move; among {@code drop}
     * @param drop packs that leave the index
     * @param rescue packs that leave the trash
     * @param gone packs in the trash that are needed, and were not seen in the store
     */
    private record Plan(
            Set<PackTable> keep,
            List<PackTable> repack,
            List<PackTable> drop,
            List<PackTable> rescue,
            List<PackTable> gone) {}

    private Plan plan(
            ChunkIndex index, LiveChunks live, Map<String, ObjectInfo> stored, Instant now, double maxUnused) {
        Plan plan =
                new Plan(new HashSet<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<PackTable> wasteful = new ArrayList<>();
        List<PackTable> small = new ArrayList<>();
        long unused = 0;
        long total = 0;
        for (PackTable p : index.packs()) {
            ObjectInfo o = stored.get(p.name);
            if (p.trash) {
                if (!live.of(p).isEmpty()) {
                    // In the index again, one that is missing would make backups count on it.
                    (o == null ? plan.gone : plan.rescue).add(p);
                }
            } else if (o == null) {
                // Its chunks are lost; keeping its index entry would make backups count on them.
                plan.drop.add(p);
                notes.add(new Problem(
                        "packs/" + p.name,
                        "it is missing, and leaves the index. The next backup sends its chunks again."));
            } else if (o.modified().plus(repository.options().minimumAge()).isAfter(now)) {
                plan.keep.add(p);
            } else if (live.of(p).isEmpty()) {
                plan.drop.add(p);
            } else {
                plan.keep.add(p);
                total += p.size;
                unused += unused(p, live);
                if (p.size < repository.options().packSize() / 4) {
                    small.add(p);
                } else if (unused(p, live) > 0) {
                    wasteful.add(p);
                }
            }
        }
        wasteful.sort(Comparator.comparingDouble((PackTable p) -> -(double) unused(p, live) / p.size)
                .thenComparing(p -> p.name));
        Room room = new Room();
        for (PackTable p : wasteful) {
            if (unused <= maxUnused * total) {
                break;
            }
            if (room.take(needed(p, live))) {
                unused -= unused(p, live);
                plan.repack.add(p);
            }
        }
        // Many small packs cost requests; one by one they are left by short runs.
        if (small.size() >= 8) {
            small.stream().filter(p -> room.take(needed(p, live))).forEach(plan.repack::add);
        }
        room.tell();
        plan.drop.addAll(plan.repack);
        plan.repack.forEach(plan.keep::remove);
        return plan;
    }

    /** What may be packed anew: what was is deleted by a later prune, and until then both count. */
    private final class Room {
        private long left = repository.roomBytes();
        private int without;

        boolean take(long bytes) {
            // Headers, index objects and blocks that compress otherwise.
            long needed = bytes + bytes / 8 + (1 << 16);
            if (needed > left) {
                without++;
                return false;
            }
            left -= needed;
            return true;
        }

        void tell() {
            if (without > 0) {
                notes.add(new Problem(
                        "packs",
                        without
                                + " that are small, or mostly not needed, are not packed anew: the storage cap leaves no room"
                                + " for it. What is deleted makes room for the next prune; where nothing is, raise the cap or"
                                + " keep fewer snapshots."));
            }
        }
    }

    private static long unused(PackTable p, LiveChunks live) {
        long plain = 0;
        for (int length : p.lengths) {
            plain += length;
        }
        return plain == 0 ? 0 : (long) ((double) (plain - live.plainBytes(p)) / plain * p.size);
    }

    /** About so many bytes hold what is needed of a pack, or fewer: blocks compress apart, and some not at all. */
    private static long needed(PackTable p, LiveChunks live) {
        BitSet needed = live.of(p);
        long bytes = 0;
        for (int b = 0; b < p.stored.length; b++) {
            long plain = 0;
            for (int c = p.firstChunk[b]; c < p.firstChunk[b + 1]; c++) {
                plain += needed.get(c) ? p.lengths[c] : 0;
            }
            bytes += Math.min(plain, p.stored[b]);
        }
        return bytes;
    }

    /** Left to itself the serial collector makes the heap larger, up to its limit, before it looks for garbage that has grown old. */
    private static void collect() {
        System.gc();
    }

    private static long size(List<PackTable> packs, boolean meta) {
        return packs.stream().filter(p -> p.meta == meta).mapToLong(p -> p.size).sum();
    }

    private void repack(Plan plan, Set<String> rotten, ChunkIndex index, LiveChunks live) {
        // The writer must not count on what leaves the index, nor on what is damaged.
        for (PackTable p : index.packs()) {
            p.trash |= plan.drop.contains(p) || rotten.contains(p.name);
        }
        Set<String> more =
                live.damagedElsewhere(plan.repack, new BlockFetch(store, repository.sealer(), repository.workers()));
        index.packs().forEach(p -> p.trash |= more.contains(p.name));
        ChunkWriter writer = repository.writer(index, progress);
        writer.expect(size(plan.repack, false), size(plan.repack, true));
        // Chunks go from the block that was read to the writer, which compresses them elsewhere: none waits in an array
        // of its own.
        BlockFetch fetch = new BlockFetch(store, repository.sealer(), Runnable::run);
        long total = plan.repack.stream().mapToLong(live::plainBytes).sum();
        long done = 0;
        try {
            for (PackTable p : List.copyOf(plan.repack)) {
                if (!move(p, live, fetch, writer)) {
                    plan.repack.remove(p);
                    plan.drop.remove(p);
                    plan.keep.add(p);
                }
                done += live.plainBytes(p);
                progress.at(Progress.Stage.REPACK, done, total);
            }
            writer.finish();
        } catch (BackupException e) {
            writer.abandon();
            if (e.reason() != Reason.STORE_FULL) {
                throw e;
            }
            giveUp(plan, e);
        } catch (Throwable t) {
            writer.abandon();
            throw t;
        }
    }

    /** What was packed anew until then is young, and is there twice; what is not needed goes all the same, and makes room. */
    private void giveUp(Plan plan, BackupException full) {
        notes.add(new Problem(
                "packs",
                "the store was full before all were packed anew, and they stay as they are: " + full.getMessage()));
        plan.drop.removeAll(Set.copyOf(plan.repack));
        plan.keep.addAll(plan.repack);
        plan.repack.clear();
    }

    /**
     * Returns false if the pack is damaged: what can be saved of it is saved by copying. What was moved by then is in two packs, of
     * which the next prune counts the new one.
     */
    private boolean move(PackTable p, LiveChunks live, BlockFetch fetch, ChunkWriter writer) {
        BitSet needed = live.of(p);
        List<Want<PackTable>> wants = new ArrayList<>();
        for (int b = 0; b < p.stored.length; b++) {
            for (int c = p.firstChunk[b]; c < p.firstChunk[b + 1]; c++) {
                if (needed.get(c)) {
                    Location l = new Location(p, b, p.offsets[c], p.lengths[c]);
                    wants.add(new Want<>(new ChunkRef(p.id(c), p.lengths[c]), l, p));
                }
            }
        }
        boolean[] damaged = new boolean[1];
        fetch.fetch(wants, new Taker<PackTable>() {
            @Override
            public void chunks(List<Want<PackTable>> whole, byte[] block) {
                for (Want<PackTable> w : whole) {
                    if (!damaged[0]) {
                        write(w, block, writer);
                    }
                }
            }

            @Override
            public void lost(Want<PackTable> w, BackupException why) {
                if (!damaged[0]) {
                    notes.add(
                            new Problem("packs/" + p.name, "it is damaged and is left as it is: " + why.getMessage()));
                }
                damaged[0] = true;
            }
        });
        return !damaged[0];
    }

    private static void write(Want<PackTable> w, byte[] block, ChunkWriter writer) {
        Location l = w.location();
        if (l.pack().meta) {
            writer.addMeta(block, l.offset(), l.length());
        } else {
            boolean float32 = l.pack().codecs[l.block()] == Codec.PLANES;
            writer.add(w.ref().id(), block, l.offset(), l.length(), float32);
        }
    }

    /**
     * Writes what stays, then the trash, then deletes the index objects that were read: every pack is named at every moment.
     *
     * @return the index objects that were written
     */
    private Set<String> swapIndex(Catalog catalog, List<PackTable> keep, List<PackTable> drop) {
        Set<String> indexed = new HashSet<>();
        catalog.indexObjects().values().forEach(indexed::addAll);
        boolean changes = !drop.isEmpty()
                || keep.stream().anyMatch(p -> !indexed.contains(p.name))
                || catalog.indexObjects().size() > keep.size() / PACKS_PER_INDEX + 16;
        Set<String> written = new HashSet<>();
        if (!changes) {
            return written;
        }
        for (int from = 0; from < keep.size(); from += PACKS_PER_INDEX) {
            List<PackTable> some = keep.subList(from, Math.min(keep.size(), from + PACKS_PER_INDEX));
            written.add(write(ObjectType.INDEX, some));
        }
        if (!drop.isEmpty()) {
            write(ObjectType.TRASH, drop);
        }
        for (String old : catalog.indexObjects().keySet()) {
            if (!written.contains(old)) {
                delete(old);
            }
        }
        return written;
    }

    /** What stands in tables is taken apart into objects for one pack at a time. */
    private String write(ObjectType type, List<PackTable> packs) {
        refuseIfTooLong(); // In the index again, what another prune has deleted meanwhile would be counted on.
        List<IndexedPack> indexed = new AbstractList<>() {
            @Override
            public IndexedPack get(int i) {
                return packs.get(i).indexed();
            }

            @Override
            public int size() {
                return packs.size();
            }
        };
        int bytes = packs.stream().mapToInt(PackTable::indexedBytes).sum();
        return Catalog.write(store, repository.sealer(), type, indexed, bytes + 16);
    }

    private boolean isDue(Trash trash, Instant now) {
        return !trash.since().plus(repository.options().minimumAge()).isAfter(now);
    }

    /**
     * Returns the packs that this prune will delete, unless they are needed. One that a younger trash object names too was in the index
     * again until then.
     */
    private Set<String> due(Catalog catalog, Instant now) {
        Set<String> due = new HashSet<>();
        Set<String> young = new HashSet<>();
        for (Trash trash : catalog.trash().values()) {
            Set<String> names = isDue(trash, now) ? due : young;
            trash.packs().forEach(p -> names.add(p.name()));
        }
        due.removeAll(young);
        return due;
    }

    private record Sweep(int packs, long bytes) {}

    /** @param due packs whose time has come */
    private Sweep sweep(Catalog catalog, Set<String> written, Plan plan, Set<String> due, Instant now) {
        Map<String, Trash> old = new TreeMap<>(catalog.trash());
        old.values().removeIf(trash -> !isDue(trash, now));
        if (old.isEmpty()) {
            return new Sweep(0, 0);
        }
        Set<String> named = new HashSet<>();
        catalog.indexObjects().values().forEach(named::addAll);
        plan.rescue.forEach(p -> named.add(p.name));
        // One that is there after all is then named nowhere, and found by that.
        plan.gone.forEach(p -> named.add(p.name));
        // Another prune may have taken back meanwhile what this one does not need.
        Set<String> known = new HashSet<>(catalog.indexObjects().keySet());
        known.addAll(written);
        named.addAll(Catalog.named(store, repository.sealer(), known));
        int packs = 0;
        long bytes = 0;
        for (Map.Entry<String, Trash> e : old.entrySet()) {
            for (IndexedPack p : e.getValue().packs()) {
                // One that an index object still named is in the new trash object, whose time counts.
                if (due.contains(p.name()) && !named.contains(p.name())) {
                    delete("packs/" + p.name());
                    packs++;
                    bytes += p.size();
                }
            }
            delete(e.getKey());
        }
        return new Sweep(packs, bytes);
    }
}
