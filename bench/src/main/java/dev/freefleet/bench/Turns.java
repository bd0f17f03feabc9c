package dev.freefleet.bench;

import dev.freefleet.bench.load.LoadClient;
import dev.freefleet.bench.load.Requests;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** One side's seconds of a round in which two sides take turns, each at the rate, and what they cost in CPU time. */
final class Turns implements AutoCloseable {
    static final String CPU = "cpuMicros";
    /** CPU without that of the compilers: what is left once all is compiled. */
    static final String COMPILED = "cpuMicrosCompiled";

    private static final Duration TURN = Duration.ofSeconds(1);

    private final Side side;
    private final LoadClient client;
    private final Requests requests;
    private final double rate;
    private long answered;
    private long cpuBefore;
    private long compilersBefore;

    Turns(Side side, Scenario scenario, double rate) throws IOException {
        this.side = side;
        this.rate = rate;
        client = side.round().client(side.running());
        requests = side.round().requests(scenario, side.running());
    }

    Side side() {
        return side;
    }

    /** Warms up the connections, and waits for what this put off. */
    void warm() throws IOException, InterruptedException {
        take();
        side.rest();
    }

    void begin() {
        answered = 0;
        cpuBefore = side.running().cpuNanos();
        compilersBefore = side.running().compilerNanos();
    }

    void take() throws IOException {
        answered +=
                side.round().ask(client, side.running(), requests, rate, TURN).answered();
    }

    Map<String, Double> figures() {
        double compilers = side.running().compilerNanos() - compilersBefore;
        double cpu = side.running().cpuNanos() - cpuBefore;
        return Map.of(
                "requests", (double) answered, CPU, cpu / 1e3 / answered, COMPILED, (cpu - compilers) / 1e3 / answered);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
