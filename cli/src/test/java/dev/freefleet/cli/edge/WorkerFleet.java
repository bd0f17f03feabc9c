package dev.freefleet.cli.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.datadir.EdgeFiles;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.testkit.Workerd;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fleet as a process of its own (gateway, PostgreSQL, the keeper of Workers KV), and in front of it the Worker in the runtime
 * that Cloudflare runs, with the policy and the secrets that a deployment would give it.
 */
final class WorkerFleet implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Path SOURCES = Path.of("..", "edge-worker");
    private static final Path INSTALLED = SOURCES.resolve("target/npm");
    private static final Duration STEP = Duration.ofMinutes(30);

    final KvDoor door = new KvDoor();
    private final Path home;
    private final CommandLineTool tool;
    private final Consumer<ObjectNode> change;
    private final @Nullable Path time;
    private final int port = freePort();
    private @Nullable FleetProcess fleet;
    private @Nullable Workerd worker;

    /** A key: its number and its text. */
    record Key(long id, String text) {}

    /**
     * Starts both.
     *
     * @param edge more lines of {@code fleet.yaml} under {@code edge:}, each with its end
     * @param change what is changed of what workerd is told
     */
    WorkerFleet(Path home, URI brain, String edge, Consumer<ObjectNode> change) throws Exception {
        this(home, brain, edge, change, null);
    }

    /**
     * The same.
     *
     * @param time where the fleet finds the time of day, as {@code TimedMain} reads it, or null: it has the machine's
     */
    WorkerFleet(Path home, URI brain, String edge, Consumer<ObjectNode> change, @Nullable Path time) throws Exception {
        this.home = home;
        this.change = change;
        this.time = time;
        Files.createDirectories(home.resolve("deploy/cloudflare"));
        Files.copy(
                Path.of("..", "deploy", "cloudflare", "wrangler.jsonc"),
                home.resolve("deploy/cloudflare/wrangler.jsonc"));
        Path modules = Files.createDirectories(home.resolve("edge-worker/target/worker"));
        for (String module : List.of("index.js", "edge.js")) {
            Files.copy(SOURCES.resolve("target/worker").resolve(module), modules.resolve(module));
        }
        Files.writeString(
                home.resolve("fleet.yaml"),
                """
                brain: {url: %s, health-interval: 1s}
                limits: {address: 1000000/min}
                plans:
                  default: {rate: 1000000/min}
                edge:
                  url: http://127.0.0.1:%d
                  account: %s
                  kv-namespace: %s
                  api-token: %s
                  api-url: %s
                """.formatted(brain, port, KvDoor.ACCOUNT, KvDoor.NAMESPACE, KvDoor.TOKEN, door.url()) + edge);
        tool = new CommandLineTool(home).with("FLEET_DATA", data().toString());
        up();
        new EdgeFiles(data()).makeToken();
        awaitToken();
        startWorker();
    }

    /** A call of an edge that has the token. */
    HttpRequest.Builder call(String name) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/.fleet/edge/" + name))
                .header("Authorization", "Bearer " + new EdgeFiles(data()).token());
    }

    /** A fleet that runs looks now and then whether a token was made. */
    private void awaitToken() throws Exception {
        HttpRequest sync = call("sync").build();
        long end = System.nanoTime() + 60_000_000_000L;
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (http.send(sync, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                assertThat(System.nanoTime()).as("the fleet knows the token").isLessThan(end);
                Thread.sleep(100);
            }
        }
    }

    private Path data() {
        return home.resolve("data");
    }

    void up() throws Exception {
        List<String> up =
                List.of("up", "--data", data().toString(), "--port", Integer.toString(port), "--admin-port", "0");
        FleetProcess started =
                time == null ? FleetProcess.start(home, data(), up) : FleetProcess.timed(home, data(), time, up);
        fleet = started.awaitReady();
    }

    FleetProcess fleet() {
        return Objects.requireNonNull(fleet, "the fleet is up");
    }

    Workerd worker() {
        return Objects.requireNonNull(worker, "the Worker runs");
    }

    void startWorker() throws Exception {
        Workerd started = Workerd.start(SOURCES.resolve("npm"), INSTALLED, options());
        worker = started;
        door.to(started);
    }

    /** As when a machine fails. */
    void killWorker() {
        door.to(null);
        worker().kill();
        worker = null;
    }

    /** Of a runtime that does not run, whose storage is here. */
    static void emptyCacheApi(Path storage) throws IOException {
        try (Stream<Path> all = Files.walk(storage.resolve("cache"))) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What {@code edge build} and {@code edge deploy} would give the Worker. */
    private String options() throws Exception {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Surroundings here = new Surroundings(
                home, home, Map.of("FLEET_DATA", data().toString()), nowhere, nowhere, false, Clock.systemUTC());
        Project project = Project.of(here, new DataOption());
        new Bundle(project).write();
        ObjectNode options = JSON.createObjectNode();
        ObjectNode modules = options.putObject("modules");
        Path bundle = project.files().bundle().toAbsolutePath();
        modules.put("index.js", bundle.resolve("index.js").toString());
        modules.put("edge.js", bundle.resolve("edge.js").toString());
        modules.putObject("policy.json").put("contents", Files.readString(bundle.resolve("policy.json")));
        options.set("vars", JSON.readTree(WorkerSecrets.of(project).json()));
        options.putArray("kv").add("FLEET_KV");
        options.putObject("ratelimits");
        change.accept(options);
        return options.toString();
    }

    CommandLineTool tool() {
        return tool;
    }

    Key created(String name) throws IOException {
        JsonNode key = JSON.readTree(tool.run("keys", "create", "--user", "owner", "--name", name, "--json")
                .out());
        return new Key(key.path("id").asLong(), key.path("key").asText());
    }

    /** The names of what is in KV under this prefix. */
    List<String> inKv(String prefix) throws IOException {
        ObjectNode order = JSON.createObjectNode().put("op", "list").put("prefix", prefix);
        List<String> names = new ArrayList<>();
        JSON.readTree(worker().command(order.toString())).path("keys").forEach(name -> names.add(name.asText()));
        return names;
    }

    /** How many requests of a key PostgreSQL has. */
    long rows(Key key) {
        try (DataPlane data = database()) {
            return data.usage()
                    .count(UsageFilter.between(Instant.MIN, Instant.MAX).ofKey(key.id()));
        }
    }

    /** The requests of a key between two instants that are a whole number of hours apart. */
    List<UsageEvent> events(Key key, Instant from, Instant to) {
        List<UsageEvent> events = new ArrayList<>();
        try (DataPlane data = database()) {
            for (Instant at = from; at.isBefore(to); at = at.plus(STEP)) {
                UsageFilter some = UsageFilter.between(at, at.plus(STEP)).ofKey(key.id());
                List<UsageEvent> found = data.usage().recent(some, 10_000);
                assertThat(found).hasSize((int) data.usage().count(some));
                events.addAll(found);
            }
        }
        return events;
    }

    private DataPlane database() {
        return DataPlane.open(DataPlane.running(data().resolve("postgres")).orElseThrow(), Clock.systemUTC());
    }

    @Override
    public void close() {
        door.to(null);
        if (worker != null) {
            worker.close();
        }
        if (fleet != null) {
            fleet.close();
        }
        door.close();
    }
}
