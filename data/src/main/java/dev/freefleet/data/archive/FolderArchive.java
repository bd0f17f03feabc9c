package dev.freefleet.data.archive;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** An object store that is a folder, which only its owner may read: archives hold what people asked. */
public final class FolderArchive implements ArchiveStore {
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;

    /** @param folder made where it is missing */
    public FolderArchive(Path folder) {
        this.folder = requireNonNull(folder, "folder").toAbsolutePath().normalize();
    }

    @Override
    public void put(String name, Path file) throws IOException {
        Path target = path(name);
        makeFolder(requireNonNull(target.getParent(), "every name is in a folder"));
        Path unfinished = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + UNFINISHED);
        try {
            Files.copy(file, unfinished);
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
            sync(unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(requireNonNull(target.getParent(), "as above"));
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    @Override
    public boolean get(String name, Path file) throws IOException {
        try {
            Files.copy(path(name), file, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        return files().stream()
                .filter(name -> name.startsWith(prefix) && !name.endsWith(UNFINISHED))
                .toList();
    }

    @Override
    public int removeUnfinished(String prefix) throws IOException {
        int removed = 0;
        for (String name : files()) {
            if (name.startsWith(prefix) && name.endsWith(UNFINISHED)) {
                Files.deleteIfExists(folder.resolve(name));
                removed++;
            }
        }
        return removed;
    }

    /** Their paths below the folder, ascending. */
    private List<String> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw requireNonNull(e.getCause(), "of every such exception");
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    @Override
    public String describe() {
        return folder.toString();
    }

    private Path path(String name) {
        ArchiveStore.requireName(name);
        Path path = folder.resolve(name).normalize();
        if (!path.startsWith(folder) || path.equals(folder)) {
            throw new IllegalArgumentException("an archive cannot have this name");
        }
        return path;
    }

    private static void makeFolder(Path path) throws IOException {
        Files.createDirectories(
                path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
