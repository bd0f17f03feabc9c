package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.data.UsageIngest;
import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.archive.FolderArchive;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that means something to SQL, to a browser or to a spreadsheet goes in and comes out as it is, and as JSON. */
@Timeout(60)
class HostileTextTest {
    private static final String TOKEN = "a-token-of-thirty-two-characters-and-more";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static HttpClient client;
    private static DataPlane data;
    private static Database database;
    private static Rollups rollups;
    private static AdminServer server;

    @BeforeAll
    static void start() {
        client = HttpClient.newHttpClient();
        data = DataPlane.open(DataConfig.embedded(folder.resolve("postgres")), Clock.systemUTC());
        database = data.pool("records", 2);
        rollups = new Rollups(database, Clock.systemUTC());
        Archives archives = new Archives(
                database,
                rollups,
                new FolderArchive(folder.resolve("archive")),
                folder.resolve("work"),
                Clock.systemUTC());
        Accounts accounts =
                new Accounts(data, key -> "", new SecretsInMemory(), Set.of(), Set.of(), Set.of("default"), () -> {});
        server = AdminServer.start(
                new AdminServer.Config("127.0.0.1", 0, TOKEN, System::nanoTime),
                accounts,
                () -> new FleetStatus("1", Instant.EPOCH, URI.create("http://x"), List.of(), new LinkedHashMap<>()),
                () -> "",
                new NoAnswers(),
                new UsageApi(new UsageBook(rollups, archives), accounts));
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
        data.close();
        client.close();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = client.send(
                request.header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/");
        return response;
    }

    private static void roundTrip(String text) throws Exception {
        ObjectNode order = JSON.createObjectNode().put("name", text);
        HttpResponse<String> made = send(HttpRequest.newBuilder(server.url().resolve("/api/v1/users"))
                .POST(HttpRequest.BodyPublishers.ofString(order.toString())));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonNode users = JSON.readTree(send(HttpRequest.newBuilder(server.url().resolve("/api/v1/users")))
                        .body())
                .path("users");
        assertThat(users.findValuesAsText("name")).contains(text);
        assertThat(data.users().find(text)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "</script><svg/onload=alert(1)>",
                "{{7*7}} ${7*7} <%= 7*7 %>",
                "javascript:alert(1)//&lt;"
            })
    void htmlInTextStaysText(String text) throws Exception {
        roundTrip(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "=HYPERLINK(\"http://x\",\"y\")"})
    void csvFormulasStayText(String text) throws Exception {
        roundTrip(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'; drop table users; --", "x' or '1'='1", "$$; select pg_sleep(9); $$", ":name ? \\'", "%s%n"})
    void sqlInANameStaysText(String text) throws Exception {
        roundTrip(text);
    }

    private static UsageEvent asked(String text, Instant time) {
        return new UsageEvent(
                UUID.randomUUID().toString(),
                time.toEpochMilli(),
                7,
                3,
                "query",
                "POST",
                200,
                CacheOutcome.MISS,
                1,
                1,
                1,
                1,
                UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", ""),
                text,
                "edge-1");
    }

    private static HttpResponse<String> usage(String rest) throws Exception {
        HttpResponse<String> response = send(HttpRequest.newBuilder(server.url().resolve("/api/v1/usage" + rest)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response;
    }

    @Test
    void questionsStayText() throws Exception {
        List<String> texts = List.of(
                "<script>alert(1)</script>",
                "</script><svg/onload=alert(1)>",
                "'; drop table usage_logs; --",
                "x' union select key from api_keys --",
                "=HYPERLINK(\"http://x\",\"y\")",
                "\"}],\"events\":[{\"query_text\":\"forged",
                "a\r\nSet-Cookie: a=b\u2028\u0007");
        Instant time = Instant.parse("2026-11-23T12:00:00Z");
        IngestConfig unhurried = new IngestConfig(1_024, 1 << 20, 100, Duration.ofMillis(10), Duration.ofMinutes(1));
        // Closing waits for what is left to be written.
        try (UsageIngest ingest = data.ingest(unhurried)) {
            for (String text : texts) {
                assertThat(ingest.offer(asked(text, time))).isTrue();
            }
        }
        rollups.aggregate(LocalDate.parse("2026-11-23"));
        String day = "from=2026-11-23&to=2026-11-23";

        HttpResponse<String> events = usage("/events?" + day);
        assertThat(events.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(JSON.readTree(events.body()).path("events").findValuesAsText("query_text"))
                .containsExactlyInAnyOrderElementsOf(texts);
        HttpResponse<String> queries = usage("/queries?" + day);
        assertThat(queries.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(JSON.readTree(queries.body()).path("queries").findValuesAsText("text"))
                .containsExactlyInAnyOrderElementsOf(texts);
        HttpResponse<String> export = usage("/export?" + day);
        assertThat(export.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        List<String> lines = export.body().lines().toList();
        assertThat(lines).hasSize(texts.size() + 1);
        for (String line : lines.subList(0, texts.size())) {
            assertThat(JSON.readTree(line).path("query_text").asText()).isIn(texts);
        }
        for (String text : texts) {
            String route = URLEncoder.encode(text, StandardCharsets.UTF_8);
            assertThat(JSON.readTree(usage("/events?" + day + "&route=" + route).body())
                            .path("events"))
                    .isEmpty();
        }
    }
}
