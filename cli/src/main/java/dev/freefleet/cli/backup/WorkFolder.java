package dev.freefleet.cli.backup;

import dev.freefleet.cli.client.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a fleet is put together before it is moved to its place as a whole: a folder {@code NAME.restoring} beside it. What a killed
 * restore left there, the next one deletes.
 */
final class WorkFolder implements AutoCloseable {
    private static final String MARK = ".fleet-restore";
    private static final String END = ".restoring";

    private final Path folder;

    private WorkFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes it. @throws CommandException if something else is in its place */
    static WorkFolder beside(Path target) throws IOException {
        Path folder = target.resolveSibling(target.getFileName() + END);
        if (Files.exists(folder)) {
            Path mark = folder.resolve(MARK);
            if (!Files.exists(mark) && !isEmpty(folder)) {
                throw new CommandException(folder + " is there, and no restore made it; move it away first.");
            }
            if (isAtWork(mark)) {
                throw new CommandException("Another restore (process " + pid(mark) + ") works in " + folder
                        + "; wait for it, or end it first.");
            }
            delete(folder, MARK);
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(folder.resolve(MARK), ProcessHandle.current().pid() + "\n");
        return new WorkFolder(folder);
    }

    /** Deletes what killed restores left beside a folder whose names begin so, each of which had a name of its own. */
    static void clear(Path folder, String begin) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return;
        }
        try (Stream<Path> all = Files.list(parent)) {
            for (Path left : all.filter(p -> isNamed(p, begin)).toList()) {
                Path mark = left.resolve(MARK);
                if (Files.isDirectory(left, LinkOption.NOFOLLOW_LINKS)
                        && Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
                        && !isAtWork(mark)) {
                    delete(left, MARK);
                }
            }
        }
    }

    private static boolean isNamed(Path path, String begin) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(begin) && name.endsWith(END);
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.findAny().isEmpty();
        }
    }

    private static boolean isAtWork(Path mark) throws IOException {
        if (!Files.exists(mark)) {
            return false;
        }
        long pid = pid(mark);
        return pid != ProcessHandle.current().pid()
                && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static long pid(Path mark) throws IOException {
        try {
            return Long.parseLong(
                    Files.readString(mark, StandardCharsets.US_ASCII).strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    /** Makes all folders below one readable by their owner alone, as a data directory's are. */
    static void makePrivate(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path d, BasicFileAttributes a) throws IOException {
                Files.setPosixFilePermissions(d, PosixFilePermissions.fromString("rwx------"));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Moves a folder to its place, which must be missing or an empty folder. Where the place cannot be replaced, such as a mount, what is
     * in the folder is moved into it; the file {@code VERSION}, by which a data directory is known, last.
     */
    static void moveInto(Path from, Path target) throws IOException {
        try {
            if (Files.isDirectory(target)) {
                Files.delete(target);
            }
            Files.move(from, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException inPlace) {
            if (!Files.isDirectory(target)) {
                throw inPlace;
            }
            if (!isEmpty(target)) {
                throw new CommandException(
                        "Something was put into " + target
                                + " while the restore ran, such as by a fleet that was started. It stays; restore again when it is away.");
            }
            List<Path> children;
            try (Stream<Path> all = Files.list(from)) {
                children = all.sorted((a, b) -> Boolean.compare(isVersion(a), isVersion(b)))
                        .toList();
            }
            for (Path child : children) {
                Files.move(child, target.resolve(child.getFileName()));
            }
        }
    }

    private static boolean isVersion(Path path) {
        return String.valueOf(path.getFileName()).equals("VERSION");
    }

    /** Deletes a folder, and last of what is in it its mark: what is left of a deletion that is killed is known by that. */
    static void delete(Path root, String mark) throws IOException {
        List<Path> children;
        try (Stream<Path> all = Files.list(root)) {
            children = all.filter(child -> !child.equals(root.resolve(mark))).toList();
        }
        for (Path child : children) {
            delete(child);
        }
        delete(root);
    }

    static void delete(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path f, BasicFileAttributes a) throws IOException {
                Files.delete(f);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path d, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(d);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(folder)) {
            delete(folder, MARK);
        }
    }
}
