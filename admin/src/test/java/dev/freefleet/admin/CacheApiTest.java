package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataPlane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/v1/cache} over a socket. */
@Timeout(120)
class CacheApiTest {
    private static final String TOKEN = "a-token-of-thirty-two-characters-and-more";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static DataPlane data;
    private static HttpClient client;

    private final Answers answers = new Answers();
    private AdminServer server;

    /** A few answers in a list, removed by what the API says. */
    private static final class Answers implements AnswerCache {
        final List<Answer> held = new ArrayList<>();
        boolean fails;

        void add(String route, int number, String tag) {
            held.add(new Answer(
                    route + ":" + number,
                    route,
                    200,
                    "memory",
                    Instant.EPOCH,
                    7,
                    53,
                    1_024,
                    "application/json",
                    "monday",
                    List.of(tag),
                    ""));
        }

        private static boolean matches(
                Answer answer, @Nullable String route, @Nullable String tag, @Nullable String key) {
            return (route == null || route.equals(answer.route()))
                    && (tag == null || answer.tags().contains(tag))
                    && (key == null || key.equals(answer.key()));
        }

        @Override
        public long purge(@Nullable String route, @Nullable String tag, @Nullable String key) {
            if (fails) {
                throw new AdminException("The disk failed; delete the folder.");
            }
            int before = held.size();
            held.removeIf(answer -> matches(answer, route, tag, key));
            return (long) before - held.size();
        }

        @Override
        public List<Answer> list(@Nullable String route, @Nullable String tag, @Nullable String key, int limit) {
            return held.stream()
                    .filter(answer -> matches(answer, route, tag, key))
                    .limit(limit)
                    .toList();
        }

        @Override
        public Figures figures() {
            return new Figures(
                    new LinkedHashMap<>(Map.of("hit", 3L)),
                    new LinkedHashMap<>(Map.of("keys", (long) held.size())),
                    new LinkedHashMap<>(Map.of("on", 1L)));
        }
    }

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
        for (int i = 0; i < 30; i++) {
            answers.add(i % 3 == 0 ? "wisdom" : "query", i, "doc-" + i % 2);
        }
        server = AdminServer.start(
                new AdminServer.Config("127.0.0.1", 0, TOKEN, System::nanoTime),
                new Accounts(
                        data,
                        key -> "",
                        new SecretsInMemory(),
                        Set.of("query", "wisdom"),
                        Set.of("wisdom"),
                        Set.of("default"),
                        () -> {}),
                () -> new FleetStatus("1", Instant.EPOCH, URI.create("http://x"), List.of(), new LinkedHashMap<>()),
                () -> "",
                answers);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The hourly sweep goes on with usage, and knows nothing of the cache. */
    @Test
    void whoIsForgottenLosesTheirAnswersThoughAnArchiveCannotBeReached() throws Exception {
        long ada = data.users().create("ada", null).id();
        data.forgetting().also((user, dry) -> {
            if (user == ada) {
                throw new DataException(DataException.Kind.UNAVAILABLE, "The archive cannot be used.");
            }
            return List.of();
        });
        HttpResponse<String> response = send("/api/v1/users/forget", "{\"name\":\"ada\"}");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("all their keys are gone");
        assertThat(answers.held).hasSize(20).noneMatch(answer -> answer.route().equals("wisdom"));
    }

    private HttpResponse<String> send(String path, @Nullable String json) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.url().resolve(path)).header("Authorization", "Bearer " + TOKEN);
        if (json != null) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode ok(String path, @Nullable String json) throws Exception {
        HttpResponse<String> response = send(path, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    @Test
    void aPurgeTakesWhatIsNamedAndSaysHowMuch() throws Exception {
        assertThat(ok("/api/v1/cache/purge", "{\"tag\":\"doc-1\"}")
                        .path("removed")
                        .asInt())
                .isEqualTo(15);
        assertThat(ok("/api/v1/cache/purge", "{\"key\":\"query:2\"}")
                        .path("removed")
                        .asInt())
                .isEqualTo(1);
        assertThat(ok("/api/v1/cache/purge", "{\"route\":\"wisdom\"}")
                        .path("removed")
                        .asInt())
                .isEqualTo(5);
        assertThat(ok("/api/v1/cache/purge", "{\"all\":true,\"tag\":null}")
                        .path("removed")
                        .asInt())
                .isEqualTo(9);
        assertThat(answers.held).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"all\":false}",
                "{\"all\":true,\"tag\":\"doc-1\"}",
                "{\"route\":\"query\",\"key\":\"query:2\"}",
                "{\"all\":\"yes\"}",
                "{\"tag\":\"\"}",
                "{\"tag\":7}",
                "{\"everything\":true}",
                "{\"route\":\"no-such-route\"}",
                "[]"
            })
    void aPurgeThatDoesNotSayWhatRemovesNothing(String json) throws Exception {
        assertThat(send("/api/v1/cache/purge", json).statusCode()).isEqualTo(400);
        assertThat(answers.held).hasSize(30);
    }

    @Test
    void aPurgeThatCannotBePromisedIsAnError() throws Exception {
        answers.fails = true;
        HttpResponse<String> response = send("/api/v1/cache/purge", "{\"all\":true}");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("delete the folder");
    }

    @Test
    void answersAreListedWithinBounds() throws Exception {
        assertThat(ok("/api/v1/cache/answers", null).path("answers")).hasSize(20);
        assertThat(ok("/api/v1/cache/answers?limit=1000", null).path("answers")).hasSize(30);
        assertThat(ok("/api/v1/cache/answers?route=wisdom&tag=doc-1", null).path("answers"))
                .hasSize(5);
        for (String limit : List.of("0", "1001", "-1", "x", "99999999999")) {
            assertThat(send("/api/v1/cache/answers?limit=" + limit, null).statusCode())
                    .isEqualTo(400);
        }
        assertThat(send("/api/v1/cache/answers?route=nowhere", null).statusCode())
                .isEqualTo(400);
    }

    @Test
    void anAnswerTellsHowItIs() throws Exception {
        JsonNode answer =
                ok("/api/v1/cache/answers/query%3A2", null).path("answers").path(0);
        assertThat(answer.path("key").asText()).isEqualTo("query:2");
        assertThat(answer.path("age").asInt()).isEqualTo(7);
        assertThat(answer.path("ttl").asInt()).isEqualTo(53);
        assertThat(answer.path("fresh").asBoolean()).isTrue();
        assertThat(answer.path("tags").path(0).asText()).isEqualTo("doc-0");
        assertThat(answer.path("index_version").asText()).isEqualTo("monday");
        assertThat(send("/api/v1/cache/answers/query%3A999", null).statusCode()).isEqualTo(404);
    }

    @Test
    void figuresAreToldByTier() throws Exception {
        JsonNode figures = ok("/api/v1/cache", null);
        assertThat(figures.path("requests").path("hit").asInt()).isEqualTo(3);
        assertThat(figures.path("memory").path("keys").asInt()).isEqualTo(30);
        assertThat(figures.path("disk").path("on").asInt()).isEqualTo(1);
    }

    @Test
    void nobodyPurgesWithoutTheToken() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.url().resolve("/api/v1/cache/purge"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"all\":true}"))
                .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
        assertThat(answers.held).hasSize(30);
    }
}
