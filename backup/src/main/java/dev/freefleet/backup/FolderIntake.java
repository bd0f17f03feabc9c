package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.cut.Chunker;
import dev.freefleet.backup.cut.LanceFile;
import dev.freefleet.backup.cut.Region;
import dev.freefleet.backup.cut.TarScanner;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes a folder in, in the order in which snapshots list entries, beside the list of the snapshot before. */
final class FolderIntake {
    private static final byte[] NONE = {};

    private final Source.Folder source;
    private final Intake intake;
    private final EntryList list;
    private final ChunkIndex index;
    private final ChunkReader reader;
    private final Problems problems;
    private final Progress progress;
    private final List<PathMatcher> exclude = new ArrayList<>();
    private @Nullable Iterator<Entry> before;
    private @Nullable Entry candidate;
    private long bytes;
    private long read;

    private record Named(byte[] name, Path path) {}

    FolderIntake(
            Source.Folder source,
            Intake intake,
            EntryList list,
            ChunkIndex index,
            ChunkReader reader,
            @Nullable Snapshot parent,
            Problems problems,
            Progress progress) {
        this.source = source;
        this.intake = intake;
        this.list = list;
        this.index = index;
        this.reader = reader;
        this.problems = problems;
        this.progress = progress;
        this.before = parent == null || source.reread() ? null : reader.entries(parent);
        for (String glob : source.exclude()) {
            exclude.add(source.root().getFileSystem().getPathMatcher("glob:" + glob));
        }
    }

    long bytes() {
        return bytes;
    }

    void run() {
        Path root = source.root().toAbsolutePath();
        if (!Files.isDirectory(root)) {
            throw new BackupException(Reason.SOURCE_FAILED, root + " is not a folder; nothing is recorded.");
        }
        if (!folder(root, NONE, root)) {
            throw new BackupException(Reason.SOURCE_FAILED, root + " cannot be listed; nothing is recorded.");
        }
    }

    private boolean folder(Path folder, byte[] path, Path root) {
        List<Named> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path f : files) {
                Path relative = root.relativize(f);
                if (exclude.stream().noneMatch(m -> m.matches(relative))) {
                    names.add(new Named(PathBytes.name(f), f));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            problems.add(folder.toString(), "the folder cannot be listed: " + e);
            return false;
        }
        names.sort((a, b) -> Arrays.compareUnsigned(a.name, b.name));
        for (Named n : names) {
            one(n.path, PathBytes.join(path, n.name), root);
        }
        return true;
    }

    private void one(Path file, byte[] path, Path root) {
        try {
            FileFacts facts = FileFacts.of(file);
            switch (facts.type()) {
                case FOLDER -> {
                    put(facts.entry(path, ContentRef.EMPTY, NONE));
                    folder(file, path, root);
                }
                case SYMLINK -> {
                    byte[] target = PathBytes.target(Files.readSymbolicLink(file));
                    put(facts.entry(path, ContentRef.EMPTY, target));
                }
                case FILE -> file(file, path, facts);
                case OTHER, MEMBER, HARDLINK -> {
                    put(facts.entry(path, ContentRef.EMPTY, NONE));
                    problems.add(file.toString(), "it is a device, pipe or socket: only its name is kept");
                }
            }
        } catch (NoSuchFileException e) {
            problems.add(file.toString(), "it was deleted while the backup ran");
        } catch (IOException e) {
            problems.add(file.toString(), "it cannot be read: " + e);
        }
    }

    /** Entries stand in the list in order: behind the contents that are still being digested. */
    private void put(Entry e) {
        intake.chunker().end((Intake.Done) nothing -> list.add(e));
    }

    private void file(Path file, byte[] path, FileFacts facts) throws IOException {
        Entry old = previous(path);
        if (old != null && facts.sameAs(old) && whole(old.content())) {
            bytes += old.size();
            advance(old.size());
            put(facts.entry(path, old.content(), NONE));
            return;
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            content(in);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            // What was read so far is stored and unreferenced; prune removes it.
            intake.chunker().end((Intake.Done) partial -> {});
            throw e;
        }
        intake.chunker().end((Intake.Done) content -> {
            bytes += content.size();
            list.add(facts.entry(path, content, NONE));
        });
    }

    private void content(FileChannel in) throws IOException {
        Chunker out = intake.chunker();
        InputStream stream = Channels.newInputStream(in);
        for (Region r : LanceFile.regions(in.size(), (offset, length) -> TarScanner.part(in, offset, length))) {
            out.begin(r.width(), r.float32());
            long left = r.length();
            while (left > 0) {
                long n = out.read(stream, Math.min(left, 1 << 20));
                if (n == 0) {
                    return;
                }
                left -= n;
                advance(n);
            }
        }
    }

    private void advance(long n) {
        read += n;
        progress.at(Progress.Stage.READ, read, -1);
    }

    private boolean whole(ContentRef content) {
        try {
            // The content's chunks, then the chunks that list them, level by level.
            for (int depth = content.depth(); depth >= 0; depth--) {
                Iterator<ChunkRef> chunks = reader.chunks(new ContentRef(depth, content.size(), content.roots()));
                while (chunks.hasNext()) {
                    if (!index.contains(chunks.next())) {
                        return false;
                    }
                }
            }
            return true;
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            return false;
        }
    }

    private @Nullable Entry previous(byte[] path) {
        try {
            while (before != null) {
                if (candidate == null) {
                    if (!before.hasNext()) {
                        before = null;
                        return null;
                    }
                    candidate = before.next();
                }
                int order = Entry.comparePaths(candidate.path(), path);
                if (order > 0) {
                    return null;
                }
                Entry found = candidate;
                candidate = null;
                if (order == 0) {
                    return found;
                }
            }
        } catch (BackupException e) {
            if (ChunkReader.unavailable(e)) {
                throw e;
            }
            // Without the list of before, every file is read: slower, and right.
            before = null;
        }
        return null;
    }
}
