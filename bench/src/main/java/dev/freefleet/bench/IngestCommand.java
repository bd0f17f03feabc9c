package dev.freefleet.bench;

import dev.freefleet.bench.load.LoadClient;
import dev.freefleet.bench.load.OriginProcess;
import dev.freefleet.bench.load.Wrk;
import dev.freefleet.bench.peer.Aside;
import dev.freefleet.bench.peer.GatewayAlone;
import dev.freefleet.bench.peer.PeerFolder;
import dev.freefleet.bench.peer.Running;
import dev.freefleet.bench.peer.UsageDatabase;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What usage ingest costs: rows a second beside a bare COPY of the same rows, and the gateway with it beside the gateway
 * without it. PostgreSQL is the embedded one, on the load generator's core, and its files are on a real disk.
 */
@Command(name = "ingest", description = "Measures what usage ingest costs.", mixinStandardHelpOptions = true)
final class IngestCommand implements Callable<Integer> {
    private static final String ON = "ingest on";
    private static final String OFF = "ingest off";
    private static final String BY_SECONDS = ", second by second";

    private static final int LOOKS = 400;
    private static final int LOOK_MILLIS = 300;

    @Option(
            names = "--scenarios",
            split = ",",
            defaultValue = "GET_HITS,MISSES_UNSTORED,FIXED_RATE,DAY",
            description = "of requests (default: ${DEFAULT-VALUE})")
    private List<Scenario> scenarios = List.of();

    @Option(
            names = "--rows",
            description = "for each round, 10,000 to 5,000,000, or 0 for none (default: ${DEFAULT-VALUE})")
    private int rows = 400_000;

    @Option(names = "--rounds", description = "alternated rounds, 1 to 50 (default: ${DEFAULT-VALUE})")
    private int rounds = 3;

    @Option(names = "--seconds", description = "for each round at saturation, 1 to 60 (default: ${DEFAULT-VALUE})")
    private int seconds = 4;

    @Option(names = "--rate", description = "requests/s of the fixed rate (default: ${DEFAULT-VALUE})")
    private double rate = 2_000;

    @Option(names = "--core", description = "that the gateway is pinned to (default: ${DEFAULT-VALUE})")
    private int core = 1;

    @Option(names = "--home", defaultValue = "${sys:bench.home:-.}", description = "the project's root folder")
    private Path home = Path.of("");

    @Option(names = "--results", description = "folder of the raw results (default: bench/results)")
    private Path results = Path.of("bench/results");

    private final Clock clock = Clock.systemUTC();
    private final PrintStream out = System.out;
    private final Results measured = new Results();
    /** For how long rows were last waited for. */
    private volatile long waitedNanos = TimeUnit.SECONDS.toNanos(2);

    @Override
    @SuppressWarnings("try") // what keeps the core awake does so by being there
    public Integer call() throws IOException, InterruptedException, SQLException {
        if ((rows != 0 && rows < 10_000)
                || rows > 5_000_000
                || rounds < 1
                || rounds > 50
                || seconds < 1
                || seconds > 60) {
            throw new IllegalArgumentException(
                    "--rows must be 0 or 10,000 to 5,000,000, --rounds 1 to 50, --seconds 1 to 60");
        }
        if (scenarios.contains(Scenario.DAY) && Round.dayRequests(rounds, seconds, rate) > Round.DAY_REQUESTS) {
            throw new IllegalArgumentException(
                    "the day has %,d questions, and so many --rounds of so many --seconds ask more"
                            .formatted(Round.DAY_REQUESTS));
        }
        Path disk = Files.createTempDirectory(Files.createDirectories(home.resolve("bench/target")), "ingest-");
        try (DataPlane plane = DataPlane.open(DataConfig.embedded(disk.resolve("postgres")), clock)) {
            out.println("on " + plane.describe());
            DataConfig.External database = (DataConfig.External)
                    DataPlane.running(disk.resolve("postgres")).orElseThrow().database();
            if (rows > 0) {
                rows(database, disk);
            }
            Aside.move(postmaster(disk.resolve("postgres")));
            try (var awake = new Awake();
                    var origin = new OriginProcess(0);
                    var folder = new PeerFolder(home)) {
                requests(database, disk, origin, folder);
            }
        } finally {
            Trees.delete(disk);
        }
        report();
        Path file = results.resolve("ingest-" + clock.instant().getEpochSecond() + ".json");
        measured.write(file, clock, settings());
        out.println("raw: " + file);
        return 0;
    }

    private void rows(DataConfig.External database, Path disk) throws IOException, InterruptedException, SQLException {
        try (var bulk = new BulkIngest(database, disk, rows)) {
            for (int round = 0; round <= rounds; round++) {
                keep(round, ON, "rows", bulk.ingest(round));
                keep(round, "bare COPY", "rows", bulk.copy());
            }
        }
    }

