package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever bytes come: a clear 4xx, an answer, or the connection's end; never a fault of the gateway and never a hang. */
class GarbageTest {
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final TestGateway fleet = TestGateway.start(
            exchange -> exchange.json("{}"),
            config -> config.with(new GatewayConfig.TimeLimits(LIMIT, LIMIT, LIMIT, LIMIT, Duration.ofSeconds(1))));

    @AfterContainer
    static void stop() throws IOException {
        fleet.close();
    }

    @Provide
    Arbitrary<String> noise() {
        return Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(300);
    }

    /** Pieces of requests, put together at random: closer to a parser's edges than noise. */
    @Provide
    Arbitrary<String> pieces() {
        List<String> pieces = List.of(
                "GET ",
                "POST ",
                "QUERY ",
                "/query",
                "/open/x",
                "/health/live",
                "?q=a",
                "%2e%2e/",
                ";",
                " HTTP/1.1",
                " HTTP/1.0",
                "\r\n",
                "\n",
                "\r",
                ":",
                " ",
                "\t",
                "Host: h",
                "Content-Length: 3",
                "Content-Length: 99999999999",
                "Transfer-Encoding: chunked",
                "Expect: 100-continue",
                "3",
                "0",
                "abc",
                "\r\n\r\n",
                "Connection: close",
                "\0",
                "\u00ff",
                "Upgrade: h2c",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "Content-Type: application/json",
                "{\"query\":\"x\"}",
                "X: ",
                "ffffffff",
                "Range: bytes=0-0");
        return Arbitraries.of(pieces).list().ofMaxSize(24).map(list -> String.join("", list));
    }

    @Property(tries = 60)
    void noiseIsNoFault(@ForAll("noise") String bytes) throws IOException {
        assertNoFault(bytes);
    }

    @Property(tries = 120)
    void piecesOfRequestsAreNoFault(@ForAll("pieces") String bytes) throws IOException {
        assertNoFault(bytes);
    }

    @Property(tries = 60)
    void brokenFramesOfHttp2AreNoFault(@ForAll("noise") String frames) throws IOException {
        assertNoFault("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" + frames);
    }

    private static void assertNoFault(String bytes) throws IOException {
        try (RawClient client = fleet.raw()) {
            try {
                client.send(bytes);
                client.halfClose();
            } catch (IOException ended) {
                assertThat(ended).isNotNull(); // refused before all was sent
            }
            String answer = new String(client.rest(), StandardCharsets.ISO_8859_1); // times out where it hangs
            assertThat(answer).doesNotContain("HTTP/1.1 500", "HTTP/1.1 502", "HTTP/1.1 503", "HTTP/1.1 504");
        }
        fleet.assertServes();
        assertThat(fleet.gateway.brainStatus()).isEqualTo("unknown");
    }
}
