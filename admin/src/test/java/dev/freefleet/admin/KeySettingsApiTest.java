package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The calls that change, rotate and import keys, and rotate the secrets that sign them. */
@Timeout(120)
class KeySettingsApiTest {
    private static final String TOKEN = "a-token-of-thirty-two-characters-and-more";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final AtomicInteger changes = new AtomicInteger();
    private final SecretsInMemory secrets = new SecretsInMemory();
    private final HttpClient client = HttpClient.newHttpClient();
    private DataPlane data;
    private AdminServer server;

    @BeforeEach
    void start() {
        data = DataPlane.open(DataConfig.embedded(folder.resolve("postgres")), Clock.systemUTC());
        data.users().create("ada", null);
        server = AdminServer.start(
                new AdminServer.Config("127.0.0.1", 0, TOKEN, System::nanoTime),
                new Accounts(
                        data,
                        key -> "minted-" + key.id() + "-" + key.secretVersion(),
                        secrets,
                        Set.of("query"),
                        Set.of(),
                        Set.of("default", "gold"),
                        changes::incrementAndGet),
                () -> new FleetStatus(
                        "1", Instant.EPOCH, URI.create("http://127.0.0.1:1"), List.of(), new LinkedHashMap<>()),
                () -> "",
                new NoAnswers());
    }

    @AfterEach
    void stop() {
        server.close();
        data.close();
        client.close();
    }

    private JsonNode post(int status, String path, String json) throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(server.url().resolve("/api/v1/" + path))
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private long create() throws Exception {
        return post(201, "keys", "{\"user\":\"ada\",\"name\":\"k\",\"max_concurrent\":3,\"addresses\":[\"::/0\"]}")
                .path("id")
                .asLong();
    }

    @Test
    void membersThatStandInItChangeAndOthersStay() throws Exception {
        long id = create();
        JsonNode key = post(200, "keys/" + id, "{\"plan\":\"gold\",\"rate\":\"5/s\",\"max_concurrent\":null}");
        assertThat(key.path("plan").asText()).isEqualTo("gold");
        assertThat(key.path("rate").asText()).isEqualTo("5/s");
        assertThat(key.path("max_concurrent").isNull()).isTrue();
        assertThat(key.path("addresses").toString()).isEqualTo("[\"::/0\"]");
        assertThat(changes).hasValue(2);
        for (String wrong : List.of(
                "{\"user\":\"ada\"}",
                "{\"plan\":\"silver\"}",
                "{\"max_concurrent\":0}",
                "{\"max_concurrent\":1.5}",
                "{\"max_concurrent\":\"3\"}",
                "{\"addresses\":[\"10.0.0.1/8\"]}",
                "{\"name\":null}",
                "[]")) {
            post(400, "keys/" + id, wrong);
        }
        post(404, "keys/4711", "{\"plan\":\"gold\"}");
    }

    @Test
    void aRotationIsMintedUnderTheNewestSecret() throws Exception {
        long id = create();
        assertThat(post(201, "secrets/rotate", "{}").path("secrets").toString())
                .isEqualTo(
                        "[{\"version\":1,\"current\":false,\"keys\":1},{\"version\":2,\"current\":true,\"keys\":0}]");
        JsonNode next = post(201, "keys/" + id + "/rotate", "{\"grace_seconds\":60}");
        assertThat(next.path("key").asText())
                .endsWith("-2")
                .contains(next.path("id").asText());
        assertThat(next.path("max_concurrent").asInt()).isEqualTo(3);
        post(409, "keys/" + id + "/rotate", "{}");
        for (String wrong : List.of("{\"grace_seconds\":-1}", "{\"grace_seconds\":31536001}", "{\"grace\":1}")) {
            post(400, "keys/" + next.path("id").asText() + "/rotate", wrong);
        }

        assertThat(post(409, "secrets/1/retire", "{}").path("detail").asText()).startsWith("1 live keys are signed");
        post(409, "secrets/2/retire", "{\"force\":true}");
        post(400, "secrets/one/retire", "{}");
        assertThat(post(200, "secrets/1/retire", "{\"force\":true}").path("secrets"))
                .hasSize(1);
    }

