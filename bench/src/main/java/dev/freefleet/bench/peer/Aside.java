package dev.freefleet.bench.peer;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Has a process work on the load generator's core in the scheduler's idle class, which gives way to all others there at once: as
 * if it were on another machine, as far as two cores allow.
 */
public final class Aside {
    private Aside() {}

    /** Moves a process, all below it, and what they will start from now on. */
    public static void move(ProcessHandle process) throws IOException {
        move(process.pid());
        for (ProcessHandle child : process.descendants().toList()) {
            move(child.pid());
        }
    }

    private static void move(long process) throws IOException {
        String pid = Long.toString(process);
        run("taskset", "-a", "-c", "-p", "0", pid);
        run("chrt", "-a", "-i", "-p", "0", pid);
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("a process could not be moved: " + String.join(" ", command));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
