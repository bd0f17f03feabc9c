package dev.freefleet.bench;

import dev.freefleet.bench.load.LoadClient;
import dev.freefleet.bench.load.LoadException;
import dev.freefleet.bench.load.OriginProcess;
import dev.freefleet.bench.load.Requests;
import dev.freefleet.bench.load.Wrk;
import dev.freefleet.bench.peer.Running;
import dev.freefleet.testkit.trace.Trace;
import dev.freefleet.testkit.trace.TraceEvent;
import dev.freefleet.testkit.trace.TraceSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * One peer in one scenario, once. The origin's counters are checked against what the scenario says, so that no miss is
 * counted as a hit, nor the other way round.
 */
final class Round {
    private static final int HOT = 1_000;
    private static final int WARM_SECONDS = 1;
    /** Round 0 is for just-in-time compilers to settle: it lasts so many times longer. */
    private static final int SETTLING = 4;

    /** Where a rate is fixed, it asks so many first, as fast as it can: compilers count calls, and are not what the rounds are to measure. */
    private static final int SETTLING_REQUESTS = 500_000;

    private static final Duration SETTLING_AT_MOST = Duration.ofMinutes(3);

    /** How many each side may ask in a run. */
    static final int DAY_REQUESTS = 2_000_000;

    /** So far apart that no round asks what another asked. */
    private static final long OFFSET_STEP = 100_000_000;

    private final Wrk wrk;
    private final OriginProcess origin;
    private final Core core;
    private final int connections;
    private final int seconds;
    private final double rate;
    private final Generator generator;
    private final Aftermath aftermath;
    private final Map<Integer, Iterator<TraceEvent.Ask>> days = new HashMap<>();
    /** How many requests each peer has answered, by its port. */
    private final Map<Integer, Long> answered = new HashMap<>();

    private long offset;

    /** Waits for what a peer puts off, which is in its CPU time, then, and not in the next peer's way. */
    interface Aftermath {
        /** Returns when it is done; {@code answered} are the requests of all rounds so far, those of warming up among them. */
        void await(Running running, long answered) throws IOException, InterruptedException;
    }

    /** How requests are sent at a fixed rate: {@link LoadClient#open} where nobody else needs the load generator's core. */
    interface Generator {
        LoadClient.Outcome open(LoadClient client, Requests requests, double perSecond, Duration duration)
                throws IOException;
    }

    Round(
            Wrk wrk,
            OriginProcess origin,
            Core core,
            int connections,
            int seconds,
            double rate,
            Generator generator,
            Aftermath aftermath) {
        this.generator = generator;
        this.aftermath = aftermath;
        this.wrk = wrk;
        this.origin = origin;
        this.core = core;
        this.connections = connections;
        this.seconds = seconds;
        this.rate = rate;
    }

    Measured measure(Scenario scenario, String peer, Running running, int round)
            throws IOException, InterruptedException {
        int lasting = round == 0 ? SETTLING * seconds : seconds;
        Map<String, Double> figures = switch (scenario) {
            case GET_HITS -> saturate(running, "GET", "bench", HOT, 0.001, lasting);
            case POST_HITS -> saturate(running, "POST", "bench", HOT, 0.001, lasting);
            case MISSES_STORED -> saturate(running, "GET", "stored", 0, 1, lasting);
            case MISSES_UNSTORED -> saturate(running, "GET", "nostore", 0, 1, lasting);
            case FIXED_RATE, DAY -> fixedRate(running, requests(scenario, running), lasting, round);
        };
        return new Measured(peer, scenario.title(), round, figures);
    }

    /** @param reach the share of requests that may (hits), or must (misses: 1) reach the origin */
    private Map<String, Double> saturate(
            Running running, String method, String kind, int distinct, double reach, int lasting)
            throws IOException, InterruptedException {
        if (distinct > 0) {
            fill(running, method, kind, distinct);
        }
        Wrk.Result warm = wrk.run(running.port(), method, kind, distinct, next(), running.key(), WARM_SECONDS);
        aftermath.await(running, count(running, warm.requests()));
        origin.takeCounts();
        long cpuBefore = running.cpuNanos();
        long busyBefore = core.busyNanos();
        Wrk.Result result = wrk.run(running.port(), method, kind, distinct, next(), running.key(), lasting);
        double atItsEnd = running.cpuNanos() - cpuBefore;
        double busy = core.busyNanos() - busyBefore;
        aftermath.await(running, count(running, result.requests()));
        double cpu = running.cpuNanos() - cpuBefore;
        checkReach(result.requests(), origin.takeCounts().all(), reach);
        var figures = new LinkedHashMap<String, Double>();
        figures.put("requests", (double) result.requests());
        figures.put("rps", result.perSecond());
        figures.put("cpuMicros", cpu / 1e3 / result.requests());
        figures.put("coreBusy", busy / 1e3 / result.micros());
        figures.put("coreOthers", Math.max(0, busy - atItsEnd) / 1e3 / result.micros());
        figures.put("p50", result.p50());
        figures.put("p90", result.p90());
        figures.put("p99", result.p99());
        figures.put("p999", result.p999());
        return figures;
    }

