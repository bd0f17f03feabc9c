package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.ChunkIndex.Location;
import dev.freefleet.backup.ChunkIndex.PackTable;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import dev.freefleet.backup.store.ObjectInfo;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks of which packs the snapshots need. Of several places of a chunk one is counted, the same for every prune: that of the newest
 * pack that is there, which a prune wrote from chunks that it had checked, and may have left in the old one because that is damaged elsewhere.
 */
final class LiveChunks {
    private final ChunkIndex index;
    private final Comparator<Location> better;
    private final Map<PackTable, BitSet> live = new HashMap<>();
    private final Set<ContentRef> seen = new HashSet<>();
    private final Set<ChunkRef> lists = new HashSet<>();
    private final ChunkReader.KnownLists known = new ChunkReader.KnownLists();
    private long lost;

    /** @param stored the packs that are there, by name */
    LiveChunks(ChunkIndex index, Map<String, ObjectInfo> stored) {
        this.index = index;
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
        Location best = places.size() == 1 ? places.getFirst() : Collections.max(places, better);
        PackTable pack = best.pack();
        int chunk = pack.firstChunk[best.block()];
        while (pack.offsets[chunk] != best.offset()) {
            chunk++;
        }
        live.computeIfAbsent(pack, p -> new BitSet(p.chunks())).set(chunk);
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
