package dev.freefleet.backup;

import dev.freefleet.backup.ChunkIndex.Location;
import dev.freefleet.backup.ChunkIndex.PackTable;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.Config;
import dev.freefleet.backup.format.ContentRef;
import dev.freefleet.backup.format.KeySlot;
import dev.freefleet.backup.format.Limits;
import dev.freefleet.backup.format.ObjectType;
import dev.freefleet.backup.format.Pack;
import dev.freefleet.backup.format.PackContent;
import dev.freefleet.backup.format.Records;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.format.Sealer.ObjectCipher;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Checks a repository by its bytes: each object against its name, each part against its tag, each chunk against its id. */
final class Verify {
    private static final String SNAPSHOTS = "snapshots/";

    private final ObjectStore store;
    private final Sealer sealer;
    private final ExecutorService workers;
    private final Progress progress;
    /** All of it: what is not named is not mended. */
    private final Problems damage = new Problems(Integer.MAX_VALUE);

    private final Problems affected = new Problems();
    private final Problems notes = new Problems();
    private final Set<String> badPacks = ConcurrentHashMap.newKeySet();
    private final Buffers buffers = new Buffers();
    private final AtomicLong bytesRead = new AtomicLong();
    /** What whole copies say, and what is wrong with the others; each copy is read once. */
    private final Map<String, Snapshot> manifests = new TreeMap<>();

    private final Map<String, BackupException> unreadable = new TreeMap<>();
    private Set<String> orphans = new HashSet<>();
    /** Those of them that snapshots need. */
    private final Set<String> needed = new HashSet<>();

    Verify(ObjectStore store, Sealer sealer, ExecutorService workers, Progress progress) {
        this.store = store;
        this.sealer = sealer;
        this.workers = workers;
        this.progress = progress;
    }

