package dev.freefleet.backup;

import static java.util.Objects.requireNonNull;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.cut.GearCutter;
import dev.freefleet.backup.format.Config;
import dev.freefleet.backup.format.ObjectType;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.store.ObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A deduplicating, compressed, encrypted repository of snapshots in an object store. Its format is described in
 * {@code docs/backup-format.md}.
 *
 * <p>Several processes may work on one repository at once, backups and a prune among them; there are no locks. One
 * {@code Repository} object is used by one thread. Everything that fails is a {@link BackupException}.
 */
public final class Repository implements AutoCloseable {
    private static final String CONFIG = "config";

    private final ObjectStore store;
    private final ObjectStore uncached;
    private final RepositoryOptions options;
    private final Environment environment;
    private final byte[] master;
    private final Sealer sealer;
    private final GearCutter cutter;
    private final Vital vital;
    private final KeyRing keys;
    private final Snapshots snapshots;
    private final ExecutorService workers;
    /** What all that was done since it was opened has added to the store. */
    private final AtomicLong stored = new AtomicLong();

    private Repository(
            ObjectStore store, RepositoryOptions options, Environment env, byte[] id, byte[] master, Config config) {
        this.store = options.cache() == null ? store : new CachedStore(store, options.cache());
        this.uncached = store;
        this.options = options;
        this.environment = env;
        this.master = master;
        this.sealer = new Sealer(master, id, env.random());
        this.cutter = config.cutter(sealer);
        this.vital = new Vital(this.store);
        this.keys = new KeyRing(vital, id);
        this.snapshots = new Snapshots(vital, sealer);
        this.workers = Executors.newFixedThreadPool(
                options.workers(),
                Thread.ofPlatform().daemon().name("backup-worker-", 0).factory());
    }

    /**
     * Makes a new repository in a store that has none.
     *
     * @param unlock what opens it from now on; further keys can be added
     * @param label name of that key
     * @throws BackupException of reason {@code ALREADY_EXISTS} if there is a repository
     */
    public static Repository init(
            ObjectStore store,
            Unlock unlock,
            String label,
            KeyHardness hardness,
            RepositoryOptions options,
            Environment env) {
        Vital vital = new Vital(store);
        if (!vital.list(CONFIG).isEmpty() || !vital.list("keys/").isEmpty()) {
            throw new BackupException(
                    Reason.ALREADY_EXISTS,
                    "There is a repository in " + store.describe() + " already; open it, or choose another place.");
        }
        byte[] id = new byte[16];
        byte[] master = new byte[32];
        env.random().nextBytes(id);
        env.random().nextBytes(master);
        Instant now = env.clock().instant();
        Config config = Config.standard(now);
        // The configuration makes the repository exist: it comes after the key that opens it.
        new KeyRing(vital, id).add(master, unlock, label, hardness, now, env.random());
        byte[] object = new Sealer(master, id, env.random()).seal(ObjectType.CONFIG, config.bytes());
        if (!vital.put(CONFIG, object)) {
            throw new BackupException(
                    Reason.ALREADY_EXISTS,
                    "Another process made a repository in " + store.describe() + " just now; open it.");
        }
        return new Repository(store, options, env, id, master, config);
    }

    /**
     * Opens a repository.
     *
     * @throws BackupException of reason {@code NO_REPOSITORY}, {@code WRONG_KEY}, {@code DAMAGED} or {@code UNSUPPORTED_VERSION}
     */
    public static Repository open(ObjectStore store, Unlock unlock, RepositoryOptions options, Environment env) {
        Vital vital = new Vital(store);
        byte[] id;
        try {
            id = vital.read(CONFIG, b -> Sealer.repositoryOf(ObjectType.CONFIG, CONFIG, b));
        } catch (BackupException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
            throw new BackupException(
                    Reason.NO_REPOSITORY,
                    CONFIG,
                    "There is no repository in " + store.describe() + ". Check the place, or make one with init.",
                    e);
        }
        // Which repository it is stands in the first bytes, which a flipped bit may have changed: both copies are
        // tried.
        try {
            return open(store, unlock, options, env, id);
        } catch (BackupException first) {
            byte[] other = vital.read(Vital.MIRROR + CONFIG, b -> Sealer.repositoryOf(ObjectType.CONFIG, CONFIG, b));
            if (Arrays.equals(id, other)) {
                throw first;
            }
            return open(store, unlock, options, env, other);
        }
    }

    private static Repository open(
            ObjectStore store, Unlock unlock, RepositoryOptions options, Environment env, byte[] id) {
        Vital vital = new Vital(store);
        byte[] master = new KeyRing(vital, id).open(unlock);
        Sealer sealer = new Sealer(master, id, env.random());
        Config config = vital.read(CONFIG, b -> Config.read(CONFIG, sealer.open(ObjectType.CONFIG, CONFIG, b)));
        return new Repository(store, options, env, id, master, config);
    }