    private void requests(DataConfig.External database, Path disk, OriginProcess origin, PeerFolder folder)
            throws IOException, InterruptedException {
        Path file = new UsageDatabase(database, disk.resolve("spool-of-gateway")).write(disk.resolve("database"));
        List<Side> sides = new ArrayList<>();
        for (GatewayAlone peer : List.of(GatewayAlone.withoutIngest(), GatewayAlone.withIngest(file))) {
            sides.add(new Side(peer.name(), folder.start(peer, origin.port(), core, 128), round(database, origin)));
        }
        for (Scenario scenario : scenarios) {
            for (int number = 0; number <= rounds; number++) {
                // In turns, so that neither is always measured after the other.
                for (Side side : number % 2 == 0 ? sides : sides.reversed()) {
                    Map<String, Double> figures = side.measure(scenario, number);
                    if (number > 0) { // the first is for compilers and caches to settle
                        keep(new Measured(side.name(), scenario.title(), number, figures));
                    }
                }
            }
            for (int number = 1; scenario.hasFixedRate() && number <= rounds; number++) {
                bySeconds(sides, scenario, number);
            }
        }
    }

    private Round round(DataConfig.External database, OriginProcess origin) {
        int connections = 64;
        return new Round(
                new Wrk(home.resolve("bench/wrk/requests.lua"), connections),
                origin,
                new Core(core),
                connections,
                seconds,
                rate,
                LoadClient::openAsleep,
                (running, answered) -> await(running, database, answered));
    }

    /**
     * A second each, in turns: whatever the machine's other tenants take from the core for longer than that, they take it from both. For CPU time
     * alone: half of what one side puts off is done in the other's seconds, and would be measured as the other's latency.
     */
    private void bySeconds(List<Side> sides, Scenario scenario, int number) throws IOException, InterruptedException {
        try (var first = new Turns(sides.getFirst(), scenario, rate);
                var second = new Turns(sides.getLast(), scenario, rate)) {
            for (Turns turns : List.of(first, second)) {
                turns.warm();
            }
            for (Turns turns : List.of(first, second)) {
                turns.begin();
            }
            for (int turn = 0; turn < 2 * seconds; turn++) {
                for (Turns turns : number % 2 == 0 ? List.of(first, second) : List.of(second, first)) {
                    turns.take();
                }
            }
            for (Turns turns : List.of(first, second)) {
                turns.side().rest();
            }
            for (Turns turns : List.of(first, second)) {
                keep(new Measured(turns.side().name(), scenario.title() + BY_SECONDS, number, turns.figures()));
            }
        }
    }

    private static ProcessHandle postmaster(Path cluster) throws IOException {
        try (Stream<Path> files = Files.find(cluster, 3, (file, is) -> file.endsWith("postmaster.pid"))) {
            Path file = files.findFirst().orElseThrow();
            return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst()))
                    .orElseThrow();
        }
    }

    /** Both wait: a process has something to do, too, when nobody asks it. */
    private void await(Running running, DataConfig.External database, long answered)
            throws IOException, InterruptedException {
        if (running.name().equals(ON)) {
            long start = System.nanoTime();
            awaitRows(database, answered);
            waitedNanos = System.nanoTime() - start;
        } else {
            TimeUnit.NANOSECONDS.sleep(waitedNanos);
        }
    }

    /** What was dropped would have cost nothing, and what is delivered later would be in the way of the other. */
    private static void awaitRows(DataConfig.External database, long atLeast) throws IOException, InterruptedException {
        long rows = 0;
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement count = connection.createStatement()) {
            for (int look = 0; look < LOOKS; look++) {
                try (ResultSet row = count.executeQuery("select count(*) from usage_logs")) {
                    row.next();
                    rows = row.getLong(1);
                }
                if (rows >= atLeast) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (SQLException e) {
            throw new IOException("usage_logs cannot be counted", e);
        }
        throw new IllegalStateException(
                "of %,d requests only %,d are in usage_logs: not what was to be measured".formatted(atLeast, rows));
    }

    private void keep(int round, String peer, String scenario, double perSecond) {
        if (round > 0) {
            keep(new Measured(peer, scenario, round, Map.of("rps", perSecond)));
        }
    }

    private void keep(Measured figures) {
        out.println(figures);
        measured.add(figures);
    }

    private void report() {
        if (rows > 0) {
            double ingest = median(ON, "rows", "rps");
            double copy = median("bare COPY", "rows", "rps");
            out.printf(Locale.ROOT, "%nrows/s: ingest %,.0f, bare COPY %,.0f: %.2f%n", ingest, copy, ingest / copy);
        }
        for (Scenario scenario : scenarios) {
            for (String title : List.of(scenario.title(), scenario.title() + BY_SECONDS)) {
                for (String figure : List.of("p50", "p90", "p99", Turns.CPU, Turns.COMPILED, "rps")) {
                    report(title, figure);
                }
            }
        }
        out.printf(Locale.ROOT, "others took up to %.0f %% of the core%n", 100 * measured.largest("coreOthers"));
    }

    private void report(String title, String figure) {
        double off = median(OFF, title, figure);
        double on = median(ON, title, figure);
        if (off > 0) {
            out.printf(
                    Locale.ROOT,
                    "%s, %s: off %.1f, on %.1f: %.3f; of the rounds' ratios the median %.3f%n",
                    title,
                    figure,
                    off,
                    on,
                    on / off,
                    measured.medianRatio(ON, OFF, title, figure).orElse(0));
        }
    }

    private double median(String peer, String scenario, String figure) {
        return measured.median(peer, scenario, figure).orElse(0);
    }

    private Map<String, Object> settings() throws IOException {
        return Map.of("rows", rows, "rounds", rounds, "seconds", seconds, "rate", rate, "machine", Machine.describe());
    }
}
