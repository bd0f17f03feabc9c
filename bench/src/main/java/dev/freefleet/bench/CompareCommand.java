package dev.freefleet.bench;

import dev.freefleet.bench.load.LoadClient;
import dev.freefleet.bench.load.OriginProcess;
import dev.freefleet.bench.load.Wrk;
import dev.freefleet.bench.peer.GatewayAlone;
import dev.freefleet.bench.peer.HaProxy;
import dev.freefleet.bench.peer.Nginx;
import dev.freefleet.bench.peer.Peer;
import dev.freefleet.bench.peer.PeerFolder;
import dev.freefleet.bench.peer.Running;
import dev.freefleet.bench.peer.SpringCloudGateway;
import dev.freefleet.bench.peer.Varnish;
import dev.freefleet.bench.peer.WholeFleet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the peers beside one another: alternated rounds of every scenario, then memory and scan, each fresh. */
@Command(name = "compare", description = "Measures the peers beside one another.", mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
    @Option(names = "--peers", split = ",", description = "names that hold one of these (default: all installed)")
    private List<String> wanted = List.of("");

    @Option(names = "--scenarios", split = ",", description = "${COMPLETION-CANDIDATES}")
    private List<Scenario> scenarios = List.of(Scenario.values());

    @Option(names = "--rounds", description = "alternated rounds, 1 to 50 (default: ${DEFAULT-VALUE})")
    private int rounds = 3;

    @Option(names = "--seconds", description = "for each round at saturation, 1 to 60 (default: ${DEFAULT-VALUE})")
    private int seconds = 5;

    @Option(names = "--connections", description = "default: ${DEFAULT-VALUE}")
    private int connections = 64;

    @Option(names = "--rate", description = "requests/s of the fixed rate (default: ${DEFAULT-VALUE})")
    private double rate = 5_000;

    @Option(names = "--cache-mb", description = "what each peer may store (default: ${DEFAULT-VALUE})")
    private int cacheMegabytes = 128;

    @Option(names = "--scan-keys", description = "0: no scan (default: ${DEFAULT-VALUE})")
    private long scanKeys = 1_000_000;

    @Option(names = "--no-memory", description = "leave memory out")
    private boolean noMemory;

    @Option(names = "--core", description = "that every peer is pinned to (default: ${DEFAULT-VALUE})")
    private int core = 1;

    @Option(names = "--await-quiet", description = "minutes to wait, in all, for the machine to be quiet (default: 0)")
    private int quietMinutes;

    @Option(names = "--home", defaultValue = "${sys:bench.home:-.}", description = "the project's root folder")
    private Path home = Path.of("");

    @Option(names = "--results", description = "folder of the raw results (default: bench/results)")
    private Path results = Path.of("bench/results");

    private final Clock clock = Clock.systemUTC();
    private final PrintStream out = System.out;
    private final Results measured = new Results();
    private Quiet quiet = new Quiet(List.of(), Duration.ZERO);

    @Override
    public Integer call() throws IOException, InterruptedException {
        require(rounds >= 1 && rounds <= 50, "--rounds must be 1 to 50");
        require(seconds >= 1 && seconds <= 60, "--seconds must be 1 to 60");
        require(connections >= 1 && connections <= 1_000, "--connections must be 1 to 1,000");
        quiet = new Quiet(List.of(new Core(0), new Core(core)), Duration.ofMinutes(quietMinutes));
        Map<Peer, String> peers = installed();
        try (var origin = new OriginProcess(0);
                var folder = new PeerFolder(home)) {
            rounds(peers, origin, folder);
            for (Peer peer : peers.keySet()) {
                alone(peer, origin, folder);
            }
        }
        Path file = results.resolve("compare-" + clock.instant().getEpochSecond() + ".json");
        measured.write(file, clock, settings(peers));
        new Table(measured, peers.keySet().stream().map(Peer::name).toList()).print(out);
        double others = measured.largest("coreOthers");
        if (others > Quiet.SHARE) {
            out.printf(
                    Locale.ROOT,
                    "%nNOT A QUIET MACHINE: others took up to %.0f %% of the peers' core.%n",
                    100 * others);
        }
        out.println("\nratios in brackets are to the first column; raw: " + file);
        return 0;
    }

    private Map<Peer, String> installed() throws IOException {
        var peers = new LinkedHashMap<Peer, String>();
        for (Peer peer : List.of(
                new Nginx(),
                new GatewayAlone(false),
                new WholeFleet(home),
                new Varnish(),
                new HaProxy(),
                new SpringCloudGateway(home))) {
            if (wanted.stream().noneMatch(peer.name()::contains)) {
                continue;
            }
            peer.version()
                    .ifPresentOrElse(
                            version -> peers.put(peer, version),
                            () -> out.println(peer.name() + " is not installed and is left out"));
        }
        require(!peers.isEmpty(), "no peer is left to measure");
        return peers;
    }

    /** All peers run side by side, idle but for the one that is measured. */
    private void rounds(Map<Peer, String> peers, OriginProcess origin, PeerFolder folder)
            throws IOException, InterruptedException {
        var round = new Round(
                new Wrk(home.resolve("bench/wrk/requests.lua"), connections),
                origin,
                new Core(core),
                connections,
                seconds,
                rate,
                LoadClient::open,
                (running, answered) -> {});
        var started = new LinkedHashMap<Peer, Running>();
        try {
            for (Peer peer : peers.keySet()) {
                started.put(peer, folder.start(peer, origin.port(), core, cacheMegabytes));
            }
            for (Scenario scenario : scenarios) {
                for (int number = 0; number <= rounds; number++) {
                    for (Peer peer : peers.keySet()) {
                        if (scenario == Scenario.POST_HITS && !peer.cachesPost()) {
                            continue;
                        }
                        Measured figures = quietly(round, scenario, peer, running(started, peer), number);
                        out.println(figures);
                        if (number > 0) { // the first is for compilers and caches to settle
                            measured.add(figures);
                        }
                    }
                }
            }
        } finally {
            started.values().forEach(Running::close);
        }
    }

    private Measured quietly(Round round, Scenario scenario, Peer peer, Running running, int number)
            throws IOException, InterruptedException {
        while (true) {
            quiet.await();
            long start = System.nanoTime();
            Measured figures = round.measure(scenario, peer.name(), running, number);
            double others = number == 0 ? 0 : figures.figures().getOrDefault("coreOthers", 0.0);
            if (!quiet.again(others, System.nanoTime() - start)) {
                return figures;
            }
        }
    }

    private static Running running(Map<Peer, Running> started, Peer peer) {
        Running running = started.get(peer);
        if (running == null) {
            throw new IllegalStateException(peer.name() + " was not started");
        }
        return running;
    }

    private void alone(Peer peer, OriginProcess origin, PeerFolder folder) throws IOException, InterruptedException {
        if (!noMemory) {
            try (Running running = folder.start(peer, origin.port(), core, cacheMegabytes)) {
                print(Memory.measure(peer.name(), running, connections));
            }
        }
        if (scanKeys > 0) {
            try (Running running = folder.start(peer, origin.port(), core, cacheMegabytes)) {
                print(Scan.measure(peer.name(), running, origin, connections, scanKeys));
            }
        }
    }

    private void print(Measured figures) {
        out.println(figures);
        measured.add(figures);
    }

    private Map<String, Object> settings(Map<Peer, String> peers) throws IOException {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("rounds", rounds);
        settings.put("seconds", seconds);
        settings.put("connections", connections);
        settings.put("rate", rate);
        settings.put("cacheMegabytes", cacheMegabytes);
        settings.put("scanKeys", scanKeys);
        settings.put("machine", Machine.describe());
        var versions = new LinkedHashMap<String, String>();
        peers.forEach((peer, version) -> versions.put(peer.name(), version));
        settings.put("peers", versions);
        return settings;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }
}
