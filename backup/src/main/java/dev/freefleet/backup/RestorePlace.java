package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.ChunkId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a restore writes into. Nothing is written through a symbolic link: folders are made, or found, one by one, and links come
 * last.
 */
final class RestorePlace {
    private static final String UNFINISHED = ".fleet-restore-unfinished-";
    /**
     * The name alone says it, as it is there at once: of what is written into it, a kill may leave nothing. Behind the restore's id stands a
     * digest of the path that is restored, unless that is everything.
     */
    private static final Pattern MARK = Pattern.compile(
            Pattern.quote(UNFINISHED) + "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(-[0-9a-f]{16})?");

    private static final int PART_DIGITS = 16;

    private static final String TEXT = "A restore into this folder began and has not ended.\n";

    private final Path root;
    /** A file that is there from the beginning to the end: a restore that was killed does not pass for a whole one. */
    private final Path mark;

    /**
     * In the names of the mark and of files that are not complete, so that what others made is never taken for those; nor is what a snapshot
     * holds that was made of what an earlier restore had left.
     */
    private final String id = UUID.randomUUID().toString();

    private final boolean overwrite;
    private final boolean unix;
    private final boolean owners;
    private final Set<Path> folders = new HashSet<>();
    private final List<Entry> madeFolders = new ArrayList<>();
    private final List<Entry> links = new ArrayList<>();
    private final Problems notes = new Problems();
    private long partials;
    /** Something that may fail on this file alone. */
    interface Step {
        void run() throws IOException;
    }

    /**
     * @param root the folder; made if it is not there
     * @param overwrite whether files in it are replaced; if not, it must be empty
     * @param only path of what is restored; empty for everything, which ends whatever an earlier restore into the folder had begun
     */
    RestorePlace(Path root, boolean overwrite, byte[] only) {
        this.root = root.toAbsolutePath();
        this.overwrite = overwrite;
        try {
            Files.createDirectories(this.root);
            Map<Path, Matcher> left = unfinished();
            if (!overwrite && !left.isEmpty()) {
                throw new BackupException(
                        Reason.ALREADY_EXISTS,
                        this.root
                                + " holds what a restore left that did not end. Delete it and restore again, or restore"
                                + " over it (--to with --over).");
            }
            if (!overwrite && !isEmpty(this.root)) {
                throw new BackupException(
                        Reason.ALREADY_EXISTS,
                        this.root + " is not empty. Restore to an empty folder, or say that files may be overwritten.");
            }
            String part = only.length == 0 ? "" : "-" + ChunkId.hex(only).substring(0, PART_DIGITS);
            this.mark = Files.writeString(
                    this.root.resolve(UNFINISHED + id + part),
                    TEXT,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.DSYNC);
            // What was to be everything is not whole when one path of it is.
            left.values().removeIf(name -> !part.isEmpty() && !part.equals(name.group(2)));
            takeOver(left);
            this.unix = this.root.getFileSystem().supportedFileAttributeViews().contains("unix");
            this.owners = unix && FileFacts.of(this.root).uid() == 0 && "root".equals(System.getProperty("user.name"));
        } catch (IOException e) {
            throw new BackupException(
                    Reason.REFUSED, null, "Cannot restore to " + root + ": " + e + ". Choose another place.", e);
        }
    }

    /** Returns the marks of restores that did not end, with what their names say. */
    private Map<Path, Matcher> unfinished() throws IOException {
        Map<Path, Matcher> marks = new HashMap<>();
        try (DirectoryStream<Path> named = Files.newDirectoryStream(root, UNFINISHED + "*")) {
            for (Path file : named) {
                Matcher name = MARK.matcher(String.valueOf(file.getFileName()));
                if (name.matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    marks.put(file, name);
                }
            }
        }
        return marks;
    }

    /** Returns a file that is to be written. */
    RestoredFile file(Entry e) throws IOException {
        return new RestoredFile(e, parent(e), id + "-" + ++partials);
    }

