package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.BlockFetch.Taker;
import dev.freefleet.backup.BlockFetch.Want;
import dev.freefleet.backup.ChunkIndex.Location;
import dev.freefleet.backup.ChunkIndex.PackTable;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import dev.freefleet.backup.store.ObjectInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks of which packs the snapshots need. Of several copies of a chunk one is counted, the same for every prune: that of the newest
 * pack that is there, which a prune wrote from chunks that it had checked, and may have left in the old one because that is damaged elsewhere.
 * Before another copy may go, {@link #check} reads the one that counts.
 */
final class LiveChunks {
    private final ChunkIndex index;
    private final Map<String, ObjectInfo> stored;
    private final Predicate<PackTable> stays;
    private final Comparator<Location> better;
    private final Map<PackTable, BitSet> live = new HashMap<>();
    private final Set<ContentRef> seen = new HashSet<>();
    private final Set<ChunkRef> lists = new HashSet<>();
    private final List<Want<Copies>> unread = new ArrayList<>();
    private final ChunkReader.KnownLists known = new ChunkReader.KnownLists();
    private long lost;

    /** The places of a chunk, best first, and which of them counts. */
    private record Copies(List<Location> places, int counted) {}

    /**
     * @param stored the packs that are there, by name
     * @param stays whether a pack stays whatever is counted
     */
    LiveChunks(ChunkIndex index, Map<String, ObjectInfo> stored, Predicate<PackTable> stays) {
        this.index = index;
        this.stored = stored;
        this.stays = stays;
        this.better = Comparator.comparing((Location l) -> stored.containsKey(l.pack().name))
                .thenComparing(l -> !l.pack().trash)
                .thenComparing(l -> written(stored.get(l.pack().name)))
                .thenComparing(l -> l.pack().name);
    }

    private static Instant written(@Nullable ObjectInfo pack) {
        return pack == null ? Instant.MIN : pack.modified();
    }

    /** Counts what a snapshot needs; fails if damage hides what that is. */
    void add(Snapshot s, ChunkReader reader) {
        try {
            content(s.tree(), reader);
            content(s.stream(), reader);
            Iterator<ChunkRef> parts = reader.chunks(s.tree());
            while (parts.hasNext()) {
                ChunkRef part = parts.next();
                if (lists.add(part)) {
                    ChunkReader.parse(s, reader.read(part), e -> content(e.content(), reader));
                }
            }
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            throw new BackupException(
                    Reason.REFUSED,
                    e.object(),
                    "Snapshot " + s.id()
                            + " is damaged, and what it needs cannot be told: nothing is pruned. Verify, then"
                            + " forget that snapshot. (" + e.getMessage() + ")",
                    e);
        }
    }

    private void content(ContentRef content, ChunkReader reader) {
        if (!seen.add(content)) {
            return;
        }
        for (int depth = content.depth(); depth >= 0; depth--) {
            reader.chunks(new ContentRef(depth, content.size(), content.roots()), known)
                    .forEachRemaining(this::mark);
        }
    }

    private void mark(ChunkRef ref) {
        List<Location> places = index.findAll(ref.id());
        if (places.isEmpty()) {
            lost++;
            return;
        }
        if (places.size() == 1) {
            count(places.getFirst(), true);
            return;
        }
        List<Location> bestFirst = places.stream().sorted(better.reversed()).toList();
        Location best = bestFirst.getFirst();
        if (!of(best.pack()).get(chunkAt(best))) {
            count(best, true);
            List<Location> there = bestFirst.stream()
                    .filter(l -> stored.containsKey(l.pack().name))
                    .toList();
            if (there.stream().skip(1).anyMatch(l -> !stays.test(l.pack()))) {
                unread.add(new Want<>(ref, best, new Copies(there, 0)));
            }
        }
    }

    private static int chunkAt(Location l) {
        int chunk = l.pack().firstChunk[l.block()];
        while (l.pack().offsets[chunk] != l.offset()) {
            chunk++;
        }
        return chunk;
    }

    private void count(Location l, boolean counted) {
        live.computeIfAbsent(l.pack(), p -> new BitSet(p.chunks())).set(chunkAt(l), counted);
    }

    /**
     * Reads the copies that count where others would go. In the place of a damaged one the next counts that is whole; where none is, all
     * do: what reads them next may have more luck.
     *
     * @return the packs with damaged copies, and how many
     */
    Map<String, Integer> check(BlockFetch fetch) {
        Map<String, Integer> damaged = new TreeMap<>();
        List<Want<Copies>> wants = unread;
        while (!wants.isEmpty()) {
            List<Want<Copies>> next = new ArrayList<>();
            fetch.fetch(wants, new Taker<Copies>() {
                @Override
                public void chunks(List<Want<Copies>> whole, byte[] block) {}

                @Override
                public void lost(Want<Copies> w, BackupException why) {
                    synchronized (next) {
                        damaged.merge(w.location().pack().name, 1, Integer::sum);
                        List<Location> places = w.token().places;
                        int other = w.token().counted + 1;
                        if (other == places.size()) {
                            places.forEach(l -> count(l, true));
                        } else {
                            count(w.location(), false);
                            count(places.get(other), true);
                            next.add(new Want<>(w.ref(), places.get(other), new Copies(places, other)));
                        }
                    }
                }
            });
            wants = next;
        }
        unread.clear();
        return damaged;
    }

    /**
     * Reads the copies that other packs have of what is needed of some, where those are about to be packed anew: what is whole elsewhere
     * need not be.
     *
     * @param leaving packs that are in the trash for whoever asks the index
     * @return the packs with damaged copies
     */
    Set<String> damagedElsewhere(List<PackTable> leaving, BlockFetch fetch) {
        List<Want<String>> wants = new ArrayList<>();
        for (PackTable p : leaving) {
            of(p).stream().forEach(c -> {
                ChunkRef ref = new ChunkRef(p.id(c), p.lengths[c]);
                index.findAll(ref.id()).stream()
                        .filter(l -> !l.pack().trash)
                        .forEach(l -> wants.add(new Want<>(ref, l, l.pack().name)));
            });
        }
        Set<String> damaged = ConcurrentHashMap.newKeySet();
        fetch.fetch(wants, new Taker<String>() {
            @Override
            public void chunks(List<Want<String>> whole, byte[] block) {}

            @Override
            public void lost(Want<String> w, BackupException why) {
                damaged.add(w.token());
            }
        });
        return damaged;
    }

    /** Returns the chunks of a pack that are needed. */
    BitSet of(PackTable pack) {
        return live.getOrDefault(pack, new BitSet());
    }

    long plainBytes(PackTable pack) {
        return of(pack).stream().mapToLong(c -> pack.lengths[c]).sum();
    }

    /** Returns how many chunks are needed that no pack has. */
    long lost() {
        return lost;
    }
}
