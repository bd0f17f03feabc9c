package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that nothing but the end of their connection delimits (RFC 9112 sections 6.3 and 8). */
class CloseDelimitedTest {
    private static final String FRESH = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n";

    private final CountDownLatch go = new CountDownLatch(1);
    private final TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"), TestGateway::withoutRetries);

    @AfterEach
    void close() throws IOException {
        go.countDown();
        fleet.close();
    }

    private void says(String bytes) {
        fleet.origin.script(exchange -> {
            exchange.content();
            exchange.raw(bytes);
            exchange.end();
        });
    }

    @Test
    void oneThatEndsInOrderIsCompleteAndStored() throws Exception {
        says(FRESH + "\r\nwhole");
        assertThat(fleet.get("/site/a").body()).isEqualTo("whole");
        assertThat(fleet.get("/site/a").body()).isEqualTo("whole");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void oneThatIsResetIsBrokenAndNotStored() throws Exception {
        fleet.origin.script(exchange -> {
            exchange.raw(FRESH + "\r\nhalf");
            go.await();
            exchange.reset();
        });
        try (RawClient client = fleet.raw()) {
            client.send("GET /site/a HTTP/1.1\r\nHost: h\r\n\r\n");
            client.head();
            go.countDown();
            assertThat(new String(client.rest(), StandardCharsets.ISO_8859_1)).doesNotContain("\r\n0\r\n");
        }
        says(FRESH + "\r\nwhole");
        assertThat(fleet.get("/site/a").body()).isEqualTo("whole");
    }

    @Test
    void onAQuestionItIsPassedOnButNotStored() throws Exception {
        says("HTTP/1.1 200 OK\r\n\r\n{\"answer\":1}");
        assertThat(fleet.query("{\"query\":\"a\"}").body()).isEqualTo("{\"answer\":1}");
        assertThat(fleet.query("{\"query\":\"a\"}").statusCode()).isEqualTo(200);
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void anUnknownTransferCodingIsReadToTheEndAndItsConnectionNotUsedAgain() throws Exception {
        says(FRESH + "Transfer-Encoding: x-nobody\r\n\r\nwhole");
        assertThat(fleet.get("/site/a").body()).isEqualTo("whole");
        assertThat(fleet.get("/site/a").headers().firstValue("transfer-encoding"))
                .isEmpty();
        assertThat(fleet.origin.requests()).isEqualTo(1);
        fleet.origin.script(exchange -> {
            exchange.raw(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: x-nobody\r\nConnection: keep-alive\r\n\r\nHTTP/1.1 200 OK"
                            + "\r\nContent-Length: 6\r\n\r\npoison");
            exchange.end();
        });
        assertThat(fleet.get("/site/b").body()).endsWith("poison");
        says(FRESH + "Content-Length: 4\r\n\r\nnext");
        assertThat(fleet.get("/site/c").body()).isEqualTo("next");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: x-gzip",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, x-nobody",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: x-nobody;a=b",
                "Transfer-Encoding: \"x-nobody\"",
                "Transfer-Encoding: DEFLATE",
                "Transfer-Encoding: compress",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: a, b",
                "Transfer-Encoding: ",
                "Transfer-Encoding: x-nobody\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: x-nobody\r\nContent-Length: 2",
            })
    void codingsThatMaySmuggleAreRefused(String field) throws Exception {
        says(FRESH + field + "\r\n\r\n0\r\n\r\n");
        assertThat(fleet.get("/site/a").statusCode()).as(field).isEqualTo(502);
    }

    @Test
    void noneIsBorneWithFromHttp10OrOnOtherRoutes() throws Exception {
        says("HTTP/1.0 200 OK\r\nTransfer-Encoding: x-nobody\r\n\r\nok");
        assertThat(fleet.get("/site/a").statusCode()).isEqualTo(502);
        says("HTTP/1.1 200 OK\r\nTransfer-Encoding: x-nobody\r\n\r\nok");
        assertThat(fleet.get("/open/a").statusCode()).isEqualTo(502);
    }
}
