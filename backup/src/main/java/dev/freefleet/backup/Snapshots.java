package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.ChunkId;
import dev.freefleet.backup.format.ObjectType;
import dev.freefleet.backup.format.Records;
import dev.freefleet.backup.format.Sealer;
import dev.freefleet.backup.store.ObjectInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The manifests of a repository. */
final class Snapshots {
    private static final String PREFIX = "snapshots/";

    private final Vital vital;
    private final Sealer sealer;

    Snapshots(Vital vital, Sealer sealer) {
        this.vital = vital;
        this.sealer = sealer;
    }

    /** Writes a manifest, which makes the snapshot exist. */
    StoredSnapshot put(Snapshot s, Instant now) {
        byte[] object = sealer.seal(ObjectType.SNAPSHOT, Records.manifest(s));
        String name = PREFIX + ChunkId.hex(object);
        vital.put(name, object);
        return new StoredSnapshot(s, name, now);
    }

    /** Finishes what a killed run began: the second copy of the newest manifest. */
    void finishNewest() {
        vital.finishNewest(PREFIX);
    }

    /** Returns the snapshots, oldest first; those whose manifests are damaged in both copies go into {@code damaged}. */
    List<StoredSnapshot> list(Map<String, BackupException> damaged) {
        List<StoredSnapshot> all = new ArrayList<>();
        for (ObjectInfo o : vital.list(PREFIX).values()) {
            try {
                Snapshot s = vital.read(
                        o.name(), b -> Records.readManifest(o.name(), sealer.open(ObjectType.SNAPSHOT, o.name(), b)));
                all.add(new StoredSnapshot(s, o.name(), o.modified()));
            } catch (BackupException e) {
                if (ChunkReader.unavailable(e)) {
                    throw e;
                }
                damaged.put(o.name(), e);
            }
        }
        all.sort(Comparator.comparing(StoredSnapshot::taken)
                .thenComparing(s -> s.snapshot().time())
                .thenComparing(StoredSnapshot::object));
        return all;
    }

    /** Returns whether a manifest that cannot be read is what a newer program wrote, in one of its copies at least. */
    boolean isOfNewerProgram(String object) {
        return vital.isAsWritten(object, bytes -> {
            try {
                sealer.open(ObjectType.SNAPSHOT, object, bytes);
                return false;
            } catch (BackupException e) {
                return e.reason() == Reason.UNSUPPORTED_VERSION;
            }
        });
    }

    List<StoredSnapshot> list() {
        return list(new TreeMap<>());
    }

    /** Returns the newest snapshot of a host and source, or null. */
    @Nullable
    StoredSnapshot newest(String host, String source) {
        StoredSnapshot found = null;
        for (StoredSnapshot s : list()) {
            if (s.snapshot().host().equals(host) && s.snapshot().source().equals(source)) {
                found = s;
            }
        }
        return found;
    }

    /** Returns the snapshot whose id begins so, or the newest for {@code latest}. */
    StoredSnapshot find(String id) {
        if (id.isEmpty()) {
            throw new BackupException(
                    Reason.MISSING, "No snapshot is named; list the snapshots to see which there are.");
        }
        List<StoredSnapshot> all = list();
        if (id.equals("latest") && !all.isEmpty()) {
            return all.getLast();
        }
        List<StoredSnapshot> found =
                all.stream().filter(s -> s.snapshot().id().startsWith(id)).toList();
        if (found.isEmpty()) {
            throw new BackupException(
                    Reason.MISSING, "There is no snapshot " + id + "; list the snapshots to see which there are.");
        }
        if (found.size() > 1) {
            throw new BackupException(
                    Reason.REFUSED, found.size() + " snapshots begin with " + id + "; give more of the id.");
        }
        return found.getFirst();
    }

    void delete(StoredSnapshot s) {
        vital.delete(s.object());
    }
}
