package dev.freefleet.data;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Whether an opening is given up, and the program of PostgreSQL that has to end for it. Thread-safe. */
final class Cancellation {
    /** How long {@code initdb} may take over its end: it finishes what its child does, one to two seconds' work. */
    static final Duration PATIENCE = Duration.ofSeconds(6);

    private boolean begun;
    private boolean requested;
    private @Nullable Process running;

    /** @throws CancellationException if it is given up */
    synchronized void check() {
        begun = true;
        if (requested) {
            throw new CancellationException("the opening of the database was given up");
        }
    }

    /** Asks for the end. @return whether there is anything that has begun, and so an end to wait for */
    synchronized boolean request() {
        requested = true;
        if (running != null) {
            terminate(running);
        }
        return begun;
    }

    /** A program that is to end when the opening is given up: by SIGTERM, upon which it removes what it has made. */
    synchronized void begin(Process process) {
        running = process;
        if (requested) {
            terminate(process);
        }
    }

    /** Through its handle: {@link Process#destroy} would close its output, and whoever reads that would not wait for it. */
    private static void terminate(Process process) {
        process.toHandle().destroy();
    }

    synchronized void end() {
        running = null;
    }

    /** Ends it by force, and its children. */
    synchronized void cutOff() {
        if (running != null) {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.toHandle().destroyForcibly();
        }
    }
}
