package dev.freefleet.bench;

import dev.freefleet.bench.load.LoadClient;
import dev.freefleet.bench.load.LoadException;
import dev.freefleet.bench.load.Requests;
import dev.freefleet.bench.peer.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** What a peer weighs with 50,000 stored answers of 1 KB: a fresh one, each question asked once. */
final class Memory {
    static final String TITLE = "memory";
    private static final int ANSWERS = 50_000;
    private static final Duration AT_MOST = Duration.ofMinutes(3);

    private Memory() {}

    static Measured measure(String peer, Running running, int connections) throws IOException, InterruptedException {
        try (var client = new LoadClient(running.port(), connections)) {
            var filled = client.closed(
                    Requests.each(number -> Messages.get("fill", number, running.key())), ANSWERS, AT_MOST);
            if (filled.answered() < ANSWERS || filled.refused() > 0) {
                throw new LoadException(
                        peer + " answered " + filled.answered() + " of " + ANSWERS + ", refused " + filled.refused());
            }
        }
        Thread.sleep(2_000); // what is written behind the answers is written
        Running.Memory memory = running.memory();
        return new Measured(
                peer, TITLE, 1, Map.of("residentBytes", (double) memory.residentBytes(), "fileBytes", (double)
                        memory.fileBytes()));
    }
}
