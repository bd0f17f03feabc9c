package dev.freefleet.backup;

import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.Config;
import dev.freefleet.backup.format.KeySlot;
import dev.freefleet.backup.format.ObjectType;
import dev.freefleet.backup.format.Records;
import dev.freefleet.backup.format.Records.IndexedPack;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Writes anew what can be had from elsewhere in the repository. Deletes only what is damaged and was replaced. */
final class Repair {
    private final ObjectStore store;
    private final Sealer sealer;
    private final RepositoryOptions options;
    private final Elapsed elapsed;
    private final List<Problem> done = new ArrayList<>();

    Repair(ObjectStore store, Sealer sealer, RepositoryOptions options, Environment environment) {
        this.store = store;
        this.sealer = sealer;
        this.options = options;
        this.elapsed = new Elapsed(environment);
    }

    List<Problem> run() {
        copies("config", (name, b) -> Config.read(name, sealer.open(ObjectType.CONFIG, name, b)));
        copies("keys/", KeySlot::parse);
        copies("snapshots/", (name, b) -> Records.readManifest(name, sealer.open(ObjectType.SNAPSHOT, name, b)));
        Catalog catalog = Catalog.load(store, sealer);
        List<IndexedPack> missing = new UnindexedPacks(store, sealer, catalog.index()).find();
        for (int from = 0; from < missing.size(); from += Prune.PACKS_PER_INDEX) {
            List<IndexedPack> some = missing.subList(from, Math.min(missing.size(), from + Prune.PACKS_PER_INDEX));
            refuseIfTooLong();
            String name = Catalog.write(store, sealer, ObjectType.INDEX, some);
            done.add(new Problem(name, "written from the headers of " + some.size() + " packs"));
        }
        for (String name : catalog.damaged().keySet()) {
            if (!options.appendOnly() && !isOfNewerProgram(catalog, name)) {
                store.delete(name);
                done.add(new Problem(name, "deleted, since it is damaged and the packs it named are indexed"));
            }
        }
        return List.copyOf(done);
    }

    /** What was found first may by now be deleted: in the index, backups would count on it. */
    private void refuseIfTooLong() {
        if (elapsed.isLongerThan(options.longestRun())) {
            throw new BackupException(
                    BackupException.Reason.REFUSED,
                    "The repair took longer than " + options.longestRun() + " and stops. Run it again.");
        }
    }

    /** What an index or trash object says that is as it was written, the program knows that wrote it. */
    private boolean isOfNewerProgram(Catalog catalog, String name) {
        BackupException why = catalog.damaged().get(name);
        return why != null
                && why.reason() == BackupException.Reason.UNSUPPORTED_VERSION
                && name.endsWith("/" + ChunkId.hex(store.get(name)));
    }

    private void copies(String prefix, BiConsumer<String, byte[]> parse) {
        for (String name : new Vital(store).list(prefix).keySet()) {
            byte[] first = whole(name, name, parse);
            byte[] second = whole(Vital.MIRROR + name, name, parse);
            if (first == null && second != null) {
                replace(name, second);
            } else if (second == null && first != null) {
                replace(Vital.MIRROR + name, first);
            }
        }
    }

    private byte @org.jspecify.annotations.Nullable [] whole(
            String object, String name, BiConsumer<String, byte[]> parse) {
        try {
            byte[] b = store.get(object);
            parse.accept(name, b);
            return b;
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            return null;
        }
    }

    private void replace(String name, byte[] whole) {
        if (store.putIfAbsent(name, whole)) {
            done.add(new Problem(name, "written anew from its other copy"));
        } else if (!options.appendOnly()) {
            store.delete(name);
            store.putIfAbsent(name, whole);
            done.add(new Problem(name, "replaced by its other copy"));
        }
    }
}
