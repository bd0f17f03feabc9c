package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The folder that a restore writes into. Nothing is written through a symbolic link: folders are made, or found, one by one, and links come
 * last.
 */
final class RestorePlace {
    private static final String UNFINISHED = ".fleet-restore-unfinished";

    private final Path root;
    private final boolean overwrite;
    private final boolean unix;
    private final boolean owners;
    private final Set<Path> folders = new HashSet<>();
    private final List<Entry> madeFolders = new ArrayList<>();
    private final List<Entry> links = new ArrayList<>();
    private final Problems notes = new Problems();
    /** Whether what is restored has something of the mark's name, which then takes its place. */
    private boolean markTaken;

    /** Something that may fail on this file alone. */
    interface Step {
        void run() throws IOException;
    }

    /**
     * @param root the folder; made if it is not there
     * @param overwrite whether files in it are replaced; if not, it must be empty
     */
    RestorePlace(Path root, boolean overwrite) {
        this.root = root.toAbsolutePath();
        this.overwrite = overwrite;
        try {
            Files.createDirectories(this.root);
            boolean unfinished = Files.exists(mark(), LinkOption.NOFOLLOW_LINKS);
            if (!overwrite && unfinished) {
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
            if (unfinished) {
                removePartials();
            } else {
                Files.createFile(mark());
            }
            this.unix = this.root.getFileSystem().supportedFileAttributeViews().contains("unix");
            this.owners = unix && FileFacts.of(this.root).uid() == 0 && "root".equals(System.getProperty("user.name"));
        } catch (IOException e) {
            throw new BackupException(
                    Reason.REFUSED, null, "Cannot restore to " + root + ": " + e + ". Choose another place.", e);
        }
    }

    /** A file that is there from the beginning to the end: a restore that was killed does not pass for a whole one. */
    private Path mark() {
        return root.resolve(UNFINISHED);
    }

    /** Removes what the restore that did not end had begun to write. */
    private void removePartials() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                if (a.isRegularFile() && RestoredFile.isPartial(file)) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
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

    private void enter(@org.jspecify.annotations.Nullable Path folder) throws IOException {
        if (folder == null || folder.equals(root) || folders.contains(folder)) {
            return;
        }
        enter(folder.getParent());
        boolean takesMark = takesMark(folder);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            if (overwrite || takesMark) {
                Files.deleteIfExists(folder);
            }
            Files.createDirectory(folder);
        }
        folders.add(folder);
    }

    private boolean takesMark(Path path) {
        boolean takes = path.equals(mark());
        markTaken |= takes;
        return takes;
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
        if (f.lost() == null) {
            takesMark(f.path);
        }
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
            if (!markTaken) {
                Files.deleteIfExists(mark());
            }
        } catch (IOException failed) {
            notes.add(UNFINISHED, "it cannot be deleted, though the restore is done: " + failed);
        }
    }

    private void makeLink(Entry e) throws IOException {
        Path path = parent(e);
        if ((takesMark(path) || overwrite) && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
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
