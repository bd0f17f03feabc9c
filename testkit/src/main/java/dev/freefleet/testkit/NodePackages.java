package dev.freefleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** The npm packages of a folder with {@code package.json} and its lock, installed once into a folder of the build. */
public final class NodePackages {
    private static final int PATIENCE_MINUTES = 10;

    private NodePackages() {}

    /**
     * Installs what the lock names, unless that is there; nothing but files is installed, no script of a package runs.
     *
     * @param source the folder with {@code package.json}, {@code package-lock.json} and scripts that use the packages
     * @param target where {@code node_modules} is made, beside copies of the files of {@code source}
     */
    public static void install(Path source, Path target) {
        try {
            Files.createDirectories(target);
            try (FileChannel lock = FileChannel.open(
                            target.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = lock.lock()) {
                assertHeld(held);
                installLocked(source, target);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void assertHeld(FileLock held) {
        if (!held.isValid()) {
            throw new IllegalStateException("the lock of the folder of packages is gone");
        }
    }

    private static void installLocked(Path source, Path target) throws IOException {
        Path installed = target.resolve("installed.json");
        Path lock = source.resolve("package-lock.json");
        boolean there = Files.exists(installed) && Files.mismatch(installed, lock) < 0;
        try (var files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (there) {
            return;
        }
        Path output = target.resolve("npm.out");
        Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                .directory(target.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!npm.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                npm.destroyForcibly();
                throw new AssertionError("npm ci does not end within " + PATIENCE_MINUTES + " minutes; see " + output);
            }
        } catch (InterruptedException stopped) {
            npm.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while npm installs", stopped);
        }
        if (npm.exitValue() != 0) {
            throw new AssertionError("npm ci failed: " + Files.readString(output));
        }
        Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
    }
}
