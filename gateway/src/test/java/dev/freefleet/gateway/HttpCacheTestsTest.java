package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Route;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The public caching suite (npm http-cache-tests 0.4.5, the one behind cache-tests.fyi) over sockets; or, by
 * {@code -Dcache.suite=DIR}, that of a checkout of its repository, which is ahead of npm's.
 */
class HttpCacheTestsTest {
    private static final Path SUITES = Path.of("..", "suites");
    private static final Path FOLDER = Path.of("target", "suites");
    private static final String CHECKOUT = System.getProperty("cache.suite", "");

    private static final String AGE =
            "asks the opposite of RFC 9111 section 5.1 (the first Age counts, one that is no number does not); its "
                    + "authors have turned it round since";
    private static final String CLOSED =
            "wants a field of the origin's answer although the origin closes the connection without one; its authors "
                    + "have put it right since";

    /** Required cases that a cache that keeps to the RFCs of today does not pass, and why. */
    private static final Map<String, String> LEFT = Map.ofEntries(
            Map.entry("age-parse-nonnumeric", AGE),
            Map.entry("age-parse-negative", AGE),
            Map.entry("age-parse-float", AGE),
            Map.entry("age-parse-prefix-twoline", AGE),
            Map.entry("age-parse-dup-0", AGE),
            Map.entry("age-parse-dup-0-twoline", AGE),
            Map.entry("age-parse-dup-old", AGE),
            Map.entry("age-parse-parameter", AGE),
            Map.entry("age-parse-numeric-parameter", AGE),
            Map.entry("stale-close-must-revalidate", CLOSED),
            Map.entry("stale-close-proxy-revalidate", CLOSED),
            Map.entry("stale-close-no-cache", CLOSED),
            Map.entry("stale-close-s-maxage=2", CLOSED));

    /**
     * What is to come out.
     *
     * @param cases how many there are of each kind, so that none is passed over
     * @param left the required ones that do not pass
     * @param optimal how many of the optimal ones pass at least
     */
    private record Expected(Map<String, Integer> cases, Set<String> left, int optimal) {}

    private static final Expected PACKAGE =
            new Expected(Map.of("required", 165, "optimal", 95, "check", 90), LEFT.keySet(), 87);
    /** As of its commit b55b8bda. */
    private static final Expected REPOSITORY =
            new Expected(Map.of("required", 160, "optimal", 105, "check", 100), Set.of(), 97);

    private record Case(String id, String kind, String result, String detail) {
        boolean passes() {
            return result.equals("pass") || result.equals("yes");
        }
    }