    /** Removes what restores that did not end had begun to write, then their marks, beside which there is this one's by now. */
    private void takeOver(Map<Path, Matcher> marks) throws IOException {
        if (marks.isEmpty()) {
            return;
        }
        List<String> ids = marks.values().stream().map(name -> name.group(1)).toList();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                if (a.isRegularFile() && ids.stream().anyMatch(of -> RestoredFile.isPartial(file, of))) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // Such as lost+found: no restore has written there.
            }
        });
        for (Path left : marks.keySet()) {
            Files.deleteIfExists(left);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            return !files.iterator().hasNext();
        }
    }

    /** Returns a source's name as a file name. */
    static byte[] safeName(String source) {
        String name = source.replaceAll("[^A-Za-z0-9._-]", "_");
        return (name.isEmpty() || name.startsWith(".") ? "_" + name : name).getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns where the entry goes, after making the folders that it goes into. */
    Path parent(Entry e) throws IOException {
        Path path = PathBytes.resolve(root, e.path());
        enter(path.getParent());
        return path;
    }

    private void enter(@Nullable Path folder) throws IOException {
        if (folder == null || folder.equals(root) || folders.contains(folder)) {
            return;
        }
        enter(folder.getParent());
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            if (overwrite) {
                Files.deleteIfExists(folder);
            }
            Files.createDirectory(folder);
        }
        folders.add(folder);
    }

    void folder(Entry e) throws IOException {
        enter(PathBytes.resolve(root, e.path()));
        madeFolders.add(e);
    }

    void link(Entry e) {
        links.add(e);
    }

    void note(String where, String what) {
        notes.add(where, what);
    }

    List<Problem> notes() {
        return notes.kept();
    }

    void finish(RestoredFile f) throws IOException {
        facts(f.entry, f.partial());
        if (Files.isDirectory(f.path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("a folder is in its place");
        }
        f.finish();
    }

    /** Makes the links, then gives the folders their modes and times, innermost first; then the restore is whole. */
    void finish() {
        for (Entry e : links) {
            try {
                makeLink(e);
            } catch (IOException | UnsupportedOperationException failed) {
                notes.add(e.name(), "the link cannot be made: " + failed);
            }
        }
        for (Entry e : madeFolders.reversed()) {
            try {
                facts(e, PathBytes.resolve(root, e.path()));
            } catch (IOException failed) {
                notes.add(e.name(), "its mode and times cannot be set: " + failed);
            }
        }
        try {
            Files.deleteIfExists(mark);
        } catch (IOException failed) {
            notes.add(
                    String.valueOf(mark.getFileName()), "it cannot be deleted, though the restore is done: " + failed);
        }
    }

    private void makeLink(Entry e) throws IOException {
        Path path = parent(e);
        if (overwrite && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(path);
        }
        if (e.type() == Entry.Type.SYMLINK) {
            Files.createSymbolicLink(path, PathBytes.path(e.target()));
            facts(e, path);
        } else if (PathBytes.isSafe(e.target())) {
            Path target = PathBytes.resolve(root, e.target());
            if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                    || !target.toRealPath().startsWith(root.toRealPath())) {
                throw new IOException("its target was not restored");
            }
            Files.createLink(path, target);
        } else {
            throw new IOException("its target leads out of the place to restore to");
        }
    }

    private void facts(Entry e, Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (owners) {
            try {
                Files.setAttribute(file, "unix:uid", e.uid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", e.gid(), LinkOption.NOFOLLOW_LINKS);
            } catch (IOException failed) {
                notes.add(e.name(), "its owner cannot be set: " + failed);
            }
        }
        if (unix && e.type() != Entry.Type.SYMLINK) {
            Files.setAttribute(file, "unix:mode", e.mode());
        }
        FileTime time = FileTime.from(e.modified());
        Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(time, null, null);
    }
}
