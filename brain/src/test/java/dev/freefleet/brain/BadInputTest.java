package dev.freefleet.brain;

import static dev.freefleet.brain.BrainFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call refuses what it does not understand, in the contract's form, and goes on answering. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {

    private static final int BODY_CAP = 20_000;

    private BrainFixture fixture;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        fixture = new BrainFixture(temporary, config -> config.withBodyBytes(BODY_CAP)).withManual();
    }

    @AfterAll
    void stop() {
        fixture.close();
    }

    @AfterEach
    void goesOnAnswering() {
        assertThat(fixture.get("/query?q=limescale").statusCode()).isEqualTo(200);
    }

    private static void refused(HttpResponse<String> response, int status, String error) {
        JsonNode body = json(response);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(body.get("success").booleanValue()).isFalse();
        assertThat(body.get("error").textValue()).contains(error);
        assertThat(Instant.parse(body.get("timestamp").textValue())).isEqualTo(BrainFixture.NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/query", "/query/smart", "/entities", "/insights", "/wisdom"})
    void refusesWhatIsNotAJsonObject(String path) {
        refused(fixture.post(path, ""), 400, "JSON");
        refused(fixture.post(path, "{\"query\": "), 400, "not valid JSON");
        refused(fixture.post(path, "[]"), 400, "must be a JSON object");
        refused(fixture.post(path, "{} {}"), 400, "not valid JSON");
        refused(fixture.post(path, "{\"query\": \"a\", \"query\": \"b\"}"), 400, "not valid JSON");
        refused(fixture.post(path, "{\"query\": " + "[".repeat(100) + "]".repeat(100) + "}"), 400, "not valid JSON");
        byte[] notUtf8 = "{\"query\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        refused(
                fixture.send(fixture.request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(notUtf8))),
                400,
                "not valid JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/query|{}|query is missing",
                "/query|{\"query\": null}|query is missing",
                "/query|{\"query\": \"  \"}|query is missing",
                "/query|{\"query\": 7}|query must be a string",
                "/query|{\"query\": \"a\", \"context\": []}|context must be a string",
                "/query|{\"query\": \"a\", \"limit\": 0}|limit must be a whole number from 1 to 50",
                "/query|{\"query\": \"a\", \"limit\": 51}|limit must be",
                "/query|{\"query\": \"a\", \"limit\": 2.5}|limit must be",
                "/query|{\"query\": \"a\", \"limit\": \"2\"}|limit must be",
                "/query|{\"query\": \"a\", \"limit\": 99999999999}|limit must be",
                "/query|{\"query\": \"\\ud800\"}|surrogate",
                "/query/smart|{}|query is missing",
                "/query/smart|{\"query\": \"a\", \"filters\": 3}|filters must be an object",
                "/query/smart|{\"query\": \"a\", \"filters\": {\"min_score\": 2}}|filters.min_score must be",
                "/query/smart|{\"query\": \"a\", \"filters\": {\"min_score\": \"x\"}}|filters.min_score must be",
                "/query/smart|{\"query\": \"a\", \"filters\": {\"verdict\": \"sure\"}}|filters.verdict is unknown",
                "/query/smart|{\"query\": \"a\", \"filters\": {\"source\": 1}}|filters.source must be a string",
                "/query/smart|{\"query\": \"a\", \"sort_by\": \"size\"}|sort_by is unknown",
                "/entities|{}|text is missing",
                "/entities|{\"text\": \"a\", \"types\": \"date\"}|types must be a list",
                "/entities|{\"text\": \"a\", \"types\": [\"planet\"]}|unknown type",
                "/entities|{\"text\": \"a\", \"types\": [1]}|each of types must be a string",
                "/insights|{\"time_range\": \"1y\"}|time_range is unknown",
                "/insights|{\"category\": \"weather\"}|category is unknown",
                "/insights|{\"limit\": -1}|limit must be",
                "/wisdom|{\"query\": \"a\"}|domain is missing",
                "/wisdom|{\"domain\": \"guide\"}|query is missing",
                "/wisdom|{\"domain\": {}, \"query\": \"a\"}|domain must be a string"
            })
    void refusesMembersThatAreMissingOrWrong(String path, String body, String error) {
        refused(fixture.post(path, body), 400, error);
    }

    @ParameterizedTest
    @CsvSource({
        "/query, q is missing",
        "/query?q=, q is missing",
        "/query?q=a&q=b, more than once",
        "/query?q=a&limit=x, limit must be",
        "/query?q=a&limit=0, limit must be"
    })
    void refusesParametersThatAreMissingOrWrong(String target, String error) {
        refused(fixture.get(target), 400, error);
    }

    @Test
    void refusesAQuestionThatIsTooLong() {
        refused(fixture.post("/query", "{\"query\": \"" + "a".repeat(4_001) + "\"}"), 400, "at most 4000 characters");
    }

    @Test
    void refusesContentOverTheCapWhetherItTellsItsLengthOrNot() {
        byte[] large = new byte[BODY_CAP + 1];
        Arrays.fill(large, (byte) ' ');
        refused(fixture.post("/query", new String(large, StandardCharsets.US_ASCII)), 413, "too large");
        HttpResponse<String> chunked = fixture.send(fixture.request("/query")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));
        refused(chunked, 413, "too large");
    }

    @Test
    void acceptsContentOfExactlyTheCap() {
        String question = "{\"query\": \"limescale\"}";
        assertThat(fixture.post("/query", question + " ".repeat(BODY_CAP - question.length()))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusesOtherMediaTypesAndCodings() {
        HttpResponse<String> form = fixture.send(fixture.request("/query")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("{\"query\": \"a\"}")));
        refused(form, 415, "must be JSON");
        HttpResponse<String> untyped =
                fixture.send(fixture.request("/query").method("QUERY", BodyPublishers.ofString("{\"query\": \"a\"}")));
        refused(untyped, 415, "must be JSON");
        assertThat(untyped.headers().firstValue("Accept-Query")).hasValue("\"application/json\"");
        HttpResponse<String> compressed = fixture.send(fixture.request("/query")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString("{\"query\": \"a\"}")));
        refused(compressed, 400, "Bad Request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/query/", "/Query", "/query/smart/x", "/%71uery", "/admin", "/query;a=b", "/a/../query"})
    void refusesUnknownPaths(String path) {
        refused(fixture.get(path), 404, "no such path");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /query, 'GET, HEAD, POST, QUERY, OPTIONS'",
        "GET, /wisdom, 'POST, OPTIONS'",
        "POST, /health, 'GET, HEAD, OPTIONS'",
        "PUT, /metrics, 'GET, HEAD, OPTIONS'",
        "POST, /admin/snapshot, 'GET, OPTIONS'",
        "QUERY, /entities, 'POST, OPTIONS'"
    })
    void refusesOtherMethodsAndNamesTheAllowed(String method, String path, String allow) {
        HttpResponse<String> response =
                fixture.send(fixture.request(path).method(method, BodyPublishers.ofString("{}")));
        refused(response, 405, "not allowed");
        assertThat(response.headers().firstValue("Allow")).hasValue(allow);
    }

    @Test
    void tellsItsMethods() {
        HttpResponse<String> options =
                fixture.send(fixture.request("/query").method("OPTIONS", BodyPublishers.noBody()));
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("Allow")).hasValue("GET, HEAD, POST, QUERY, OPTIONS");
        assertThat(options.headers().firstValue("Accept-Query")).hasValue("\"application/json\"");
    }

    @Test
    void refusesWhatIsNotHttpInTheSameForm() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.base.getPort())) {
            socket.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains("{\"success\":false,\"error\":");
        }
    }

    @Test
    void slowSendersTakeNoPlaceFromOthers(@TempDir Path other) throws IOException {
        try (BrainFixture small = new BrainFixture(other, config -> config.withConcurrentRequests(1));
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), small.base.getPort())) {
            slow.getOutputStream()
                    .write(
                            "POST /query HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(small.get("/query?q=limescale").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void saysThatItIsBusyWhenTooManyAsk(@TempDir Path other) throws IOException {
        try (BrainFixture small = new BrainFixture(other, config -> config.withConcurrentRequests(1)).withManual();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> asked = IntStream.range(0, 40)
                    .mapToObj(i -> clients.submit(() -> small.get("/query?q=limescale+" + i)))
                    .toList();
            List<HttpResponse<String>> answers =
                    asked.stream().map(BadInputTest::got).toList();
            assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200, 503);
            assertThat(answers).filteredOn(one -> one.statusCode() == 503).allSatisfy(one -> {
                refused(one, 503, "busy");
                assertThat(one.headers().firstValue("Retry-After")).hasValue("1");
            });
        }
    }

    private static <T> T got(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void asksForItsOwnKeyWhenItHasOne(@TempDir Path other) throws IOException {
        try (BrainFixture locked = new BrainFixture(other, config -> config.withApiKey("a-key"))) {
            refused(locked.get("/query?q=a"), 401, "key is missing or wrong");
            refused(locked.send(locked.request("/query?q=a").header("X-API-Key", "a-kez")), 401, "key is missing");
            assertThat(locked.get("/query?q=a").headers().firstValue("WWW-Authenticate"))
                    .isPresent();
            assertThat(locked.send(locked.request("/query?q=a").header("X-API-Key", "a-key"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(locked.get("/health").statusCode()).isEqualTo(200);
            assertThat(locked.get("/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void answersItsGatewayAloneWhenItKnowsItsSecret(@TempDir Path other) throws IOException {
        try (BrainFixture guarded = new BrainFixture(other, config -> config.withGatewaySecret("of the gateway"))) {
            refused(guarded.get("/query?q=a"), 403, "gateway alone");
            refused(
                    guarded.send(guarded.request("/query?q=a").header("X-Fleet-Secret", "of the gatewax")),
                    403,
                    "gateway alone");
            assertThat(guarded.send(guarded.request("/query?q=a").header("X-Fleet-Secret", "of the gateway"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(guarded.get("/health").statusCode()).isEqualTo(200);
        }
    }
}
