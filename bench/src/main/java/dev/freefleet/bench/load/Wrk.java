package dev.freefleet.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's wrk with this project's script: as many requests as the peer takes, over a fixed number of connections. */
public final class Wrk {
    private final Path script;
    private final int connections;

    /** @param script {@code bench/wrk/requests.lua} */
    public Wrk(Path script, int connections) {
        this.script = script;
        this.connections = connections;
    }

    /**
     * Sends for so many seconds.
     *
     * @param distinct how many requests over and over, or 0: each another one, counted from {@code offset}
     * @throws LoadException if a connection broke, or an answer's status was not 2xx or 3xx
     */
    public Result run(int port, String method, String kind, int distinct, long offset, String key, int seconds)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        "wrk",
                        "-t1",
                        "-c" + connections,
                        "-d" + seconds + "s",
                        "--timeout",
                        "10s",
                        "--latency",
                        "-s",
                        script.toString(),
                        "http://127.0.0.1:" + port,
                        "--",
                        method,
                        kind,
                        Integer.toString(distinct),
                        Long.toString(offset),
                        key))
                .redirectErrorStream(true)
                .start();
        String printed;
        try (var output = process.getInputStream()) {
            printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (!process.waitFor(seconds + 30L, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroy();
            throw new LoadException("wrk failed:\n" + printed);
        }
        String json = printed.lines()
                .filter(line -> line.startsWith("{\"requests\""))
                .findFirst()
                .orElseThrow(() -> new LoadException("wrk printed no result:\n" + printed));
        Result result = new ObjectMapper().readValue(json, Result.class);
        if (result.status() > 0 || result.broken() > 0) {
            throw new LoadException("wrk saw " + result.status() + " refusals and " + result.broken()
                    + " broken connections in " + result.requests() + " requests");
        }
        return result;
    }

    /**
     * What wrk counted; latencies in microseconds, from the sending to the last byte (a closed loop: at saturation they
     * tell how long the queue is).
     */
    public record Result(
            long requests,
            long micros,
            long bytes,
            long status,
            long broken,
            double p50,
            double p90,
            double p99,
            double p999) {
        /** Answers for each second. */
        public double perSecond() {
            return requests * 1e6 / micros;
        }
    }
}
