package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.CopyJob.Lost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Copies snapshots chunk by chunk into another repository; their manifests keep their ids and times, and come last. What is damaged here
 * is named, and keeps nothing else from being copied.
 */
final class Copy {
    private final Repository from;
    private final Repository to;
    private final Progress progress;
    private final Problems unreadable = new Problems();
    private long copied;
    private long stored;

    Copy(Repository from, Repository to, Progress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    CopyReport run(List<StoredSnapshot> which) {
        to.snapshots().finishNewest();
        Set<String> there = there();
        List<StoredSnapshot> done = new ArrayList<>();
        for (StoredSnapshot s : which) {
            if (!there.contains(s.snapshot().id())) {
                try {
                    done.add(one(s.snapshot()));
                } catch (BackupException e) {
                    if (ChunkReader.unavailable(e)) {
                        throw e;
                    }
                    unreadable.add(s.snapshot().id(), String.valueOf(e.getMessage()));
                }
            }
        }
        return new CopyReport(List.copyOf(done), stored, unreadable.kept());
    }

    private Set<String> there() {
        Set<String> there = new HashSet<>();
        to.snapshots().list().forEach(s -> there.add(s.snapshot().id()));
        return there;
    }

    /**
     * Sends what snapshots that both have need of packs that are damaged, so that it is whole in others.
     *
     * @param damaged objects of the target
     */
    CopyReport mend(Set<String> damaged) {
        Set<String> there = there();
        Catalog target = Catalog.load(to.store(), to.sealer());
        for (ChunkIndex.PackTable p : target.index().packs()) {
            p.trash |= damaged.contains("packs/" + p.name); // so that the writer does not count on it
        }
        ChunkWriter writer = to.writer(target.index(), Progress.NONE);
        try {
            CopyJob job = new CopyJob(from, target.index(), writer, this::tell);
            for (StoredSnapshot s : from.snapshots().list()) {
                if (there.contains(s.snapshot().id())) {
                    job.all(s.snapshot(), (where, e) -> lost(s.snapshot(), where, e));
                }
            }
            writer.finish();
        } catch (Throwable t) {
            writer.abandon();
            throw t;
        }
        return new CopyReport(List.of(), writer.sent(), unreadable.kept());
    }

    private void lost(Snapshot s, String where, BackupException e) {
        unreadable.add((s.id() + " " + where).strip(), String.valueOf(e.getMessage()));
    }

    private void tell(long bytes) {
        copied += bytes;
        progress.at(Progress.Stage.COPY, copied, -1);
    }

    private StoredSnapshot one(Snapshot s) {
        Elapsed elapsed = new Elapsed(to.environment());
        Catalog target = Catalog.load(to.store(), to.sealer());
        ChunkWriter writer = to.writer(target.index(), Progress.NONE);
        try {
            new CopyJob(from, target.index(), writer, this::tell).all(s, Lost.THROWN);
            writer.finish();
            if (elapsed.isLongerThan(to.options().longestRun())) {
                throw new BackupException(
                        Reason.REFUSED,
                        "Copying snapshot " + s.id() + " took longer than "
                                + to.options().longestRun()
                                + ", for which prune leaves alone what it counts on. What was sent is found again: copy once more.");
            }
        } catch (Throwable t) {
            writer.abandon();
            throw t;
        } finally {
            stored += writer.sent();
        }
        Snapshot added = new Snapshot(
                s.id(),
                s.time(),
                s.host(),
                s.source(),
                s.kind(),
                s.tags(),
                s.entries(),
                s.bytes(),
                writer.sent(),
                s.problems(),
                s.tree(),
                s.stream());
        return to.snapshots().put(added, to.environment().clock().instant());
    }
}
