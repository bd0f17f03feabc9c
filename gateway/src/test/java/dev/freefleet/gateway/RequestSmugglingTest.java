package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two servers could read in two ways. */
class RequestSmugglingTest {
    private static final String SMUGGLED = "GET /open/admin HTTP/1.1\r\nHost: h\r\n\r\n";

    private final TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"));

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    static Stream<Arguments> attacks() {
        String post = "POST /open/x HTTP/1.1\r\nHost: h\r\n";
        return Stream.of(
                Arguments.of("CL.TE", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("TE.CL", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
                Arguments.of(
                        "TE.TE",
                        post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                        400),
                Arguments.of("TE twice chunked", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("TE not final", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("TE gzip", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("TE alike", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("TE quoted", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("TE vertical tab", post + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of(
                        "TE with a space before the colon", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("TE folded", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of(
                        "TE in HTTP/1.0",
                        "POST /open/x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        400),
                Arguments.of("CL twice", post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n", 400),
                Arguments.of("CL twice alike", post + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400),
                Arguments.of(
                        "CL twice in HTTP/1.0",
                        "POST /open/x HTTP/1.0\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n",
                        400),
                Arguments.of("CL list", post + "Content-Length: 0, 0\r\n\r\n", 400),
                Arguments.of("CL signed", post + "Content-Length: +0\r\n\r\n", 400),
                Arguments.of("CL negative", post + "Content-Length: -1\r\n\r\n", 400),
                Arguments.of("CL hexadecimal", post + "Content-Length: 0x0\r\n\r\n", 400),
                Arguments.of("CL with a space", post + "Content-Length: 1 1\r\n\r\n", 400),
                Arguments.of("CL empty", post + "Content-Length: \r\n\r\n", 400),
                Arguments.of(
                        "CL of too many digits", post + "Content-Length: " + "0".repeat(61) + "5\r\n\r\nhello", 400),
                Arguments.of("CL too large", post + "Content-Length: 18446744073709551616\r\n\r\n", 400),
                Arguments.of("folded line", "GET /open/x HTTP/1.1\r\nHost: h\r\nX-A: b\r\n c\r\n\r\n", 400),
                Arguments.of("folded first line", "GET /open/x HTTP/1.1\r\n X: y\r\nHost: h\r\n\r\n", 400),
                Arguments.of("bare LF", "GET /open/x HTTP/1.1\nHost: h\n\n", 400),
                Arguments.of("bare LF in the fields", "GET /open/x HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400),
                Arguments.of("bare CR in a value", "GET /open/x HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400),
                Arguments.of("NUL in a value", "GET /open/x HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 400),
                Arguments.of("bad name", "GET /open/x HTTP/1.1\r\nHost: h\r\nX(y): a\r\n\r\n", 400),
                Arguments.of("empty name", "GET /open/x HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n", 400),
                Arguments.of("no colon", "GET /open/x HTTP/1.1\r\nHost: h\r\nsomething\r\n\r\n", 400),
                Arguments.of("no host", "GET /open/x HTTP/1.1\r\n\r\n", 400),
                Arguments.of("two hosts", "GET /open/x HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400),
                Arguments.of("host with a path", "GET /open/x HTTP/1.1\r\nHost: h/admin?x\r\n\r\n", 400),
                Arguments.of("host with a space", "GET /open/x HTTP/1.1\r\nHost: h i\r\n\r\n", 400),
                Arguments.of("host with a user", "GET /open/x HTTP/1.1\r\nHost: me@h\r\n\r\n", 400),
                Arguments.of("two spaces", "GET  /open/x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of("tab", "GET\t/open/x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of("leading space", " GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of("leading bare LF", "\nGET /open/x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of("leading bare CR", "\rGET /open/x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of("leading NUL", "\0GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of("trailing space", "GET /open/x HTTP/1.1 \r\nHost: h\r\n\r\n", 400),
                Arguments.of("HTTP/0.9", "GET /open/x\r\n\r\n", 400),
                Arguments.of("HTTP/1.1 in lower case", "GET /open/x http/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of("HTTP/3.0", "GET /open/x HTTP/3.0\r\nHost: h\r\n\r\n", 505),
                Arguments.of("method with a slash", "GE/T /open/x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
                Arguments.of(
                        "old web socket key",
                        "GET /open/x HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b\r\nX :\r\n\r\n12345678",
                        400),
                Arguments.of(
                        "unknown expectation", "GET /open/x HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n", 417));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void isRefusedAndTheConnectionCloses(String name, String bytes, int status) throws IOException {
        for (int i = 0; i < 3; i++) { // an event loop that has read it before must not take it for known
            try (RawClient client = fleet.raw()) {
                client.send(bytes + SMUGGLED);
                RawClient.Answer answer = client.answer();
                assertThat(answer.status()).as(name).isEqualTo(status);
                assertThat(answer.field("connection")).isEqualTo("close");
                assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
                assertThat(client.isEnded()).as("the connection ends").isTrue();
            }
        }
        assertThat(fleet.origin.requests()).as("nothing reaches the origin").isZero();
        fleet.assertServes();
    }

    static Stream<Arguments> brokenContents() {
        return Stream.of(
                Arguments.of("chunk size signed", "+5\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("chunk size prefixed", "0x5\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("chunk size empty", "\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("chunk size too large", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("chunk longer than said", "4\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("chunk line by a bare LF", "5\nhello\r\n0\r\n\r\n"),
                Arguments.of("chunk end by a bare LF", "5\r\nhello\n0\r\n\r\n"),
                Arguments.of("chunk extension with a bare LF", "5;a=\nb\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("chunk extension with a bare CR", "5;a\rb\r\nhello\r\n0\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenContents")
    void brokenChunksAreRefused(String name, String content) throws IOException {
        String key = fleet.key;
        try (RawClient client = fleet.raw()) {
            client.send("POST /query HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-API-Key: " + key
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n" + content + SMUGGLED);
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).as(name).isEqualTo(400);
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(fleet.origin.requests()).isZero();
        fleet.assertServes();
    }

    @ParameterizedTest
    @MethodSource("brokenContents")
    void brokenChunksThatStreamNeverBecomeAWholeRequest(String name, String content) throws IOException {
        try (RawClient client = fleet.raw()) {
            client.send("POST /open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + content + SMUGGLED);
            assertThat(client.answer().status()).as(name).isEqualTo(400);
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(fleet.origin.exchanges())
                .noneMatch(exchange -> exchange.target().equals("/open/admin"));
        fleet.assertServes();
    }
}
