package dev.freefleet.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A file system of a few hundred KB, which only root may make, and not in every container. */
public record SmallDisk(Path path) implements AutoCloseable {

    /** The disk, or null where this user or machine may not make one. */
    public static @Nullable SmallDisk mount(Path path, String size) {
        return run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()) ? new SmallDisk(path) : null;
    }

    private static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (!run("umount", path.toString()) && !run("umount", "-l", path.toString())) {
            throw new IOException(path + " cannot be unmounted");
        }
    }
}
