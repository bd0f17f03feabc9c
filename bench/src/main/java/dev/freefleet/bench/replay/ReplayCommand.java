package dev.freefleet.bench.replay;

import dev.freefleet.bench.peer.GatewayAlone;
import dev.freefleet.bench.peer.Nginx;
import dev.freefleet.bench.peer.Peer;
import dev.freefleet.bench.peer.PeerFolder;
import dev.freefleet.bench.peer.Running;
import dev.freefleet.bench.peer.WholeFleet;
import dev.freefleet.testkit.trace.Trace;
import dev.freefleet.testkit.trace.TraceSettings;
import dev.freefleet.testkit.trace.Typing;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Plays a day of questions through each design and tells how many reached the Brain, and whether any answer was wrong. */
@Command(
        name = "replay",
        description = "Plays a day of questions through each design; every answer is compared with the right one.",
        mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
    /** Which day. */
    enum Day {
        DAY,
        WEB_SEARCH
    }

    @Option(names = "--requests", description = "default: ${DEFAULT-VALUE}")
    private int requests = 100_000;

    @Option(names = "--seed", description = "default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(names = "--day", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Day day = Day.DAY;

    @Option(names = "--reingests", description = "default: ${DEFAULT-VALUE}")
    private int reingests = 2;

    @Option(
            names = "--typing",
            description = "${COMPLETION-CANDIDATES}: how freely questions are typed (default: ${DEFAULT-VALUE});"
                    + " the gateway's routes fold as much")
    private Typing typing = Typing.EXACT;

    @Option(names = "--scale", description = "times faster than life (default: ${DEFAULT-VALUE}, a day in a minute)")
    private double scale = 1_440;

    @Option(names = "--ttl-hours", description = "of answers, on the trace's clock (default: ${DEFAULT-VALUE})")
    private double ttlHours = 24;

    @Option(names = "--brain-ms", description = "that an answer takes (default: ${DEFAULT-VALUE})")
    private long brainMillis = 2;

    @Option(names = "--home", defaultValue = "${sys:bench.home:-.}", description = "the project's root folder")
    private Path home = Path.of("");

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        TraceSettings settings = switch (day) {
            case DAY -> TraceSettings.day(seed, requests);
            case WEB_SEARCH -> TraceSettings.webSearch(seed, requests);
        };
        var trace = new Trace(settings.withReingests(reingests).withTyping(typing));
        out.println(Tally.HEADER);
        throughUrlCache(trace);
        throughPeer(new Nginx(), trace, false);
        throughPeer(new GatewayAlone(typing != Typing.EXACT), trace, true);
        if (typing == Typing.EXACT) { // its routes are the defaults, which fold nothing
            throughPeer(new WholeFleet(home), trace, true);
        }
        return 0;
    }

    private void throughUrlCache(Trace trace) throws IOException, InterruptedException {
        try (var brain = brain()) {
            var direct = new HttpCache(brain.port(), "none", false);
            var cache = new UrlCache(direct, maxAgeSeconds(), System::nanoTime);
            out.println(new Replay(cache, brain, scale).play(trace).row("GET by URL (the usual Worker)"));
        }
    }

    private void throughPeer(Peer peer, Trace trace, boolean followsHealth) throws IOException, InterruptedException {
        if (peer.version().isEmpty()) {
            out.println(peer.name() + " is not installed and is left out");
            return;
        }
        try (var brain = brain();
                var folder = new PeerFolder(home);
                Running running = folder.start(peer, brain.port(), 1, 512)) {
            var cache = new HttpCache(running.port(), running.key(), followsHealth);
            out.println(new Replay(cache, brain, scale).play(trace).row(peer.name()));
        }
    }

    private ReplayBrain brain() throws IOException {
        return new ReplayBrain(typing, brainMillis, maxAgeSeconds());
    }

    /** The answers' lifetime by the clock on the wall, which is what caches go by. */
    private long maxAgeSeconds() {
        return scale == 0 ? 86_400 : Math.max(1, Math.round(ttlHours * 3_600 / scale));
    }
}
