package dev.freefleet.bench;

import dev.freefleet.bench.peer.Running;
import java.io.IOException;
import java.util.Map;

/** What is measured beside another: a gateway that runs, and what it was asked so far. */
record Side(String name, Running running, Round round) {
    Map<String, Double> measure(Scenario scenario, int number) throws IOException, InterruptedException {
        return round.measure(scenario, name, running, number).figures();
    }

    /** Waits for what it puts off. */
    void rest() throws IOException, InterruptedException {
        round.rest(running);
    }
}