    private Process suiteOrigin;
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(FOLDER);
        for (String file : List.of("package.json", "package-lock.json", "http-cache-tests.mjs")) {
            Files.copy(SUITES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        String installed = run(Duration.ofMinutes(5), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        assertThat(FOLDER.resolve("node_modules").resolve("http-cache-tests"))
                .as(installed)
                .exists();
        suiteOrigin = process("node", "http-cache-tests.mjs", "serve").start();
        BufferedReader told = suiteOrigin.inputReader(StandardCharsets.UTF_8);
        String line = told.readLine();
        assertThat(line).startsWith("origin: ");
        gateway = gateway(URI.create("http://127.0.0.1:" + line.substring("origin: ".length())));
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.drain(Duration.ofMillis(200));
        }
        if (suiteOrigin != null) {
            suiteOrigin.destroyForcibly();
        }
    }

    /** One route for everything: plain HTTP with all that RFC 9111 leaves to a cache's choice. */
    private static Gateway gateway(URI origin) {
        Route route = new Route(
                "suite",
                Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "M-SEARCH"),
                "/**",
                Route.Auth.NONE,
                null,
                1 << 20,
                30_000,
                new CacheRule.Http(1 << 20, true, CacheRule.Stale.A_DAY_ON_ERRORS, true));
        EdgePolicy policy = new EdgePolicy(
                "test",
                List.of(route),
                Map.of("default", new EdgePolicy.Plan(TestGateway.PLENTY, List.of())),
                TestGateway.PLENTY,
                TestGateway.PLENTY,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.OFF);
        GatewayConfig.Origin usual = GatewayConfig.Origin.of(origin);
        GatewayConfig config = GatewayConfig.of("127.0.0.1", 0, origin)
                .withThreads(2)
                // The suite's origin closes unused connections after 5 s, which must not meet a PUT of its bookkeeping.
                .with(new GatewayConfig.Origin(
                                origin,
                                usual.maxConcurrent(),
                                usual.maxQueued(),
                                usual.connect(),
                                Duration.ofSeconds(1),
                                usual.stall(),
                                usual.maxHeadBytes(),
                                usual.maxBodyBytes())
                        // The suite counts what reaches its origin, which fails on purpose.
                        .with(usual.resilience()
                                .withRetries(0, 0)
                                .with(new CircuitBreaker.Rule(
                                        0, 50, 30_000_000_000L, 2_000_000_000L, 2_000_000_000L, 1, 1))))
                .with(new GatewayConfig.Poll("/health", Duration.ZERO));
        KeyRing keys = new KeyRing(Map.of(1, new byte[32]));
        return Gateway.start(
                config, new Edge(policy), keys, event -> true, new SimpleMeterRegistry(), Sources.system());
    }

    @Test
    void everyRequiredCaseThatCanPassPasses() throws Exception {
        String url = "http://127.0.0.1:" + gateway.address().getPort();
        String output = run(Duration.ofMinutes(5), "node", "--no-warnings", "http-cache-tests.mjs", "run", url);
        String json = output.substring(output.lastIndexOf("{\"cases\":"));
        Files.writeString(Path.of("target", "http-cache-tests.json"), json);
        List<Case> cases = read(json);

        Map<String, String> failed = new TreeMap<>();
        Map<String, Integer> total = new HashMap<>();
        Map<String, Integer> passed = new HashMap<>();
        for (Case one : cases) {
            total.merge(one.kind, 1, Integer::sum);
            passed.merge(one.kind, one.passes() ? 1 : 0, Integer::sum);
            if (one.kind.equals("required") && !one.passes()) {
                failed.put(one.id, one.result + ": " + one.detail);
            }
        }
        Expected expected = CHECKOUT.isEmpty() ? PACKAGE : REPOSITORY;
        System.out.println("cases that pass: " + passed + " of " + total);
        assertThat(total).isEqualTo(expected.cases);
        assertThat(failed.keySet()).as("%s beside %s", failed, LEFT).isEqualTo(expected.left);
        assertThat(passed.get("optimal")).isGreaterThanOrEqualTo(expected.optimal);
    }

    private static List<Case> read(String json) throws IOException {
        List<Case> cases = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            Map<String, String> members = new HashMap<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    members.put(parser.currentName(), parser.getText());
                } else if (token == JsonToken.END_OBJECT && !members.isEmpty()) {
                    cases.add(new Case(
                            members.getOrDefault("id", ""),
                            members.getOrDefault("kind", ""),
                            members.getOrDefault("result", ""),
                            members.getOrDefault("detail", "")));
                    members.clear();
                }
            }
        }
        return cases;
    }

    private static ProcessBuilder process(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(FOLDER.toFile());
        builder.environment().remove("HTTP_CACHE_TESTS"); // the version that is pinned, whatever the shell has set
        if (!CHECKOUT.isEmpty()) {
            builder.environment().put("HTTP_CACHE_TESTS", CHECKOUT);
        }
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    private static String run(Duration limit, String... command) throws Exception {
        Path output = Files.createTempFile("suite", ".out");
        Process process = process(command).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
                    .as("%s ends within %s", String.join(" ", command), limit)
                    .isTrue();
            String text = Files.readString(output);
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
