package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.KeyState;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that are refused, and that nothing of them reaches the origin. */
class RefusalsTest {
    private final TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"));

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    private static String flipped(String key) {
        char last = key.charAt(key.length() - 3);
        return key.substring(0, key.length() - 3) + (last == 'A' ? 'B' : 'A') + key.substring(key.length() - 2);
    }

    private HttpResponse<String> withKey(String key) throws IOException, InterruptedException {
        return fleet.send(
                fleet.request("/query?q=x").setHeader("X-API-Key", key).GET());
    }

    private void assertNothingForwarded() throws IOException {
        assertThat(fleet.origin.requests()).isZero();
        fleet.assertServes();
    }

    @Test
    void aForgedKeyReachesNothing() throws Exception {
        HttpResponse<String> answer = withKey(flipped(fleet.key));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(answer.body()).doesNotContain(fleet.key.substring(4, 20));
        assertNothingForwarded();
    }

    @Test
    void noKeyAMalformedKeyAndAKeyOfAnotherSecretAre401() throws Exception {
        assertThat(withKey("sff_nonsense").statusCode()).isEqualTo(401);
        assertThat(withKey("").statusCode()).isEqualTo(401);
        KeyRing other = new KeyRing(Map.of(1, new byte[32]));
        String foreign = new KeyMint(other).mint(new dev.freefleet.edge.KeyToken(1, 1, 1, 0, "default"));
        assertThat(withKey(foreign).statusCode()).isEqualTo(401);
        assertNothingForwarded();
    }

    @Test
    void aRevokedKeyIs401AtOnce() throws Exception {
        assertThat(withKey(fleet.key).statusCode()).isEqualTo(200);
        fleet.edge.keyStates(Map.of(1L, new KeyState(1, true, null, List.of(), Set.of())));
        assertThat(withKey(fleet.key).statusCode()).isEqualTo(401);
    }

    @Test
    void aKeyOfAnotherScopeIs403() throws Exception {
        fleet.edge.keyStates(Map.of(1L, new KeyState(1, false, null, List.of(), Set.of("wisdom"))));
        assertThat(withKey(fleet.key).statusCode()).isEqualTo(403);
        assertNothingForwarded();
    }

    @Test
    void anUnknownPathIs404AndAnotherMethod405() throws Exception {
        assertThat(fleet.get("/nothing/here").statusCode()).isEqualTo(404);
        HttpResponse<String> answer = fleet.send(fleet.request("/query").method("DELETE", BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow").orElseThrow()).contains("POST");
        assertNothingForwarded();
    }

    @Test
    void aLongLineIs414AndLongFieldsAre431() throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(414);
            assertThat(client.isEnded()).isTrue();
        }
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/x HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(431);
            assertThat(client.isEnded()).isTrue();
        }
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/x HTTP/1.1\r\nHost: h\r\n" + "X: y\r\n".repeat(200) + "\r\n");
            assertThat(client.answer().status()).isEqualTo(431);
        }
        assertNothingForwarded();
    }

    @Test
    void aDeclaredContentOverTheCapIs413WithoutReadingIt() throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send("POST /query HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-API-Key: " + fleet.key
                    + "\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.field("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
        assertNothingForwarded();
    }

    @Test
    void chunkedContentOverTheCapIs413WhenItGetsThere() throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send("POST /query HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-API-Key: " + fleet.key
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            try {
                for (int i = 0; i < 40; i++) {
                    client.send("10000\r\n" + "x".repeat(0x10000) + "\r\n");
                }
            } catch (IOException refused) {
                assertThat(refused).isNotNull(); // the connection may be gone before all is sent
            }
            assertThat(client.answer().status()).isEqualTo(413);
        }
        assertNothingForwarded();
    }

    @Test
    void streamedContentOverTheCapIs413() throws Exception {
        fleet.origin.script(exchange -> exchange.drain(java.io.OutputStream.nullOutputStream()));
        try (RawClient client = fleet.raw()) {
            client.send("POST /open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            try {
                for (int i = 0; i < 40; i++) {
                    client.send("10000\r\n" + "x".repeat(0x10000) + "\r\n");
                }
            } catch (IOException refused) {
                assertThat(refused).isNotNull();
            }
            assertThat(client.answer().status()).isEqualTo(413);
        }
        fleet.assertServes();
    }

    @Test
    void tooManyRequestsAre429() throws Exception {
        assertThat(fleet.get("/rare").statusCode()).isEqualTo(200);
        assertThat(fleet.get("/rare").statusCode()).isEqualTo(200);
        HttpResponse<String> third = fleet.get("/rare");
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(Long.parseLong(third.headers().firstValue("retry-after").orElseThrow()))
                .isPositive();
        assertThat(fleet.origin.requests()).isEqualTo(2);
        assertThat(fleet.count("gateway.limited", "kind", "route")).isEqualTo(1);
    }

    @Test
    void theNextConnectionIsAnsweredBeforeAnAttackerLetsGo() throws Exception {
        try (RawClient attacker = fleet.raw()) {
            attacker.send("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n");
            fleet.assertServes();
            assertThat(attacker.answer().status()).isEqualTo(400);
        }
    }
}
