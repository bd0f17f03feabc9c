package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
    private static AdminServer server;

    @BeforeAll
    static void start() {
        client = HttpClient.newHttpClient();
        data = DataPlane.open(DataConfig.embedded(folder.resolve("postgres")), Clock.systemUTC());
        server = AdminServer.start(
                new AdminServer.Config("127.0.0.1", 0, TOKEN, System::nanoTime),
                new Accounts(data, key -> "", new SecretsInMemory(), Set.of(), Set.of(), Set.of("default"), () -> {}),
                () -> new FleetStatus("1", Instant.EPOCH, URI.create("http://x"), List.of(), new LinkedHashMap<>()),
                () -> "",
                new NoAnswers());
    }

    @AfterAll
    static void stop() {
        server.close();
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
}
