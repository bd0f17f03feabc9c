package dev.freefleet.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.admin.FleetStatus.Part;
import dev.freefleet.admin.FleetStatus.State;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No answer of the admin port, whoever of its layers gives it, is a page that a browser would run or keep. */
@Timeout(60)
class AnswerHeadersTest {
    private static final String TOKEN = "a-token-of-thirty-two-characters-and-more";

    @TempDir
    static Path folder;

    private static final AtomicReference<State> BRAIN = new AtomicReference<>(State.UP);
    private static DataPlane data;
    private static AdminServer server;

    @BeforeAll
    static void start() {
        data = DataPlane.open(DataConfig.embedded(folder.resolve("postgres")), Clock.systemUTC());
        server = AdminServer.start(
                // Its clock stands: wrong tokens are never allowed again.
                new AdminServer.Config("127.0.0.1", 0, TOKEN, () -> 1),
                new Accounts(data, key -> "", new SecretsInMemory(), Set.of(), Set.of(), Set.of("default"), () -> {}),
                AnswerHeadersTest::status,
                () -> "some_metric 1\n",
                new NoAnswers());
    }

    private static FleetStatus status() {
        State state = BRAIN.get();
        if (state == State.DEGRADED) {
            throw new IllegalStateException("it cannot be told");
        }
        return new FleetStatus(
                "1",
                Instant.EPOCH,
                URI.create("http://x"),
                List.of(new Part("brain", state, "there")),
                new LinkedHashMap<>());
    }

    @BeforeEach
    void up() {
        BRAIN.set(State.UP);
    }

    @AfterAll
    static void stop() {
        server.close();
        data.close();
    }

    private static String head(String method, String path, String... fields) {
        return method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\nConnection: close\r\n\r\n";
    }

    private static String authorized(String method, String path, String content) {
        return head(
                        method,
                        path,
                        "Host: localhost",
                        "Authorization: Bearer " + TOKEN,
                        "Content-Type: application/json",
                        "Content-Length: " + content.length())
                + content;
    }

    /** The head of the answer to these bytes, in small letters. */
    private static String answer(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.url().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = socket.getInputStream().read();
                assertThat(b).as("the next byte after " + head).isNotNegative();
                head.append((char) b);
            }
            return head.toString().toLowerCase(Locale.ROOT);
        }
    }

    private static void assertHarmless(int status, String request) throws IOException {
        assertThat(answer(request))
                .startsWith("http/1.1 " + status + " ")
                .containsOnlyOnce("\r\nx-content-type-options: nosniff\r\n")
                .containsOnlyOnce("\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'\r\n")
                .containsOnlyOnce("\r\ncache-control: no-store\r\n");
    }

    @Test
    void answers() throws Exception {
        assertHarmless(200, head("GET", "/health", "Host: localhost"));
        assertHarmless(200, head("GET", "/metrics", "Host: localhost"));
        assertHarmless(200, head("GET", "/openapi.json", "Host: localhost"));
        assertHarmless(200, authorized("GET", "/api/v1/users", ""));
        assertHarmless(201, authorized("POST", "/api/v1/users", "{\"name\":\"ada\"}"));
    }

    @Test
    void refusals() throws Exception {
        assertHarmless(400, authorized("POST", "/api/v1/users", "<script>alert(1)</script>"));
        assertHarmless(404, head("GET", "/nothing", "Host: localhost"));
        assertHarmless(404, authorized("GET", "/api/v1/keys/4711", ""));
        assertHarmless(405, authorized("DELETE", "/health", ""));
        assertHarmless(409, repeated(authorized("POST", "/api/v1/users", "{\"name\":\"twice\"}")));
        assertHarmless(413, authorized("POST", "/api/v1/users", " ".repeat(Body.MAX_BYTES + 1)));
        assertHarmless(
                415,
                head("POST", "/api/v1/users", "Host: localhost", "Authorization: Bearer " + TOKEN, "Content-Length: 2")
                        + "{}");
    }

    private static String repeated(String request) throws IOException {
        assertHarmless(201, request);
        return request;
    }

    @Test
    void refusalsOfOtherHosts() throws Exception {
        assertHarmless(421, head("GET", "/health", "Host: evil.example"));
        assertHarmless(421, head("GET", "/api/v1/users", "Host: evil.example", "Authorization: Bearer " + TOKEN));
    }

    @Test
    void refusalsOfWrongTokens() throws Exception {
        String guess = head("GET", "/api/v1/users", "Host: localhost", "Authorization: Bearer guess");
        for (int i = 0; i < Gatekeeper.WRONG_TOKENS.requests(); i++) {
            assertHarmless(401, guess);
        }
        assertHarmless(429, guess);
    }

    @Test
    void failures() throws Exception {
        BRAIN.set(State.DOWN);
        assertHarmless(503, head("GET", "/health", "Host: localhost"));
        BRAIN.set(State.DEGRADED);
        assertHarmless(500, authorized("GET", "/api/v1/status", ""));
    }

    /** What is refused before any of the fleet's own code sees it. */
    @Test
    void refusalsOfBrokenHttp() throws Exception {
        assertHarmless(400, "GET\r\n\r\n");
        assertHarmless(400, head("GET", "/<script>alert(1)</script>", "Host: localhost"));
        assertHarmless(400, head("GET", "/health", "Host: localhost", "no field"));
        assertHarmless(413, head("POST", "/api/v1/users", "Host: localhost", "Content-Length: 999999999999"));
    }
}
