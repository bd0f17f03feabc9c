package dev.freefleet.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/**
 * Keeps the load generator's core from falling asleep between requests, for how long it takes to wake would be measured as the
 * peer's latency; and where the machine's two cores are halves of one, how busy this one is would be measured as the peer's CPU
 * time. Of the scheduler's idle class, so that it is in nobody's way; PostgreSQL, of the same class, shares with it.
 */
final class Awake implements AutoCloseable {
    private final Process process;

    Awake() throws IOException {
        process = new ProcessBuilder("chrt", "-i", "0", "sh", "-c", "while :; do :; done")
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "awake-clean-up"));
    }

    @Override
    public void close() {
        process.destroy();
    }
}
