package dev.freefleet.bench;

import dev.freefleet.bench.load.LoadClient;
import dev.freefleet.bench.load.OriginProcess;
import dev.freefleet.bench.load.Requests;
import dev.freefleet.bench.peer.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Many keys asked once each beside two sets that are asked again and again: of ten requests eight are the scan's, one
 * goes to the near set (1,000 keys, asked again after 10,000 requests) and one to the far set (20,000 keys, asked again
 * after 200,000, more than a cache of 128 MB holds of 1 KB answers, so that only one that tells frequent from recent
 * keeps them).
 */
final class Scan {
    static final String TITLE = "scan";
    private static final int NEAR = 1_000;
    private static final int FAR = 20_000;
    private static final int TIMES_BEFORE = 3;
    private static final Duration AT_MOST = Duration.ofMinutes(6);

    private Scan() {}

    static Measured measure(String peer, Running running, OriginProcess origin, int connections, long keys)
            throws IOException, InterruptedException {
        long requests = keys * 10 / 8;
        String key = running.key();
        try (var client = new LoadClient(running.port(), connections)) {
            client.closed(Requests.cycle(NEAR, n -> Messages.get("near", n, key)), (long) NEAR * TIMES_BEFORE, AT_MOST);
            client.closed(Requests.cycle(FAR, n -> Messages.get("far", n, key)), (long) FAR * TIMES_BEFORE, AT_MOST);
            origin.takeCounts();
            var scanned = client.closed(Requests.each(n -> request(n, key)), requests, AT_MOST);
            OriginProcess.Counts reached = origin.takeCounts();
            Running.Memory memory = running.memory();
            double each = scanned.answered() / 10.0;
            return new Measured(
                    peer,
                    TITLE,
                    1,
                    Map.of(
                            "answered", (double) scanned.answered(),
                            "refused", (double) scanned.refused(),
                            "nearHits", 1 - reached.near() / each,
                            "farHits", 1 - reached.far() / each,
                            "rps", scanned.perSecond(),
                            "residentBytes", (double) memory.residentBytes(),
                            "fileBytes", (double) memory.fileBytes()));
        }
    }

    private static String request(long number, String key) {
        return switch ((int) (number % 10)) {
            case 0 -> Messages.get("near", number / 10 % NEAR, key);
            case 5 -> Messages.get("far", number / 10 % FAR, key);
            default -> Messages.get("scan", number, key);
        };
    }
}
