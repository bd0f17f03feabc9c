package dev.freefleet.bench.micro;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.edge.Step;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the decisions of one request cost: a hit by GET, by a short and by a long POST, and the reading of a key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EdgeCoreBenchmark {
    private static final long NOW = 1_790_000_000_000L;
    private static final RateLimit HIGH = new RateLimit(1_000_000, 1_000, 1_000_000);
    private static final int LONG_TEXT = 4_000;

    private final Shell shell = new Shell(new Edge(policy()));
    private final String key = KeyFormat.encode(new KeyToken(1, 42, 7, 0, "default"), new byte[KeyFormat.MAC_BYTES]);
    private final byte[] shortQuestion = json("how does a cache work");
    private final byte[] longQuestion = json("x".repeat(LONG_TEXT));
    private final RequestHead get = head("GET", "/query?q=how+does+a+cache+work", 0);
    private final RequestHead shortPost = head("POST", "/query", shortQuestion.length);
    private final RequestHead longPost = head("POST", "/query", longQuestion.length);

    /** Each question once, so that what is measured is a hit. */
    @Setup
    public void fill() {
        for (int i = 0; i < 2; i++) {
            requireHit(shell.run(get, new byte[0]), i);
            requireHit(shell.run(shortPost, shortQuestion), i);
            requireHit(shell.run(longPost, longQuestion), i);
        }
    }

    /** A stored answer to {@code GET /query?q=}. */
    @Benchmark
    public Step.Respond getHit() {
        return shell.run(get, new byte[0]);
    }

    /** A stored answer to {@code POST /query} with some 60 bytes of JSON, which become canonical. */
    @Benchmark
    public Step.Respond shortPostHit() {
        return shell.run(shortPost, shortQuestion);
    }

    /** The same with 4 KB of JSON. */
    @Benchmark
    public Step.Respond longPostHit() {
        return shell.run(longPost, longQuestion);
    }

    /** Reading a key's text, without its signature's check. */
    @Benchmark
    public KeyFormat.Parsed keyParse() {
        return KeyFormat.parse(key);
    }

    private static void requireHit(Step.Respond respond, int time) {
        String status = respond.fields().first("cache-status");
        if (time > 0
                && (status == null || !status.contains(CacheOutcome.HIT.name().toLowerCase(Locale.ROOT)))) {
            throw new IllegalStateException("no hit: " + respond.status() + " " + status);
        }
    }

    private static byte[] json(String text) {
        return ("{\"query\": \"" + text + "\", \"limit\": 5.0}").getBytes(StandardCharsets.UTF_8);
    }

    private RequestHead head(String method, String target, int length) {
        Fields.Builder fields = Fields.builder().add("host", "bench.test").add("x-api-key", key);
        if (length > 0) {
            fields.add("content-type", "application/json").add("content-length", Integer.toString(length));
        }
        return new RequestHead(
                "01990000-0000-7000-8000-000000000000",
                NOW,
                method,
                target,
                fields.build(),
                new byte[] {127, 0, 0, 1},
                false,
                length > 0,
                length > 0 ? length : -1);
    }

    private static EdgePolicy policy() {
        var plan = new EdgePolicy.Plan(HIGH, List.of(new Quota(1_000_000_000, Quota.Period.DAY)));
        return new EdgePolicy(
                "bench",
                DefaultRoutes.all(),
                Map.of("default", plan),
                HIGH,
                HIGH,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.DIGEST);
    }
}
