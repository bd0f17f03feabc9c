package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.ContentRef;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** One run of a backup: contents, then the list of entries, then packs and index, then, last, the manifest. */
final class Backup {
    private final Repository repository;
    private final Progress progress;

    Backup(Repository repository, Progress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    BackupResult run(Source source, List<String> tags) {
        Environment env = repository.environment();
        Elapsed elapsed = new Elapsed(env);
        repository.snapshots().finishNewest();
        Catalog catalog = Catalog.load(repository.store(), repository.sealer());
        ChunkWriter writer = repository.writer(catalog.index(), progress);
        try {
            Intake intake = new Intake(repository.cutter(), writer, repository.workers());
            EntryList list = new EntryList(repository.cutter(), writer);
            Problems problems = new Problems();
            Taken taken = switch (source) {
                case Source.Folder f -> folder(f, intake, list, catalog, problems);
                case Source.Stream s -> stream(s, intake, list);
            };
            ContentRef tree = list.finish();
            writer.finish();
            refuseIfTooLong(elapsed.get());
            Snapshot snapshot = new Snapshot(
                    newId(),
                    elapsed.began(),
                    env.host(),
                    source.name(),
                    taken.kind,
                    tags,
                    list.count(),
                    taken.bytes,
                    writer.sent(),
                    problems.count(),
                    tree,
                    taken.stream);
            return new BackupResult(
                    repository.snapshots().put(snapshot, env.clock().instant()), problems.kept());
        } catch (Throwable t) {
            writer.abandon();
            throw t;
        }
    }

    private record Taken(Snapshot.Kind kind, long bytes, ContentRef stream) {}

    private Taken folder(Source.Folder f, Intake intake, EntryList list, Catalog catalog, Problems problems) {
        StoredSnapshot parent =
                repository.snapshots().newest(repository.environment().host(), f.name());
        FolderIntake folder = new FolderIntake(
                f,
                intake,
                list,
                catalog.index(),
                repository.reader(catalog),
                parent == null ? null : parent.snapshot(),
                problems,
                progress);
        folder.run();
        intake.finish();
        return new Taken(Snapshot.Kind.FOLDER, folder.bytes(), ContentRef.EMPTY);
    }

    private Taken stream(Source.Stream s, Intake intake, EntryList list) {
        StreamIntake stream =
                new StreamIntake(s, intake, list, repository.options().scratch(), progress);
        stream.run();
        intake.finish();
        Snapshot.Kind kind = stream.isTar() ? Snapshot.Kind.TAR : Snapshot.Kind.OPAQUE;
        return new Taken(kind, stream.content().size(), stream.content());
    }

    /** A prune may by now have deleted what the beginning of the run counted on. */
    private void refuseIfTooLong(Duration took) {
        if (took.compareTo(repository.options().longestRun()) > 0) {
            throw new BackupException(
                    Reason.REFUSED,
                    "The backup took " + took + ", longer than the "
                            + repository.options().longestRun()
                            + " for which prune leaves alone what it counts on. Nothing is recorded, what was sent is found"
                            + " again: run it once more.");
        }
    }

    private String newId() {
        byte[] id = new byte[16];
        repository.environment().random().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