    VerifyReport run(double fraction, RandomGenerator random) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction must be 0..1, not " + fraction);
        }
        vital("config", (name, b) -> Config.read(name, sealer.open(ObjectType.CONFIG, name, b)));
        vital("keys/", KeySlot::parse);
        vital(SNAPSHOTS, this::snapshot);
        Catalog catalog = Catalog.load(store, sealer);
        catalog.damaged().forEach((name, e) -> damage.add(name, message(e) + " Repair writes it anew from the packs."));
        named(catalog);
        Map<String, ObjectInfo> packs = packs(catalog);
        List<ObjectInfo> chosen = new ArrayList<>();
        for (ObjectInfo o : packs.values()) {
            if (random.nextDouble() < fraction || fraction == 1) {
                chosen.add(o);
            }
        }
        if (fraction > 0 && chosen.isEmpty() && !packs.isEmpty()) {
            // Of few packs as well a sample says something.
            chosen.add(List.copyOf(packs.values()).get(random.nextInt(packs.size())));
        }
        read(catalog, chosen);
        unreadable.keySet().removeAll(manifests.keySet());
        unreadable.forEach((name, e) -> affected.add(name, "the snapshot is lost: " + message(e)));
        references(catalog, manifests.values());
        return new VerifyReport(
                packs.size(),
                chosen.size(),
                bytesRead.get(),
                manifests.values().stream().map(Snapshot::id).toList(),
                damage.kept(),
                affected.kept(),
                notes.kept());
    }

    private static String message(BackupException e) {
        return String.valueOf(e.getMessage());
    }

    private interface Parser {
        Object parse(String name, byte[] bytes);
    }

    private Object snapshot(String name, byte[] b) {
        Snapshot s = Records.readManifest(name, sealer.open(ObjectType.SNAPSHOT, name, b));
        manifests.put(name, s);
        named(name, b, b.length);
        return s;
    }

    /** An object that is called by its digest must have it. */
    private static void named(String name, byte[] bytes, int length) {
        String digest = name.substring(name.lastIndexOf('/') + 1);
        if (!ChunkId.hex(bytes, length).equals(digest)) {
            throw BackupException.damaged(name, "its bytes do not have the digest that is its name");
        }
    }

    private void vital(String prefix, Parser parser) {
        Map<String, Integer> copies = new HashMap<>();
        Map<String, BackupException> gone = new TreeMap<>();
        for (String where : List.of("", Vital.MIRROR)) {
            for (ObjectInfo o : store.list(where + prefix)) {
                String name = o.name().substring(where.length());
                if (copy(prefix, name, o.name(), parser, gone)) {
                    copies.merge(name, where.isEmpty() ? 1 : 2, Integer::sum);
                }
            }
        }
        boolean whole = gone.isEmpty() && copies.values().stream().allMatch(which -> which == 3);
        if (!whole) {
            // What is not listed any more was forgotten meanwhile, what was not listed before was written.
            Set<String> still = new HashSet<>();
            store.list(prefix).forEach(o -> still.add(o.name()));
            store.list(Vital.MIRROR + prefix).forEach(o -> still.add(o.name()));
            incomplete(prefix, copies, gone, still, parser);
        }
        if (copies.isEmpty() && !prefix.equals(SNAPSHOTS)) {
            damage.add(prefix, "it is missing");
        }
    }

    /** Reads a copy; returns false, and puts it into {@code gone}, if it is not there. */
    private boolean copy(String prefix, String name, String object, Parser parser, Map<String, BackupException> gone) {
        try {
            parser.parse(name, store.get(object));
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            if (e.reason() == BackupException.Reason.MISSING) {
                gone.put(object, e);
                return false;
            }
            bad(prefix, name, object, e);
        }
        return true;
    }

    private void bad(String prefix, String name, String object, BackupException e) {
        if (prefix.equals(SNAPSHOTS)) {
            unreadable.putIfAbsent(name, e);
        }
        damage.add(object, message(e) + " Repair replaces it by its other copy, if that is whole.");
    }

    private void incomplete(
            String prefix,
            Map<String, Integer> copies,
            Map<String, BackupException> gone,
            Set<String> still,
            Parser parser) {
        gone.forEach((object, e) -> {
            if (still.contains(object)) {
                boolean second = object.startsWith(Vital.MIRROR);
                String name = second ? object.substring(Vital.MIRROR.length()) : object;
                bad(prefix, name, object, e);
                copies.merge(name, second ? 2 : 1, Integer::sum);
            }
        });
        copies.forEach((name, which) -> {
            String other = Vital.MIRROR + name;
            if (which == 3) {
                return;
            }
            String missing = which == 1 ? other : name;
            if (still.contains(which == 1 ? name : other)) {
                if (!still.contains(missing)) {
                    damage.add(missing, "it is missing, its other copy is there. Repair writes it anew.");
                } else {
                    copy(prefix, name, missing, parser, new TreeMap<>());
                }
            } else {
                manifests.remove(name);
                unreadable.remove(name);
            }
        });
    }

    private void named(Catalog catalog) {
        List<String> names = new ArrayList<>(catalog.indexObjects().keySet());
        names.addAll(catalog.trash().keySet());
        for (String name : names) {
            try {
                byte[] object = store.get(name);
                named(name, object, object.length);
            } catch (BackupException e) {
                if (ChunkReader.unavailable(e)) {
                    throw e;
                }
                // A prune has replaced it meanwhile.
                if (e.reason() != BackupException.Reason.MISSING) {
                    damage.add(name, message(e));
                }
            }
        }
    }

    /** Compares the packs that are listed with those that the index names. */
    private Map<String, ObjectInfo> packs(Catalog catalog) {
        Map<String, ObjectInfo> packs = new TreeMap<>();
        store.list("packs/").forEach(o -> packs.put(o.name(), o));
        UnindexedPacks unindexed = new UnindexedPacks(store, sealer, catalog.index());
        Set<String> adopted = new HashSet<>();
        unindexed.find().forEach(p -> adopted.add("packs/" + p.name()));
        unindexed.unreadable().forEach((name, e) -> {
            badPacks.add(name);
            damage.add(name, message(e));
        });
        for (PackTable p : catalog.index().packs()) {
            String name = "packs/" + p.name;
            ObjectInfo o = packs.get(name);
            if (o == null) {
                badPacks.add(name);
                if (p.trash) {
                    notes.add(name, "it is deleted, and a trash object still names it: a prune was killed.");
                } else {
                    damage.add(name, "it is missing");
                }
            } else if (o.size() != p.size) {
                badPacks.add(name);
                found(p).add(name, "it has " + o.size() + " bytes where the index says " + p.size);
            }
        }
        orphans = adopted;
        return packs;
    }

    /** What a prune has set aside and nothing needs is worth a note alone, however damaged it is. */
    private Problems found(@Nullable PackTable pack) {
        return pack != null && pack.trash ? notes : damage;
    }

    private void read(Catalog catalog, List<ObjectInfo> chosen) {
        long total = chosen.stream().mapToLong(ObjectInfo::size).sum();
        List<Future<?>> running = new ArrayList<>();
        for (ObjectInfo o : chosen) {
            running.add(workers.submit(() -> {
                pack(catalog.index(), o);
                progress.at(Progress.Stage.VERIFY, bytesRead.addAndGet(o.size()), total);
            }));
            if (running.size() > 3) {
                await(running.removeFirst());
            }
        }
        running.forEach(Verify::await);
    }

    private static void await(Future<?> f) {
        try {
            f.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(BackupException.Reason.CANCELLED, null, "The verification was interrupted.", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BackupException b ? b : new IllegalStateException("verifying failed", e);
        }
    }

    private void pack(ChunkIndex index, ObjectInfo o) {
        int length = (int) Math.min(o.size(), Limits.MAX_OBJECT);
        PackTable table = index.pack(o.name().substring("packs/".length()));
        byte[] bytes = buffers.take(length);
        try {
            if (length > 0) {
                store.get(o.name(), 0, bytes, length);
            }
            pack(table, o, bytes, length);
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            if (badPacks.add(o.name())) {
                found(table).add(o.name(), message(e));
            }
        } finally {
            buffers.give(bytes);
        }
    }

    private void pack(@Nullable PackTable table, ObjectInfo o, byte[] bytes, int length) {
        try {
            named(o.name(), bytes, length);
        } catch (BackupException e) {
            found(table).add(o.name(), message(e));
            badPacks.add(o.name());
        }
        if (table != null) {
            blocks(o.name(), table, bytes, length);
        }
        PackContent header = Pack.contentOf(sealer, o.name(), bytes, length);
        if (table != null && !header.equals(table.indexed().content())) {
            found(table).add(o.name(), "its header and the index do not agree");
        }
    }

    private void blocks(String name, PackTable t, byte[] bytes, int length) {
        ObjectCipher cipher = sealer.cipher(bytes);
        for (int b = 0; b < t.stored.length; b++) {
            byte[] plain = null;
            try {
                if (t.blockAt[b] + t.stored[b] + Sealer.TAG <= length) {
                    plain = Pack.openBlock(
                            cipher, name, b, t.codecs[b], t.stored[b], t.plain[b], bytes, (int) t.blockAt[b]);
                }
            } catch (BackupException e) {
                if (badPacks.add(name)) {
                    found(t).add(name, message(e));
                }
            }
            for (int c = t.firstChunk[b]; c < t.firstChunk[b + 1]; c++) {
                if (plain == null
                        || !ChunkId.of(plain, t.offsets[c], t.lengths[c]).equals(t.id(c))) {
                    if (badPacks.add(name)) {
                        found(t).add(name, "a chunk does not have the digest it is listed by");
                    }
                }
            }
        }
    }

    private void references(Catalog catalog, Collection<Snapshot> all) {
        ChunkReader reader =
                new ChunkReader(store, sealer, catalog.index(), new UnindexedPacks(store, sealer, catalog.index()));
        Map<ContentRef, String> seen = new HashMap<>();
        for (Snapshot s : all) {
            String id = s.id();
            String list = seen.computeIfAbsent(s.tree(), c -> fault(catalog, reader, c));
            if (!list.isEmpty()) {
                affected.add(id, "a part of its list of files is lost: " + list);
            }
            String stream = seen.computeIfAbsent(s.stream(), c -> fault(catalog, reader, c));
            if (!stream.isEmpty()) {
                affected.add(id, "a part of its stream is lost: " + stream);
            }
            reader.entries(
                    s,
                    e -> {
                        String fault = seen.computeIfAbsent(e.content(), c -> fault(catalog, reader, c));
                        if (!fault.isEmpty()) {
                            affected.add(id + " " + e.name(), fault);
                        }
                    },
                    lost -> {});
        }
        if (!needed.isEmpty()) {
            forgetThoseThatAreIndexed(catalog);
        }
        for (String name : orphans) {
            if (!needed.isEmpty()) {
                damage.add(
                        name,
                        "no index object names it, though snapshots need it: one is missing. Repair writes it anew.");
            } else {
                notes.add(name, "no index object names it: a run was killed. The next prune takes care of it.");
            }
        }
    }

    /** A pack that a prune has put back was in no index object when those were read, and in no trash object when those were. */
    private void forgetThoseThatAreIndexed(Catalog catalog) {
        Set<String> known = new HashSet<>(catalog.indexObjects().keySet());
        known.addAll(catalog.damaged().keySet());
        Set<String> indexed = new HashSet<>();
        try {
            Catalog.named(store, sealer, known).forEach(pack -> indexed.add("packs/" + pack));
        } catch (BackupException e) {
            // One that was written since and is damaged is found by the next verification.
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
        }
        orphans.removeAll(indexed);
        needed.removeAll(indexed);
    }

    /** Returns what is wrong with a content, or an empty text. */
    private String fault(Catalog catalog, ChunkReader reader, ContentRef content) {
        try {
            for (int depth = content.depth(); depth >= 0; depth--) {
                Iterator<ChunkRef> chunks = reader.chunks(new ContentRef(depth, content.size(), content.roots()));
                while (chunks.hasNext()) {
                    ChunkRef ref = chunks.next();
                    String why = fault(catalog, ref);
                    if (!why.isEmpty()) {
                        return why;
                    }
                }
            }
            return "";
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            return message(e);
        }
    }

    private String fault(Catalog catalog, ChunkRef ref) {
        List<Location> places = catalog.index().findAll(ref.id());
        boolean indexed = places.stream().anyMatch(l -> !orphans.contains("packs/" + l.pack().name));
        if (!indexed) {
            places.forEach(l -> needed.add("packs/" + l.pack().name));
        }
        for (Location l : places) {
            boolean packBad = badPacks.contains("packs/" + l.pack().name);
            if (!packBad) {
                return "";
            }
        }
        if (places.isEmpty()) {
            return "chunk " + ref.id() + " is in no pack";
        }
        // A pack may be bad in one block only.
        boolean readable = places.stream().anyMatch(l -> readable(l, ref));
        return readable
                ? ""
                : "chunk " + ref.id() + " is lost with packs/"
                        + places.getFirst().pack().name + " or a part of it";
    }

    private boolean readable(Location l, ChunkRef ref) {
        String name = "packs/" + l.pack().name;
        int b = l.block();
        try {
            byte[] sealed = store.get(name, l.pack().blockAt[b], l.pack().stored[b] + Sealer.TAG);
            ObjectCipher cipher = sealer.cipher(store.get(name, 0, Sealer.PREFIX));
            byte[] plain = Pack.openBlock(
                    cipher, name, b, l.pack().codecs[b], l.pack().stored[b], l.pack().plain[b], sealed, 0);
            return ChunkId.of(plain, l.offset(), l.length()).equals(ref.id());
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            return false;
        }
    }
}
