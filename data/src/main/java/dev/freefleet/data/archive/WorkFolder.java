package dev.freefleet.data.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for files that mean nothing once their maker is gone; of one process at a time. */
final class WorkFolder {
    private final Path folder;

    /** Makes it where it is missing, and empties it: what is left there is a dead process's. */
    WorkFolder(Path folder) {
        this.folder = folder;
        try {
            delete(folder);
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be used; make it writable.", e);
        }
    }

    Path path() {
        return folder;
    }

    /** A file that is not there yet. */
    Path file(String suffix) throws IOException {
        Path file = Files.createTempFile(folder, "archive-", suffix);
        Files.delete(file);
        return file;
    }

    static void delete(Path path) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        List<Path> found;
        try (Stream<Path> files = Files.walk(path)) {
            found = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : found) {
            Files.deleteIfExists(file);
        }
    }
}