    /**
     * Backs a source up. The snapshot exists when this returns, and not before.
     *
     * @param tags words that the snapshot is to carry
     * @throws BackupException {@code SOURCE_FAILED} if the source cannot be trusted: nothing is recorded
     */
    public BackupResult backup(Source source, List<String> tags, Progress progress) {
        requireNonNull(source, "source");
        return new Backup(this, progress).run(source, tags);
    }

    /** Returns all snapshots, oldest first. Those whose manifests are damaged are left out; verify names them. */
    public List<StoredSnapshot> list() {
        return snapshots.list();
    }

    /** Returns the snapshot whose id begins so, or the newest one for {@code latest}. */
    public StoredSnapshot find(String id) {
        return snapshots.find(id);
    }

    /** Hands on a snapshot's entries, in order. */
    public void ls(Snapshot snapshot, Consumer<Entry> each) {
        reader(Catalog.load(store, sealer)).entries(snapshot, each, null);
    }

    /** Writes one file of a snapshot, or the stream of one that has no files, to {@code out}. */
    public void cat(Snapshot snapshot, String path, OutputStream out, Progress progress) throws IOException {
        Catalog catalog = Catalog.load(store, sealer);
        ChunkReader reader = reader(catalog);
        Archive archive = new Archive(reader, new BlockFetch(store, sealer, workers), out, progress);
        if (snapshot.kind() == Snapshot.Kind.OPAQUE) {
            archive.content(snapshot.stream(), 0, snapshot.stream().size());
            return;
        }
        byte[] wanted = path.getBytes(StandardCharsets.UTF_8);
        Iterator<Entry> entries = reader.entries(snapshot);
        while (entries.hasNext()) {
            Entry e = entries.next();
            boolean file = e.type() == Entry.Type.FILE || e.type() == Entry.Type.MEMBER;
            if (file && Arrays.equals(e.path(), wanted)) {
                archive.content(e.type() == Entry.Type.MEMBER ? snapshot.stream() : e.content(), e.at(), e.size());
                return;
            }
        }
        throw new BackupException(
                Reason.MISSING,
                "There is no file " + path + " in snapshot " + snapshot.id() + "; ls shows which there are.");
    }

    /** Writes a snapshot as a tar: a tar stream as it came, byte for byte; an opaque stream as it came; a folder as a new tar. */
    public void archive(Snapshot snapshot, OutputStream out, Progress progress) throws IOException {
        Catalog catalog = Catalog.load(store, sealer);
        ChunkReader reader = reader(catalog);
        Archive archive = new Archive(reader, new BlockFetch(store, sealer, workers), out, progress);
        if (snapshot.kind() != Snapshot.Kind.FOLDER) {
            archive.content(snapshot.stream(), 0, snapshot.stream().size());
            return;
        }
        Iterator<Entry> entries = reader.entries(snapshot);
        while (entries.hasNext()) {
            archive.member(entries.next());
        }
        archive.end();
    }

    /**
     * Restores a snapshot's files into a folder.
     *
     * @param path what is restored, with all below it; empty for everything
     * @param target the folder; made if it is not there
     * @param overwrite whether files that are there are replaced; if not, the folder must be empty
     */
    public RestoreResult restore(Snapshot snapshot, String path, Path target, boolean overwrite, Progress progress) {
        Catalog catalog = Catalog.load(store, sealer);
        byte[] only = path.getBytes(StandardCharsets.UTF_8);
        RestorePlace place = new RestorePlace(target, overwrite, only);
        return new Restorer(snapshot, reader(catalog), new BlockFetch(store, sealer, workers), place, only, progress)
                .run();
    }

    /** Hands on what differs between two snapshots. */
    public void diff(Snapshot before, Snapshot after, Consumer<Difference> each) {
        Difference.between(reader(Catalog.load(store, sealer)), before, after, each);
    }

    /**
     * Reads packs whole and checks every byte, every chunk, and that every snapshot finds what it needs.
     *
     * @param fraction part of the packs that are read, 0..1, one at least if it is not 0; all other objects are always read
     * @param random chooses them
     */
    public VerifyReport verify(double fraction, RandomGenerator random, Progress progress) {
        return new Verify(uncached, sealer, workers, progress).run(fraction, random);
    }

    /**
     * Writes what is missing and can be had from elsewhere: index objects from the packs, second copies of small objects from the
     * first. Damaged index objects are deleted, unless in append-only mode or a newer program wrote them.
     *
     * @return what was done
     */
    public List<Problem> repair() {
        return new Repair(uncached, sealer, options, environment).run();
    }

    /**
     * Forgets snapshots. Their space is freed by {@link #prune}.
     *
     * @throws BackupException of reason {@code REFUSED} in append-only mode
     */
    public void forget(List<StoredSnapshot> which) {
        refuseInAppendOnlyMode("forget snapshots");
        which.forEach(snapshots::delete);
    }

