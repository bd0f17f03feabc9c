package dev.freefleet.cli.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.TestOrigin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What needs no account, with the real tools: npm installs the pinned Wrangler and its Node, which bundle and run the Worker. */
@Timeout(600)
class EdgeDevTest {
    /** What is small starts fast; the platform takes 3 MB. */
    private static final int MAX_GZIPPED = 150_000;

    private static final String KEY = "k'\"$HOME\\n#";
    private static final String SECRET = "s'q\"b`t\\";

    @TempDir
    Path home;

    private final TestOrigin brain = TestOrigin.start(exchange -> exchange.json("{}"));

    @AfterEach
    void end() throws IOException {
        brain.close();
    }

    private void project() throws IOException {
        Files.createDirectories(home.resolve("deploy/cloudflare"));
        Files.copy(
                Path.of("..", "deploy", "cloudflare", "wrangler.jsonc"),
                home.resolve("deploy/cloudflare/wrangler.jsonc"));
        Path worker = Files.createDirectories(home.resolve("edge-worker"));
        for (String file : List.of(
                "npm/package.json", "npm/package-lock.json", "target/worker/index.js", "target/worker/edge.js")) {
            Files.createDirectories(Objects.requireNonNull(worker.resolve(file).getParent()));
            Files.copy(WorkerFleet.SOURCES.resolve(file), worker.resolve(file));
        }
        Files.writeString(home.resolve("fleet.yaml"), """
                edge: {url: 'http://127.0.0.1:9', domain: api.example.org, brain-url: '%s'} # no gateway is there
                brain: {url: '%s', key: '%s'}
                origin: {secret: '%s'}
                routes:
                - {name: query, methods: [GET, POST], path: /query}
                - {name: open, methods: [GET], path: /open, auth: none}
                """.formatted(
                        brain.url(), brain.url(), KEY.replace("'", "''"), SECRET.replace("'", "''")));
        try (DataDirectory data = DataDirectory.open(home.resolve("data"))) {
            data.secrets().signing();
            data.secrets().keepFirstKey("sff_key");
            data.secrets().endFirstStart();
        }
    }

    @Test
    void initBuildAndDevWithoutAnAccount() throws Exception {
        project();
        CommandLineTool tool = new CommandLineTool(home)
                .with("FLEET_DATA", home.resolve("data").toString());
        Outcome init = tool.run("edge", "init", "--local");
        assertThat(init.code()).as(init.err()).isZero();
        assertThat(init.out()).containsPattern("wrangler: [^\\n]*4\\.").contains("KV namespace: none");
        assertThat(tool.run("edge", "status").out()).contains("wrangler: installed");

        Outcome built = tool.run("edge", "build");
        assertThat(built.code()).as(built.err()).isZero();
        assertThat(built.out()).containsPattern("Total Upload: .* gzip: [0-9.]+ KiB");
        assertThat(gzipped(home.resolve("data/edge/bundle/dist/index.js"))).isBetween(10_000, MAX_GZIPPED);

        Outcome dry = tool.run("edge", "deploy", "--dry-run");
        assertThat(dry.code()).as(dry.err()).isZero();
        assertThat(dry.out()).contains("nothing was deployed");

        dev();
    }

    private static int gzipped(Path module) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            Files.copy(module, gzip);
        }
        return bytes.size();
    }

    private void dev() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        URI worker = URI.create("http://127.0.0.1:" + port);
        FleetProcess dev = FleetProcess.start(
                home,
                home.resolve("data"),
                List.of("edge", "dev", "--data", home.resolve("data").toString(), "--port", Integer.toString(port)));
        try (dev;
                HttpClient http = HttpClient.newHttpClient()) {
            until(dev, "the Worker answers", () -> status(http, worker.resolve("/health"), "") == 200);
            assertThat(status(http, worker.resolve("/query?q=a"), ""))
                    .as("without a key")
                    .isEqualTo(401);
            assertThat(status(http, worker.resolve("/query?q=a"), "sff_forged")).isEqualTo(401);
            assertThat(status(http, worker.resolve("/metrics"), "")).isEqualTo(200);
            assertThat(status(http, worker.resolve("/open"), "")).isEqualTo(200);
            OriginExchange asked = brain.exchanges().getFirst();
            assertThat(asked.head().field("X-API-Key")).isEqualTo(KEY);
            assertThat(asked.head().field("X-Fleet-Secret")).isEqualTo(SECRET);
            dev.terminate();
            until(dev, "the runtime ends too", () -> status(http, worker.resolve("/health"), "") == 0);
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(FleetProcess dev, String what, Condition condition) throws Exception {
        long end = System.nanoTime() + 120_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime())
                    .as("within two minutes: " + what + "\n" + dev.out() + dev.err())
                    .isLessThan(end);
            Thread.sleep(200);
        }
    }

    /** 0 where nobody answers. */
    private static int status(HttpClient http, URI url, String key) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (!key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException nobody) {
            return 0;
        }
    }
}
