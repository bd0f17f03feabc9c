package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interim answers of the origin: relayed as they come, never stored. */
class InterimAnswersTest {
    private static final String HINT =
            head("HTTP/1.1 103 Early Hints", "Link: </a.css>; rel=preload", "Connection: x-hop", "X-Hop: 1");
    private static final String OK = head("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Content-Length: 2") + "ok";

    private static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private final TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"));

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    private String get(String version) throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send("GET /site/a " + version + "\r\nHost: h\r\nConnection: close\r\n\r\n");
            return new String(client.rest(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void reachAnHttp11ClientBeforeTheAnswerAndAreNotStored() throws Exception {
        fleet.origin.script(exchange -> exchange.raw("HTTP/1.1 102 Processing\r\n\r\n" + HINT + OK));
        assertThat(get("HTTP/1.1"))
                .startsWith(head("HTTP/1.1 102 Processing")
                        + head("HTTP/1.1 103 Early Hints", "link: </a.css>; rel=preload")
                        + "HTTP/1.1 200 OK\r\n")
                .endsWith("ok");
        assertThat(get("HTTP/1.1")).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("link:");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void neverReachAnHttp10Client() throws Exception {
        fleet.origin.script(exchange -> exchange.raw(HINT + OK));
        assertThat(get("HTTP/1.0")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void thoseForTheNextHopEndHere() throws Exception {
        fleet.origin.script(
                exchange -> exchange.raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 What\r\nX: y\r\n\r\n" + OK));
        assertThat(get("HTTP/1.1")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void aFloodOfThemIsCutOff() throws Exception {
        String uncached = OK.replace("max-age=60", "no-store");
        fleet.origin.script(exchange -> exchange.raw(HINT.repeat(20) + uncached));
        assertThat(List.of(get("HTTP/1.1").split("103 Early Hints", -1)))
                .hasSize(9)
                .last()
                .asString()
                .endsWith("ok");
        fleet.origin.script(exchange -> exchange.raw(HINT.repeat(200) + OK));
        assertThat(List.of(get("HTTP/1.1").split("103 Early Hints", -1)))
                .hasSize(9)
                .last()
                .asString()
                .contains("HTTP/1.1 502");
    }

    @Test
    void reachAnHttp2Client() throws Exception {
        fleet.origin.script(exchange -> exchange.raw(HINT + OK));
        try (Http2Client client = new Http2Client(fleet.address())) {
            assertThat(client.get("/site/b").text()).isEqualTo("ok");
            assertThat(client.interim).hasSize(1);
            assertThat(String.valueOf(client.interim.getFirst().status())).isEqualTo("103");
            assertThat(String.valueOf(client.interim.getFirst().get("link"))).isEqualTo("</a.css>; rel=preload");
            assertThat(client.interim.getFirst().contains("x-hop")).isFalse();
        }
    }
}