    /**
     * Deletes manifests that are damaged in both copies: they hold nothing that could be restored, and stand in the way of
     * {@link #prune}, which cannot tell what they need. Try {@link #repair} first.
     *
     * @return their names
     * @throws BackupException of reason {@code REFUSED} in append-only mode, or if a newer program wrote one of them
     */
    public List<String> forgetUnreadable() {
        refuseInAppendOnlyMode("forget snapshots");
        Map<String, BackupException> damaged = new TreeMap<>();
        snapshots.list(damaged);
        for (Map.Entry<String, BackupException> e : damaged.entrySet()) {
            if (snapshots.isOfNewerProgram(e.getKey())) {
                throw new BackupException(
                        Reason.REFUSED,
                        e.getKey(),
                        e.getKey()
                                + " is not damaged: a newer program wrote it. Update this one; nothing was forgotten.",
                        e.getValue());
            }
        }
        damaged.keySet().forEach(vital::delete);
        return List.copyOf(damaged.keySet());
    }

    /** Returns which snapshots the retention lets go, by the store's own clock. */
    public List<StoredSnapshot> toForget(Retention retention) {
        refuseInAppendOnlyMode("ask the store's clock, which takes a delete,");
        return retention.toForget(list(), new StoreClock(store, environment.random()).now());
    }

    /**
     * Frees space that no snapshot needs. Safe beside running backups: what a backup may still count on is first taken out of the
     * index, and deleted by a later prune, when every backup that may have seen it has ended.
     *
     * @param maxUnused part of the stored bytes that may stay unused rather than be repacked, 0..1; 0.05 is usual
     * @throws BackupException of reason {@code REFUSED} in append-only mode, or if damage hides what is needed
     */
    public PruneReport prune(double maxUnused, Progress progress) {
        refuseInAppendOnlyMode("prune");
        return new Prune(this, progress).run(maxUnused);
    }

    private void refuseInAppendOnlyMode(String what) {
        if (options.appendOnly()) {
            throw new BackupException(
                    Reason.REFUSED,
                    "Cannot " + what
                            + ": the repository is open in append-only mode. Do it from a machine that may delete.");
        }
    }

    /**
     * Copies snapshots into another repository, which may have other keys; chunks that it has are not sent. Snapshots that it has are
     * passed over; one that is damaged here is named, and the others are copied.
     */
    public CopyReport copyTo(Repository target, List<StoredSnapshot> which, Progress progress) {
        return new Copy(this, target, progress).run(which);
    }

    /**
     * Sends what another repository's snapshots need of packs that a verification of it found damaged, so that those that both have
     * restore from there again; what is damaged here too is named. The packs themselves stay until a prune finds that nothing needs them.
     *
     * @param found the verification of the target, of all packs
     */
    public CopyReport mend(Repository target, VerifyReport found, Progress progress) {
        Set<String> damaged = new HashSet<>();
        found.damage().forEach(p -> damaged.add(p.where()));
        return damaged.isEmpty()
                ? new CopyReport(List.of(), 0, List.of())
                : new Copy(this, target, progress).mend(damaged);
    }

    /**
     * Returns whether the next backup of a source fits under a cap, and how many days of history do.
     *
     * @param capBytes most bytes that the store may hold
     * @param sourceBytes length of the source
     */
    public CapacityPlan plan(String source, long capBytes, long sourceBytes, Retention retention) {
        long used = store.list("").stream().mapToLong(o -> o.size()).sum();
        List<Long> added = new ArrayList<>();
        for (StoredSnapshot s : list()) {
            if (s.snapshot().source().equals(source)) {
                added.add(s.snapshot().added());
            }
        }
        return CapacityPlan.of(capBytes, used, added, sourceBytes, retention);
    }

    /** Returns the keys that open the repository. */
    public List<KeyInfo> keys() {
        return keys.list();
    }

    /** Adds a key; nothing else is written anew. */
    public KeyInfo addKey(Unlock unlock, String label, KeyHardness hardness) {
        return keys.add(master, unlock, label, hardness, environment.clock().instant(), environment.random());
    }

    /** Removes a key, not the last one. Whoever has copied the slot before can still open what was stored until now. */
    public void removeKey(String id) {
        refuseInAppendOnlyMode("remove a key");
        keys.remove(id);
    }

    @Override
    public void close() {
        workers.shutdownNow();
        Arrays.fill(master, (byte) 0);
    }

    ChunkReader reader(Catalog catalog) {
        return new ChunkReader(store, sealer, catalog.index(), new UnindexedPacks(store, sealer, catalog.index()));
    }

    ChunkWriter writer(ChunkIndex index, Progress progress) {
        return new ChunkWriter(store, sealer, index, workers, options, stored, environment, progress);
    }

    /** Returns how many bytes may still be added to the store. */
    long roomBytes() {
        return Math.max(0, options.roomBytes() - stored.get());
    }

    ObjectStore store() {
        return store;
    }

    Sealer sealer() {
        return sealer;
    }

    GearCutter cutter() {
        return cutter;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    RepositoryOptions options() {
        return options;
    }

    Environment environment() {
        return environment;
    }

    ExecutorService workers() {
        return workers;
    }
}