    @Test
    void anImportIsAllOrNothingAndSaysWhatIsWrongWithWhich() throws Exception {
        String digest = "0123456789abcdef".repeat(4);
        String fine = "{\"user\":\"ada\",\"name\":\"a\",\"sha256\":\"" + digest + "\"}";
        String again = fine.replace("\"a\"", "\"b\"");
        JsonNode wrong = post(400, "keys/import", "{\"keys\":[" + fine + "," + again + "]}");
        assertThat(wrong.path("problems").toString())
                .isEqualTo("[{\"index\":1,\"detail\":\"This key was imported already, further up.\"}]");
        assertThat(wrong.toString()).doesNotContain(digest);
        post(400, "keys/import", "{\"keys\":[{\"user\":\"ada\",\"name\":\"a\",\"sha256\":\"00\"}]}");
        JsonNode both = post(
                400,
                "keys/import",
                "{\"keys\":[" + fine.replace("ada", "bob") + "," + fine.replace("}", ",\"plan\":\"x\"}") + "]}");
        assertThat(both.path("problems").findValuesAsText("index")).containsExactly("0", "1");
        post(400, "keys/import", "{\"keys\":[1]}");
        post(400, "keys/import", "{}");
        assertThat(data.keys().list()).isEmpty();

        assertThat(post(200, "keys/import", "{\"dry_run\":true,\"keys\":[" + fine + "]}")
                        .path("keys")
                        .asInt())
                .isEqualTo(1);
        assertThat(data.keys().list()).isEmpty();
        assertThat(changes).hasValue(0);
        post(201, "keys/import", "{\"keys\":[" + fine + "]}");
        assertThat(changes).hasValue(1);
        assertThat(data.keys().book().imported()).containsOnlyKeys(digest);
    }

    /** What is stored as a name is shown by lists, in the audit log and in figures. */
    @Test
    void anImportWithKeysForNamesIsRefusedAndNothingOfThemIsShown() throws Exception {
        String key = "correct horse battery staple";
        String looksLikeOne = "9f8a7c6b5d4e3f2a1b0c";
        String line = "{\"user\":\"%s\",\"name\":\"%s\",\"sha256\":\"%s\"}";
        String digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        String other = "ab".repeat(32);
        JsonNode wrong = post(
                400,
                "keys/import",
                "{\"make_users\":true,\"keys\":["
                        + String.join(
                                ",",
                                line.formatted("ada", "a", digest.toUpperCase(Locale.ROOT)),
                                line.formatted("ada", key, other),
                                line.formatted(key, "b", other),
                                line.formatted("ada", looksLikeOne, other),
                                line.formatted("sff_1", "c", other))
                        + "]}");
        assertThat(wrong.path("problems").findValuesAsText("index")).containsExactly("1", "2", "3", "4");
        assertThat(wrong.toString())
                .doesNotContain(key, looksLikeOne)
                .contains("There is a key in \\\"user\\\"")
                .contains("names_like_keys");
        String likeOne = line.formatted("ada", looksLikeOne, other);
        post(201, "keys/import", "{\"names_like_keys\":true,\"keys\":[" + likeOne + "]}");
        post(400, "keys/import", "{\"names_like_keys\":true,\"keys\":[" + line.formatted("ada", key, digest) + "]}");
        assertThat(data.keys().list())
                .singleElement()
                .matches(made -> made.name().equals(looksLikeOne));
    }

    @Test
    void usersAreDisabledAndEnabled() throws Exception {
        assertThat(post(200, "users/disable", "{\"name\":\"ada\"}")
                        .path("disabled_at")
                        .isTextual())
                .isTrue();
        post(409, "keys", "{\"user\":\"ada\",\"name\":\"k\"}");
        assertThat(post(200, "users/enable", "{\"name\":\"ada\"}")
                        .path("disabled_at")
                        .isNull())
                .isTrue();
        post(404, "users/disable", "{\"name\":\"bob\"}");
        assertThat(changes).hasValue(2);
    }
}
