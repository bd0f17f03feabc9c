package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.data.UsageIngest;
import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.archive.FolderArchive;
import dev.freefleet.data.jobs.Job;
import dev.freefleet.data.jobs.Jobs;
import dev.freefleet.data.jobs.JobsConfig;
import dev.freefleet.data.jobs.Schedule;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The description is right by the rules of OpenAPI, and the port does what it says. */
@Timeout(600)
class OpenApiTest {
    private static final String TOKEN = "a-token-of-thirty-two-characters-and-more";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CHECKER = Path.of("src", "test", "npm", "openapi");

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Set<String> called = new TreeSet<>();
    private final AtomicLong nanos = new AtomicLong();
    private DataPlane data;
    private Database database;
    private Rollups rollups;
    private Jobs jobs;
    private AdminServer server;
    private JsonNode document;

    @BeforeEach
    void start() throws Exception {
        Clock clock = Clock.systemUTC();
        data = DataPlane.open(DataConfig.embedded(folder.resolve("postgres")), clock);
        database = data.pool("records", 3);
        rollups = new Rollups(database, clock);
        Archives archives = new Archives(
                database, rollups, new FolderArchive(folder.resolve("archive")), folder.resolve("work"), clock);
        jobs = Jobs.start(
                data.pool("jobs", 7),
                clock,
                JobsConfig.of("here"),
                List.of(new Job("rest", "Does nothing.", Schedule.parse("daily 03:00"), run -> "Rested.")));
        Accounts accounts = new Accounts(
                data,
                key -> "minted-" + key.id(),
                new SecretsInMemory(),
                Set.of("query"),
                Set.of("query"),
                Set.of("default", "gold"),
                () -> {});
        server = AdminServer.start(
                // A minute passes with each look, so that no wrong token counts towards the next.
                new AdminServer.Config("127.0.0.1", 0, TOKEN, () -> nanos.addAndGet(TimeUnit.MINUTES.toNanos(1))),
                accounts,
                () -> new FleetStatus(
                        "1.2.3",
                        Instant.EPOCH,
                        URI.create("http://127.0.0.1:1"),
                        List.of(new FleetStatus.Part("gateway", FleetStatus.State.UP, "here")),
                        new LinkedHashMap<>(Map.of("usage.written", 7L))),
                () -> "some_metric 1\n",
                new OneAnswer(),
                new JobsApi(jobs, accounts),
                new UsageApi(new UsageBook(rollups, archives), accounts));
        document = JSON.readTree(client.send(
                        HttpRequest.newBuilder(server.url().resolve("/openapi.json"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
    }

    @AfterEach
    void stop() {
        server.close();
        jobs.close();
        database.close();
        data.close();
        client.close();
    }

    /** By a validator that others wrote, from the specification's own schema. */
    @Test
    void itIsAnOpenApiDocument() throws Exception {
        Path work = Files.createDirectories(Path.of("target", "openapi"));
        for (String file : List.of("package.json", "package-lock.json")) {
            Files.copy(CHECKER.resolve(file), work.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(work.resolve("openapi.json"), document.toString());
        String installed = run(work, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        assertThat(work.resolve("node_modules/@seriousme")).as(installed).exists();
        String said = run(work, "node", "--input-type=module", "-e", """
                import { Validator } from "@seriousme/openapi-schema-validator";
                const validator = new Validator();
                const result = await validator.validate("openapi.json");
                console.log(JSON.stringify({ valid: result.valid, version: validator.version, errors: result.errors }));
                """);
        JsonNode result = JSON.readTree(said.substring(said.indexOf("{\"valid\"")));
        assertThat(result.path("valid").asBoolean()).as(said).isTrue();
        assertThat(result.path("version").asText()).isEqualTo("3.1");
    }

    @Test
    void everyCallDoesWhatItSays() throws Exception {
        call("GET", "/health", "/health", null, 200);
        call("GET", "/metrics", "/metrics", null, 200);
        call("GET", "/openapi.json", "/openapi.json", null, 200);
        call("GET", "/api/v1/status", "/api/v1/status", null, 200);
        call("POST", "/api/v1/users", "/api/v1/users", "{\"name\":\"ada\",\"email\":\"ada@example.org\"}", 201);
        call("GET", "/api/v1/users", "/api/v1/users?name=ada", null, 200);
        long id = call("POST", "/api/v1/keys", "/api/v1/keys", """
                {"user":"ada","name":"laptop","plan":"gold","scopes":["query"],"rate":"60/min","quotas":["10/day"],
                 "addresses":["192.0.2.0/24"],"max_concurrent":3,"expires_at":"2090-01-01T00:00:00Z"}""", 201)
                .path("id")
                .asLong();
        String key = "/api/v1/keys/" + id;
        call("GET", "/api/v1/keys", "/api/v1/keys?user=ada", null, 200);
        call("GET", "/api/v1/keys/{id}", key, null, 200);
        call("POST", "/api/v1/keys/{id}", key, "{\"rate\":null,\"plan\":null}", 200);
        long next = call("POST", "/api/v1/keys/{id}/rotate", key + "/rotate", "{\"grace_seconds\":60}", 201)
                .path("id")
                .asLong();
        call("POST", "/api/v1/keys/{id}/revoke", "/api/v1/keys/" + next + "/revoke", "{}", 200);
        call("POST", "/api/v1/keys/{id}/delete", key + "/delete", "{\"force\":true}", 200);
        String imported = "{\"dry_run\":%s,\"keys\":[{\"user\":\"ada\",\"name\":\"old\",\"sha256\":\"%s\"}]}";
        call("POST", "/api/v1/keys/import", "/api/v1/keys/import", imported.formatted(true, "ab".repeat(32)), 200);
        call("POST", "/api/v1/keys/import", "/api/v1/keys/import", imported.formatted(false, "ab".repeat(32)), 201);
        call("POST", "/api/v1/keys/import", "/api/v1/keys/import", imported.formatted(false, "ab"), 400);
        call("GET", "/api/v1/secrets", "/api/v1/secrets", null, 200);
        call("POST", "/api/v1/secrets/rotate", "/api/v1/secrets/rotate", "{}", 201);
        call("POST", "/api/v1/secrets/{version}/retire", "/api/v1/secrets/1/retire", "{\"force\":true}", 200);
        call("POST", "/api/v1/users/disable", "/api/v1/users/disable", "{\"name\":\"ada\"}", 200);
        call("POST", "/api/v1/users/enable", "/api/v1/users/enable", "{\"name\":\"ada\"}", 200);
        call("GET", "/api/v1/audit", "/api/v1/audit?user=ada&action=user.&limit=5", null, 200);
        call("POST", "/api/v1/users/forget", "/api/v1/users/forget", "{\"name\":\"ada\",\"dry_run\":true}", 200);
        call("POST", "/api/v1/users/forget", "/api/v1/users/forget", "{\"name\":\"ada\"}", 200);
        long bob = call("POST", "/api/v1/users", "/api/v1/users", "{\"name\":\"bob\"}", 201)
                .path("id")
                .asLong();
        call("POST", "/api/v1/users/delete", "/api/v1/users/delete", "{\"name\":\"bob\",\"force\":false}", 200);
        call("POST", "/api/v1/users/forget", "/api/v1/users/forget", "{\"user_id\":" + bob + "}", 200);
        call("GET", "/api/v1/cache", "/api/v1/cache", null, 200);
        call("GET", "/api/v1/cache/answers", "/api/v1/cache/answers?route=query&limit=3", null, 200);
        call("GET", "/api/v1/cache/answers/{key}", "/api/v1/cache/answers/query:1", null, 200);
        call("POST", "/api/v1/cache/purge", "/api/v1/cache/purge", "{\"all\":true}", 200);
        callJobs();
        callUsage();

        Set<String> described = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(one -> described.add(one.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(called).isEqualTo(described);
    }

    private void callJobs() throws Exception {
        String run = call("POST", "/api/v1/jobs/{name}/run", "/api/v1/jobs/rest/run", "{}", 202)
                .path("run")
                .asText();
        String url = "/api/v1/jobs/runs/" + run;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!send("GET", url, null, true).body().contains("Rested.") && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(call("GET", "/api/v1/jobs/runs/{id}", url, null, 200)
                        .path("outcome")
                        .asText())
                .isEqualTo("done");
        call("GET", "/api/v1/jobs/history", "/api/v1/jobs/history?job=rest&limit=3", null, 200);
        call("POST", "/api/v1/jobs/{name}/pause", "/api/v1/jobs/rest/pause", "{}", 200);
        call("GET", "/api/v1/jobs", "/api/v1/jobs", null, 200);
        call("POST", "/api/v1/jobs/{name}/resume", "/api/v1/jobs/rest/resume", "{}", 200);
    }

    private void callUsage() throws Exception {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        try (UsageIngest ingest = data.ingest(IngestConfig.DEFAULTS)) {
            ingest.offer(new UsageEvent(
                    "018f3b2a-0000-7000-8000-000000000001",
                    yesterday.toEpochMilli(),
                    7,
                    8,
                    "query",
                    "POST",
                    200,
                    CacheOutcome.MISS,
                    1_000,
                    900,
                    30,
                    2_000,
                    "00112233445566778899aabbccddeeff",
                    "What is a whale?",
                    "here"));
        }
        rollups.aggregate(() -> false);
        String span = "?from=" + yesterday.toString().substring(0, 10) + "&to="
                + yesterday.toString().substring(0, 10);
        String base = "/api/v1/usage";
        assertThat(call("GET", base, base + span + "&by=route", null, 200).path("lines"))
                .hasSize(1);
        assertThat(call("GET", base + "/users", base + "/users" + span, null, 200)
                        .path("users"))
                .hasSize(1);
        assertThat(call("GET", base + "/queries", base + "/queries" + span + "&limit=5", null, 200)
                        .path("queries"))
                .hasSize(1);
        assertThat(call("GET", base + "/events", base + "/events" + span + "&key=7&route=query", null, 200)
                        .path("events"))
                .hasSize(1);
        call("GET", base + "/export", base + "/export" + span, null, 200);
    }

    /** What a call says that its query needs, it needs, and nothing else. */
    @Test
    void everyParameterIsRequiredWhereItIsSaidToBe() throws Exception {
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            JsonNode operation = path.getValue().path("get");
            if (operation.isMissingNode() || path.getKey().contains("{")) {
                continue;
            }
            List<String> required = new ArrayList<>();
            operation.path("parameters").forEach(one -> {
                if (one.path("required").asBoolean()) {
                    required.add(one.path("name").asText() + "=2026-11-20");
                }
            });
            String whole = path.getKey() + "?" + String.join("&", required);
            assertThat(send("GET", whole, null, true).statusCode()).as(whole).isEqualTo(200);
            for (String one : required) {
                List<String> others = new ArrayList<>(required);
                others.remove(one);
                String less = path.getKey() + "?" + String.join("&", others);
                assertThat(send("GET", less, null, true).statusCode()).as(less).isEqualTo(400);
            }
        }
    }

    /** A script whose variable is not set must not be told, or export, what is everybody's. */
    @Test
    void aParameterThatIsEmptyIsNotTakenForNone() throws Exception {
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (JsonNode one : path.getValue().path("get").path("parameters")) {
                if (one.path("in").asText().equals("query")) {
                    String url = path.getKey() + "?" + one.path("name").asText() + "=&from=2026-11-20&to=2026-11-21";
                    HttpResponse<String> refused = send("GET", url, null, true);
                    assertThat(refused.statusCode()).as(url).isEqualTo(400);
                    assertThat(refused.body()).contains(one.path("name").asText());
                }
            }
        }
        assertThat(send("GET", "/api/v1/usage/events?from=2026-11-20&to=2026-11-21&key=0", null, true)
                        .body())
                .contains("The parameter key is a key's id, of 1 or more");
    }

    @Test
    void whatIsOutOfRangeIsToldTheRange() throws Exception {
        String days = "from=2026-11-20&to=2026-11-21&";
        Map<String, String> most = Map.of(
                "/api/v1/audit?",
                "1000",
                "/api/v1/cache/answers?",
                "1000",
                "/api/v1/jobs/history?",
                "1000",
                "/api/v1/usage/users?" + days,
                "1000",
                "/api/v1/usage/queries?" + days,
                "1000",
                "/api/v1/usage/events?" + days,
                "10000");
        for (Map.Entry<String, String> path : most.entrySet()) {
            for (String limit : List.of("-5", "0", "many", "10001", "99999999999999999999")) {
                HttpResponse<String> refused = send("GET", path.getKey() + "limit=" + limit, null, true);
                assertThat(refused.statusCode()).as(path.getKey() + limit).isEqualTo(400);
                assertThat(refused.body()).contains("limit is 1 to " + path.getValue() + ".");
            }
        }
        for (String wrong : List.of("from=0000-01-01&to=2026-11-21", "from=2026-11-20&to=9999-12-31")) {
            for (String path : List.of("/api/v1/usage?", "/api/v1/usage/events?")) {
                HttpResponse<String> refused = send("GET", path + wrong, null, true);
                assertThat(refused.statusCode()).as(path + wrong).isEqualTo(400);
                assertThat(refused.body()).contains("from 1970-01-01 to 9999-12-30");
            }
        }
    }

    /** A call that asks for a token says so, and one that says it takes no more members takes no more. */
    @Test
    void everyCallRefusesWhatItSaysItRefuses() throws Exception {
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                String method = operation.getKey().toUpperCase(Locale.ROOT);
                String url = path.getKey().replaceAll("\\{[a-z]+}", "1");
                boolean open = operation.getValue().path("security").isEmpty();
                assertThat(send(method, url, "{}", false).statusCode())
                        .as(method + " " + url)
                        .isEqualTo(open ? 200 : 401);
                if (operation.getValue().has("requestBody")) {
                    HttpResponse<String> wrong = send(method, url, "{\"no such member\":1}", true);
                    assertThat(wrong.statusCode()).as(method + " " + url).isEqualTo(400);
                    check("Problem", wrong.body());
                }
            }
        }
    }

    private JsonNode call(String method, String template, String path, @Nullable String content, int status)
            throws Exception {
        called.add(method + " " + template);
        JsonNode operation = document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT));
        if (content != null && operation.has("requestBody")) {
            String schema = operation
                    .path("requestBody")
                    .path("content")
                    .path("application/json")
                    .path("schema")
                    .path("$ref")
                    .asText();
            check(schema.substring(schema.lastIndexOf('/') + 1), content);
        }
        HttpResponse<String> response = send(method, path, content, true);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode responses = operation.path("responses");
        JsonNode answer = responses.has(Integer.toString(status))
                ? responses.path(Integer.toString(status))
                : responses.path("default");
        String type = response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
        assertThat(answer.path("content").has(type)).as(answer + " " + type).isTrue();
        String schema =
                answer.path("content").path(type).path("schema").path("$ref").asText();
        if (schema.isEmpty()) {
            return JSON.nullNode();
        }
        List<String> documents =
                type.equals("application/x-ndjson") ? response.body().lines().toList() : List.of(response.body());
        assertThat(documents).isNotEmpty();
        documents.forEach(one -> check(schema.substring(schema.lastIndexOf('/') + 1), one));
        return JSON.readTree(documents.getFirst());
    }

    /** Against the schema of that name; a member that is not described is wrong too. */
    private void check(String name, String json) {
        JsonNode schemas = document.path("components").path("schemas");
        ObjectNode schema = JSON.createObjectNode();
        schema.putObject("components").set("schemas", schemas.deepCopy());
        if (!name.equals("OpenApi")) {
            schema.path("components").path("schemas").forEach(one -> {
                if (one.has("properties") && !one.has("additionalProperties")) {
                    ((ObjectNode) one).put("additionalProperties", false);
                }
            });
        }
        schema.put("$ref", "#/components/schemas/" + name);
        Schema compiled = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema);
        try {
            List<Error> errors = compiled.validate(JSON.readTree(json));
            assertThat(errors).as(name + ": " + json).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(String method, String path, @Nullable String content, boolean token)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.url().resolve(path));
        if (token) {
            request.header("Authorization", "Bearer " + TOKEN);
        }
        if (method.equals("POST")) {
            request.header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(content == null ? "{}" : content));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String run(Path work, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