    private void fill(Running running, String method, String kind, int distinct) throws IOException {
        Requests requests = Requests.cycle(
                distinct,
                n -> method.equals("GET")
                        ? Messages.get(kind, n, running.key())
                        : Messages.post(kind, n, running.key()));
        try (var client = new LoadClient(running.port(), connections)) {
            count(
                    running,
                    client.closed(requests, 3L * distinct, Duration.ofMinutes(1))
                            .answered());
        }
    }

    /** Returns how many it has answered in all. */
    private long count(Running running, long more) {
        return answered.merge(running.port(), more, Long::sum);
    }

    private static void checkReach(long requests, long reached, double reach) {
        // Requests that wrk had under way at its end reach the origin without being counted.
        boolean right = reach == 1 ? reached >= requests * 0.999 : reached <= requests * reach;
        if (!right) {
            throw new LoadException(
                    reached + " of " + requests + " requests reached the origin: not what was to be measured");
        }
    }

    /** What is asked where the rate is fixed. */
    Requests requests(Scenario scenario, Running running) {
        return scenario == Scenario.DAY ? day(running) : hits(running);
    }

    private static Requests hits(Running running) {
        return Requests.cycle(HOT, n -> Messages.get("bench", n, running.key()));
    }

    /** Goes on with the day where the peer's last round ended. */
    private Requests day(Running running) {
        Iterator<TraceEvent.Ask> asks = days.computeIfAbsent(running.port(), port -> day());
        return Requests.each(number -> Messages.ask(asks.next(), running.key()));
    }

    private static Iterator<TraceEvent.Ask> day() {
        var trace = new Trace(TraceSettings.day(1, DAY_REQUESTS).withReingests(0));
        return StreamSupport.stream(trace.spliterator(), false)
                .filter(TraceEvent.Ask.class::isInstance)
                .map(TraceEvent.Ask.class::cast)
                .iterator();
    }

    private Map<String, Double> fixedRate(Running running, Requests requests, int lasting, int round)
            throws IOException, InterruptedException {
        try (var client = client(running)) {
            if (round == 0) {
                settle(client, running);
            }
            ask(client, running, requests, rate, Duration.ofSeconds(2L * WARM_SECONDS));
            rest(running);
            origin.takeCounts();
            long cpuBefore = running.cpuNanos();
            long busyBefore = core.busyNanos();
            LoadClient.Outcome outcome = ask(client, running, requests, rate, Duration.ofSeconds(2L * lasting));
            double atItsEnd = running.cpuNanos() - cpuBefore;
            double busy = core.busyNanos() - busyBefore;
            rest(running);
            double cpu = running.cpuNanos() - cpuBefore;
            return Map.of(
                    "requests",
                    (double) outcome.answered(),
                    "reached",
                    (double) origin.takeCounts().all() / outcome.answered(),
                    "coreOthers",
                    Math.max(0, busy - atItsEnd) / outcome.nanos(),
                    "cpuMicros",
                    cpu / 1e3 / outcome.answered(),
                    "p50",
                    outcome.micros(50),
                    "p90",
                    outcome.micros(90),
                    "p99",
                    outcome.micros(99),
                    "p999",
                    outcome.micros(99.9));
        }
    }

    /** By hits, since a day's new questions come at its beginning. */
    private void settle(LoadClient client, Running running) throws IOException {
        LoadClient.Outcome settled = client.closed(hits(running), SETTLING_REQUESTS, SETTLING_AT_MOST);
        count(running, settled.answered());
        if (settled.answered() < SETTLING_REQUESTS || settled.refused() > 0) {
            throw new LoadException(settled.answered() + " of " + SETTLING_REQUESTS + " answered, " + settled.refused()
                    + " refused: compilers have not settled");
        }
    }

    /** How many of a day's requests each side is asked at the most in so many rounds and, second by second, as many again. */
    static double dayRequests(int rounds, int seconds, double rate) {
        return rate * (2 * WARM_SECONDS + 2.0 * SETTLING * seconds)
                + rate * rounds * (2 * WARM_SECONDS + 1 + 4.0 * seconds);
    }

    LoadClient client(Running running) throws IOException {
        return new LoadClient(running.port(), connections);
    }

    /** Asks at a fixed rate. @throws LoadException if not all was answered, and well */
    LoadClient.Outcome ask(LoadClient client, Running running, Requests requests, double perSecond, Duration lasting)
            throws IOException {
        LoadClient.Outcome outcome = generator.open(client, requests, perSecond, lasting);
        count(running, outcome.answered());
        if (outcome.answered() < outcome.wanted() || outcome.refused() > 0) {
            throw new LoadException(outcome.answered() + " of " + outcome.wanted() + " answered, " + outcome.refused()
                    + " refused at a fixed rate");
        }
        return outcome;
    }

    /** Waits for what it puts off. */
    void rest(Running running) throws IOException, InterruptedException {
        aftermath.await(running, count(running, 0));
    }

    private long next() {
        offset += OFFSET_STEP;
        return offset;
    }
}
