package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.admin.FleetStatus.Part;
import dev.freefleet.admin.FleetStatus.State;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdminServerTest {
    private static final String TOKEN = "a-token-of-thirty-two-characters-and-more";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    static Path folder;

    private static DataPlane data;
    private static HttpClient client;

    private final AtomicLong nanos = new AtomicLong(1);
    private final AtomicInteger changes = new AtomicInteger();
    private final SecretsInMemory secrets = new SecretsInMemory();
    private final AtomicReference<State> brain = new AtomicReference<>(State.UP);
    private AdminServer server;

    @BeforeAll
    static void open() {
        data = DataPlane.open(DataConfig.embedded(folder.resolve("postgres")), Clock.systemUTC());
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void close() {
        client.close();
        data.close();
    }

    @BeforeEach
    void start() {
        server = AdminServer.start(
                new AdminServer.Config("127.0.0.1", 0, TOKEN, nanos::get),
                new Accounts(
                        data,
                        key -> "minted-" + key.id(),
                        secrets,
                        Set.of("query", "wisdom"),
                        Set.of("wisdom"),
                        Set.of("default", "gold"),
                        changes::incrementAndGet),
                this::status,
                () -> "some_metric 1\n",
                new NoAnswers());
    }

    private FleetStatus status() {
        State state = brain.get();
        return new FleetStatus(
                "1.2.3",
                Instant.EPOCH,
                URI.create("http://127.0.0.1:8080"),
                List.of(
                        new Part("gateway", state == State.DOWN ? State.DOWN : State.UP, "here"),
                        new Part("brain", state, "there")),
                new LinkedHashMap<>(Map.of("usage.written", 7L)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.url().resolve(path)).header("Authorization", "Bearer " + TOKEN);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return client.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private static String detail(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = json(response);
        assertThat(problem.path("status").asInt()).isEqualTo(response.statusCode());
        return problem.path("detail").asText();
    }

    private String user() throws Exception {
        String name = "user-" + NAMES.incrementAndGet();
        assertThat(post("/api/v1/users", "{\"name\":\"" + name + "\"}").statusCode())
                .isEqualTo(201);
        return name;
    }

    @Test
    void usersAreMadeAndListed() throws Exception {
        HttpResponse<String> made = post("/api/v1/users", "{\"name\":\"ada\",\"email\":\"ada@example.org\"}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(json(made).path("id").isNumber()).isTrue();
        JsonNode users = json(get("/api/v1/users")).path("users");
        assertThat(users)
                .filteredOn(user -> user.path("name").asText().equals("ada"))
                .singleElement()
                .satisfies(user -> {
                    assertThat(user.path("email").asText()).isEqualTo("ada@example.org");
                    assertThat(user.path("disabled_at").isNull()).isTrue();
                    assertThat(Instant.parse(user.path("created_at").asText())).isBefore(Instant.now());
                });

        HttpResponse<String> again = post("/api/v1/users", "{\"name\":\"ada\"}");
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(detail(again)).contains("ada");
    }

    @Test
    void aKeyIsMadeListedShownAndRevoked() throws Exception {
        String user = user();
        HttpResponse<String> made = post("/api/v1/keys", """
                {"user":"%s","name":"laptop","plan":"gold","rate":"60/min burst 5","quotas":["1000/day","9/month"],
                 "scopes":["query"],"expires_at":"2100-01-01T00:00:01Z"}""".formatted(user));
        assertThat(made.statusCode()).isEqualTo(201);
        JsonNode key = json(made);
        long id = key.path("id").asLong();
        assertThat(key.path("key").asText()).isEqualTo("minted-" + id);
        assertThat(changes).hasValue(1);

        JsonNode shown = json(get("/api/v1/keys/" + id));
        assertThat(shown.has("key")).isFalse();
        assertThat(shown.path("user").asText()).isEqualTo(user);
        assertThat(shown.path("name").asText()).isEqualTo("laptop");
        assertThat(shown.path("plan").asText()).isEqualTo("gold");
        assertThat(shown.path("rate").asText()).isEqualTo("60/min burst 5");
        assertThat(shown.path("quotas").toString()).isEqualTo("[\"1000/day\",\"9/month\"]");
        assertThat(shown.path("scopes").toString()).isEqualTo("[\"query\"]");
        assertThat(shown.path("expires_at").asText()).isEqualTo("2100-01-01T00:01:00Z");
        assertThat(shown.path("revoked_at").isNull()).isTrue();
        assertThat(json(get("/api/v1/keys?user=" + user)).path("keys").toString())
                .isEqualTo("[" + shown + "]");

        HttpResponse<String> revoked = post("/api/v1/keys/" + id + "/revoke", "{}");
        assertThat(revoked.statusCode()).isEqualTo(200);
        assertThat(json(revoked).path("revoked_at").isTextual()).isTrue();
        assertThat(changes).hasValue(2);
    }

    @Test
    void whatIsWrongWithAKeyIsToldInASentence() throws Exception {
        String user = user();
        assertRefused("{\"user\":\"nobody\",\"name\":\"x\"}", 404, "There is no user named \"nobody\"");
        assertRefused(order(user, "\"rate\":\"60/mn\""), 400, "\"60/mn\" is not a rate; write e.g.");
        assertRefused(order(user, "\"quotas\":[\"5/week\"]"), 400, "\"5/week\" is not a quota");
        assertRefused(order(user, "\"quotas\":[\"5/day\",\"6/day\"]"), 400, "at most one quota");
        assertRefused(
                order(user, "\"scopes\":[\"querry\"]"), 400, "no route named \"querry\"; there are query, wisdom.");
        assertRefused(order(user, "\"plan\":\"silver\""), 400, "no plan named \"silver\"; there are default, gold.");
        assertRefused(order(user, "\"expires_at\":\"tomorrow\""), 400, "is not a time");
        assertRefused(order(user, "\"expires_at\":\"2001-01-01T00:00:00Z\""), 400, "future");
        assertRefused(order(user, "\"expires_at\":\"+999999-01-01T00:00:00Z\""), 400, "cannot end later");
        assertRefused(order(user, "\"colour\":\"red\""), 400, "There is no member colour here");
        assertRefused("{\"user\":\"" + user + "\"}", 400, "\"name\" is missing");
        assertRefused(order(user, "\"rate\":60"), 400, "\"rate\" must be a text");
        assertRefused(order(user, "\"scopes\":\"query\""), 400, "\"scopes\" must be an array of texts");
        assertRefused("{\"user\":\"a\",\"user\":\"b\",\"name\":\"x\"}", 400, "not a JSON object");
        assertRefused("[]", 400, "not a JSON object");
        assertRefused("{\"user\":\"a\"} {}", 400, "not a JSON object");
        assertRefused("", 400, "not a JSON object");
        assertThat(json(get("/api/v1/keys?user=" + user)).path("keys")).isEmpty();
    }

    private static String order(String user, String member) {
        return "{\"user\":\"" + user + "\",\"name\":\"x\"," + member + "}";
    }

    private void assertRefused(String json, int status, String sentence) throws Exception {
        HttpResponse<String> response = post("/api/v1/keys", json);
        assertThat(detail(response)).contains(sentence);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    void aKeyThatIsNotThereIs404AndANameIsNoId() throws Exception {
        assertThat(get("/api/v1/keys/4711").statusCode()).isEqualTo(404);
        assertThat(post("/api/v1/keys/4711/revoke", "{}").statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/keys/laptop").statusCode()).isEqualTo(400);
        assertThat(get("/api/v1/keys/99999999999999999999").statusCode()).isEqualTo(400);
        assertThat(detail(get("/api/v2/keys"))).contains("docs/admin-api.md");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void aMethodThatACallDoesNotTakeIs405WithThoseThatItTakes() throws Exception {
        assertNotAllowed("PUT", "/api/v1/users", "GET, POST");
        assertNotAllowed("DELETE", "/api/v1/keys/4711", "GET, POST");
        assertNotAllowed("DELETE", "/api/v1/keys/4711/rotate", "POST");
        assertNotAllowed("GET", "/api/v1/users/forget", "POST");
        assertNotAllowed("PATCH", "/api/v1/audit?limit=3", "GET");
        assertNotAllowed("POST", "/health", "GET");
        assertThat(send("PUT", "/api/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(send("PUT", "/api/v1/keys/4711/nothing").statusCode()).isEqualTo(404);
        HttpResponse<String> stranger = client.send(
                HttpRequest.newBuilder(server.url().resolve("/api/v1/users"))
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.headers().firstValue("Allow")).isEmpty();
    }

    private void assertNotAllowed(String method, String path, String allowed) throws Exception {
        HttpResponse<String> refused = send(method, path);
        assertThat(refused.statusCode()).as(method + " " + path).isEqualTo(405);
        assertThat(refused.headers().firstValue("Allow")).hasValue(allowed);
        assertThat(detail(refused)).contains(allowed);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return client.send(
                request(path)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void contentIsCappedAndMustBeJson() throws Exception {
        String tooLong = "{\"name\":\"" + "x".repeat(Body.MAX_BYTES) + "\"}";
        assertThat(post("/api/v1/users", tooLong).statusCode()).isEqualTo(413);
        HttpResponse<String> form = client.send(
                request("/api/v1/users")
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"forged\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(form.statusCode()).isEqualTo(415);
        String deep = "{\"name\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";
        assertThat(post("/api/v1/users", deep).statusCode()).isEqualTo(400);
    }

    @Test
    void theApiWantsTheTokenAndNothingElseDoes() throws Exception {
        for (String wrong : List.of("Bearer " + TOKEN + "x", "Bearer ", "Basic " + TOKEN, TOKEN)) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(server.url().resolve("/api/v1/users"))
                            .header("Authorization", wrong)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"fleet admin\"");
            assertThat(response.body()).doesNotContain(TOKEN);
        }
        for (String open : List.of("/health", "/metrics")) {
            assertThat(client.send(
                                    HttpRequest.newBuilder(server.url().resolve(open))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void tokenGuessingIsLimitedAndTheLimitPasses() throws Exception {
        HttpRequest guess = HttpRequest.newBuilder(server.url().resolve("/api/v1/status"))
                .header("Authorization", "Bearer guess")
                .build();
        int guesses = 0;
        while (client.send(guess, HttpResponse.BodyHandlers.ofString()).statusCode() == 401) {
            guesses++;
        }
        assertThat(guesses).isEqualTo(Gatekeeper.WRONG_TOKENS.requests());
        HttpResponse<String> last = client.send(guess, HttpResponse.BodyHandlers.ofString());
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.headers().firstValue("Retry-After")).hasValue("2");
        // Whoever has the token is not locked out by those who guess.
        assertThat(get("/api/v1/status").statusCode()).isEqualTo(200);
        nanos.addAndGet(2_000_000_000L);
        assertThat(client.send(guess, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void dnsRebindingIsRefused() throws Exception {
        assertThat(raw("evil.example")).startsWith("HTTP/1.1 421");
        assertThat(raw("evil.example:" + server.url().getPort())).startsWith("HTTP/1.1 421");
        assertThat(raw("127.0.0.1.evil.example")).startsWith("HTTP/1.1 421");
        assertThat(raw("localhost:" + server.url().getPort())).startsWith("HTTP/1.1 200");
        assertThat(raw("127.0.0.1")).startsWith("HTTP/1.1 200");
        assertThat(raw("[::1]:8090")).startsWith("HTTP/1.1 200");
    }

    /** The status line that a request with this Host is answered with. */
    private String raw(String host) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.url().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void crossOriginPagesAreNotInvited() throws Exception {
        HttpResponse<String> preflight = client.send(
                request("/api/v1/users")
                        .header("Origin", "https://evil.example")
                        .header("Access-Control-Request-Method", "POST")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(preflight.statusCode()).isEqualTo(405);
    }

    @Test
    void healthTellsTheWorst() throws Exception {
        assertThat(json(get("/health")).path("status").asText()).isEqualTo("up");
        brain.set(State.DEGRADED);
        assertThat(json(get("/health")).path("status").asText()).isEqualTo("degraded");
        brain.set(State.DOWN);
        HttpResponse<String> down = get("/health");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(json(down).path("parts").get(1).toString())
                .isEqualTo("{\"name\":\"brain\",\"status\":\"down\",\"detail\":\"there\"}");
    }

    @Test
    void statusTellsVersionAddressesAndFigures() throws Exception {
        JsonNode status = json(get("/api/v1/status"));
        assertThat(status.path("version").asText()).isEqualTo("1.2.3");
        assertThat(status.path("started_at").asText()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(status.path("gateway").asText()).isEqualTo("http://127.0.0.1:8080");
        assertThat(status.path("figures").path("usage.written").asLong()).isEqualTo(7);
    }

    @Test
    void metricsAreInPrometheusText() throws Exception {
        HttpResponse<String> metrics = get("/metrics");
        assertThat(metrics.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body()).isEqualTo("some_metric 1\n");
    }

    @Test
    void aTakenPortIsASentence() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            AdminServer.Config config = new AdminServer.Config("127.0.0.1", taken.getLocalPort(), TOKEN, nanos::get);
            Accounts accounts = new Accounts(data, key -> "", secrets, Set.of(), Set.of(), Set.of(), () -> {});
            assertThatThrownBy(() -> AdminServer.start(config, accounts, this::status, () -> "", new NoAnswers()))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("--admin-port");
        }
    }

    @Test
    void aWeakTokenIsRefusedAndAStrongOneNotShown() {
        assertThatThrownBy(() -> new AdminServer.Config("127.0.0.1", 0, "short", nanos::get))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new AdminServer.Config("127.0.0.1", 0, TOKEN, nanos::get).toString())
                .doesNotContain(TOKEN);
    }
}
