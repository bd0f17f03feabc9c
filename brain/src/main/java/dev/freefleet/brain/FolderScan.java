package dev.freefleet.brain;

import dev.freefleet.brain.text.DocumentFormat;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The documents below the roots, by id and in its order. A root is a folder or a single file. Hidden files and folders
 * are passed over. Symbolic links are not followed: what one inside the root points to inside is found by itself, and what
 * lies outside is not the root's.
 */
final class FolderScan {

    private static final int MAX_DEPTH = 64;

    private final int mostDocuments;
    private final SortedMap<String, SourceFile> found = new TreeMap<>();
    private final Set<Path> seen = new HashSet<>();
    private final List<SkippedFile> skipped = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    private FolderScan(int mostDocuments) {
        this.mostDocuments = mostDocuments;
    }

    /**
     * What a scan saw.
     *
     * @param unreadable ids of files and folders that may hold documents as before, but cannot be read now
     */
    record Result(List<SourceFile> files, List<SkippedFile> skipped, List<String> unreadable) {}

    static Result of(List<Path> roots, int mostDocuments) {
        if (roots.isEmpty()) {
            throw new BrainException("There is nothing to ingest: name at least one folder or file.");
        }
        FolderScan scan = new FolderScan(mostDocuments);
        List<Path> real = roots.stream().map(FolderScan::existing).toList();
        Set<String> names = new HashSet<>();
        for (Path root : real) {
            String name =
                    root.getFileName() == null ? "root" : root.getFileName().toString();
            String unique = name;
            for (int i = 2; !names.add(unique); i++) {
                unique = name + "-" + i;
            }
            if (Files.isDirectory(root)) {
                // One folder needs no name before its paths; of several each does, or a/x.md and b/x.md would be one.
                scan.folder(root, real.size() == 1 ? "" : unique + "/");
            } else {
                scan.file(root, unique);
            }
        }
        return new Result(List.copyOf(scan.found.values()), List.copyOf(scan.skipped), List.copyOf(scan.unreadable));
    }

    private static Path existing(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException e) {
            throw new BrainException(
                    "Cannot ingest " + root + ": it does not exist or is not readable. Nothing was changed.", e);
        }
    }

    private void folder(Path root, String prefix) {
        try {
            Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new Visitor(root, prefix));
        } catch (IOException e) {
            throw new BrainException("Cannot read the folder " + root + ": " + e.getMessage(), e);
        }
    }

    private void file(Path path, String id) {
        DocumentFormat format = DocumentFormat.ofFileName(path.getFileName().toString());
        if (format == null) {
            skipped.add(new SkippedFile(id, "is not Markdown, text or HTML"));
        } else if (seen.add(path)) {
            if (found.size() >= mostDocuments) {
                throw new BrainException("There are more than " + mostDocuments
                        + " documents to ingest. Name a smaller folder, or raise the limit. Nothing was changed.");
            }
            found.put(id, new SourceFile(id, path, format));
        }
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final String prefix;

        Visitor(Path root, String prefix) {
            this.root = root;
            this.prefix = prefix;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean hidden = !folder.equals(root) && isHidden(folder);
            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (isHidden(path)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink()) {
                link(path);
            } else if (attributes.isDirectory()) {
                skipped.add(new SkippedFile(id(path), "lies more than " + MAX_DEPTH + " folders deep"));
            } else if (attributes.isRegularFile()
                    && DocumentFormat.ofFileName(path.getFileName().toString()) != null) {
                file(path, id(path));
            }
            return FileVisitResult.CONTINUE;
        }

        private void link(Path link) {
            try {
                if (!link.toRealPath().startsWith(root)) {
                    skipped.add(new SkippedFile(id(link), "is a symbolic link that leads out of the folder"));
                }
            } catch (IOException e) {
                skipped.add(new SkippedFile(id(link), "is a symbolic link to nothing readable"));
            }
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) {
            skipped.add(
                    new SkippedFile(id(path), "cannot be read (" + e.getClass().getSimpleName() + ")"));
            unreadable.add(id(path));
            return FileVisitResult.CONTINUE;
        }

        private boolean isHidden(Path path) {
            return path.getFileName().toString().startsWith(".");
        }

        private String id(Path path) {
            List<String> names = new ArrayList<>();
            root.relativize(path).forEach(name -> names.add(name.toString()));
            return prefix + String.join("/", names);
        }
    }
}
