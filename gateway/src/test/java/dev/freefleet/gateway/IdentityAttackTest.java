package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks by those who would be somebody else, over sockets. */
@Timeout(120)
class IdentityAttackTest {
    private static TestGateway fleet(List<String> trusted, RateLimit addressRate, RateLimit refusedRate) {
        EdgePolicy common = TestGateway.policy();
        return TestGateway.start(
                exchange -> exchange.json("{}"),
                new EdgePolicy(
                        "test",
                        common.routes(),
                        common.plans(),
                        addressRate,
                        refusedRate,
                        trusted,
                        common.cors(),
                        common.queryText()));
    }

    private static TestGateway fleet() {
        return fleet(List.of(), TestGateway.PLENTY, TestGateway.PLENTY);
    }

    private static RawClient.Answer get(TestGateway fleet, String target, String... fields) throws IOException {
        try (RawClient client = fleet.raw()) {
            StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: h\r\n");
            for (String field : fields) {
                request.append(field).append("\r\n");
            }
            return client.send(request + "\r\n").answer();
        }
    }

    private static KeyState onlyFrom(String... blocks) {
        return new KeyState(1, false, null, List.of(), Set.of(), List.of(blocks), 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-API-Key", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id", "Host", "Content-Length"})
    void hopByHopAbuse(String named) throws IOException {
        try (TestGateway fleet = fleet()) {
            RawClient.Answer answer = get(
                    fleet,
                    "/query?q=x",
                    "X-API-Key: " + fleet.key,
                    "Connection: keep-alive, X-Secret, " + named,
                    "X-Secret: 1",
                    "Keep-Alive: timeout=5",
                    "TE: trailers",
                    "Upgrade: h2c");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(fleet.origin.exchanges()).singleElement().satisfies(exchange -> {
                assertThat(exchange.head().field("x-forwarded-for")).isEqualTo("127.0.0.1");
                assertThat(exchange.head().field("x-forwarded-proto")).isEqualTo("http");
                assertThat(exchange.head().field("x-request-id")).isNotNull();
                assertThat(exchange.head().count("host")).isEqualTo(1);
                for (String gone : List.of("x-secret", "x-api-key", "keep-alive", "te", "upgrade")) {
                    assertThat(exchange.head().field(gone)).as(gone).isNull();
                }
            });
            fleet.assertServes();
        }
    }

    /** What the gateway tells an origin that caches of itself, whatever the client says of that. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Surrogate-Capability: evil=\"ESI/1.0\""})
    void hopByHopAbuseOfTheCapability(String field) throws IOException {
        try (TestGateway fleet = fleet()) {
            String[] fields = {"Connection: keep-alive, Surrogate-Capability", field};
            RawClient.Answer answer = get(fleet, "/site/page", field.isEmpty() ? new String[] {fields[0]} : fields);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(fleet.origin.exchanges()).singleElement().satisfies(exchange -> {
                assertThat(exchange.head().count("surrogate-capability")).isEqualTo(1);
                assertThat(exchange.head().field("surrogate-capability")).isEqualTo("fleet=\"Surrogate/1.0\"");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 203.0.113.5",
                "X-Real-IP: 203.0.113.5",
                "Forwarded: for=203.0.113.5",
                "X-Client-IP: 203.0.113.5",
                "CF-Connecting-IP: 203.0.113.5",
                "True-Client-IP: 203.0.113.5"
            })
    void addressSpoofing(String field) throws IOException {
        try (TestGateway fleet = fleet()) {
            fleet.edge.keyStates(Map.of(1L, onlyFrom("203.0.113.0/24")));
            assertThat(get(fleet, "/query?q=x", "X-API-Key: " + fleet.key, field)
                            .status())
                    .isEqualTo(403);
            fleet.assertUntouched();
        }
    }

    @Test
    void trustedProxiesAreCountedFromTheRightAndMappedAddressesAreIpv4() throws IOException {
        try (TestGateway fleet = fleet(List.of("127.0.0.1/32", "10.0.0.0/8"), TestGateway.PLENTY, TestGateway.PLENTY)) {
            fleet.edge.keyStates(Map.of(1L, onlyFrom("203.0.113.0/24")));
            String key = "X-API-Key: " + fleet.key;
            for (String right : List.of(
                    "203.0.113.5",
                    "198.51.100.1, 203.0.113.5",
                    "203.0.113.5, 10.1.2.3",
                    "::ffff:203.0.113.5",
                    "::ffff:cb00:7105",
                    "203.0.113.5, ::ffff:10.1.2.3")) {
                assertThat(get(fleet, "/query?q=x", key, "X-Forwarded-For: " + right)
                                .status())
                        .as(right)
                        .isEqualTo(200);
            }
            for (String wrong : List.of(
                    "203.0.113.5, 198.51.100.1",
                    "203.0.113.5, 198.51.100.1, 10.1.2.3",
                    "203.0.113.5, unknown",
                    "203.0.113.5x",
                    "")) {
                assertThat(get(fleet, "/query?q=x", key, "X-Forwarded-For: " + wrong)
                                .status())
                        .as(wrong)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void rotationInsideAnIpv6NetworkAndMappedAddresses() throws IOException {
        try (TestGateway fleet = fleet(List.of("127.0.0.1/32"), new RateLimit(2, 86_400_000), TestGateway.PLENTY)) {
            List<List<String>> same = List.of(
                    List.of("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:0:9::"),
                    List.of("203.0.113.5", "::ffff:203.0.113.5", "::ffff:cb00:7105"));
            for (List<String> addresses : same) {
                for (int i = 0; i < 3; i++) {
                    RawClient.Answer answer = get(fleet, "/open/x", "X-Forwarded-For: " + addresses.get(i));
                    assertThat(answer.status()).as(addresses.get(i)).isEqualTo(i < 2 ? 200 : 429);
                }
            }
            assertThat(get(fleet, "/open/x", "X-Forwarded-For: 2001:db8:0:1::1").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void keyGuessing() throws Exception {
        try (TestGateway fleet = fleet(List.of(), TestGateway.PLENTY, new RateLimit(3, 86_400_000))) {
            String imported = "an-imported-key-0123456789";
            String digest = HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(imported.getBytes(StandardCharsets.US_ASCII)));
            fleet.edge.importedKeys(Map.of(digest, new KeyToken(1, 5, 5, 0, "default")));
            assertThat(get(fleet, "/query?q=x", "X-API-Key: " + imported).status())
                    .isEqualTo(200);
            int before = fleet.origin.requests();
            for (int i = 0; i < 6; i++) {
                RawClient.Answer answer = get(fleet, "/query?q=x", "X-API-Key: guess-number-" + i);
                assertThat(answer.status()).isEqualTo(i < 3 ? 401 : 429);
                assertThat(answer.text()).doesNotContain("guess");
            }
            assertThat(get(fleet, "/query?q=x", "X-API-Key: " + imported).status())
                    .as("a guesser learns nothing any more, not even by a right guess")
                    .isEqualTo(429);
            assertThat(get(fleet, "/query?q=y", "X-API-Key: " + fleet.key).status())
                    .as("and locks no fleet key out")
                    .isEqualTo(200);
            assertThat(fleet.origin.requests()).isEqualTo(before + 1);
        }
    }

    /** Behind a proxy that is trusted, so that one socket address speaks for many clients. */
    @Test
    void aGuesserLimitsNobodyAtAnotherAddress() throws IOException {
        try (TestGateway fleet = fleet(List.of("127.0.0.1/32"), TestGateway.PLENTY, new RateLimit(3, 86_400_000))) {
            for (int i = 0; i < 6; i++) {
                assertThat(get(fleet, "/query?q=x", "X-API-Key: guess-number-" + i, "X-Forwarded-For: 203.0.113.5")
                                .status())
                        .isEqualTo(i < 3 ? 401 : 429);
            }
            for (String other : List.of("203.0.113.6", "2001:db8::5", "198.51.100.1, 203.0.113.7")) {
                assertThat(get(fleet, "/query?q=x", "X-API-Key: mistyped", "X-Forwarded-For: " + other)
                                .status())
                        .as(other)
                        .isEqualTo(401);
            }
            assertThat(get(fleet, "/query?q=x", "X-API-Key: guess", "X-Forwarded-For: 203.0.113.6, 203.0.113.5")
                            .status())
                    .as("what the guesser itself puts before its address changes nothing")
                    .isEqualTo(429);
            fleet.assertUntouched();
        }
    }

    /** Wrong in one way or another: what is answered does not tell in which. */
    @Test
    void aForgedKeyTellsNothing() throws IOException {
        try (TestGateway fleet = fleet()) {
            fleet.edge.keyStates(Map.of(9L, new KeyState(9, true, null, List.of(), Set.of())));
            String key = fleet.key;
            List<String> wrong = List.of(
                    key.substring(0, key.length() - 4) + "AAAA",
                    new KeyMint(new KeyRing(Map.of(1, new byte[32]))).mint(new KeyToken(1, 1, 7, 0, "default")),
                    new KeyMint(new KeyRing(Map.of(2, new byte[32]))).mint(new KeyToken(2, 1, 7, 0, "default")),
                    fleet.key(9, "default"),
                    "sff_",
                    "sff_" + "A".repeat(10_00),
                    "x");
            String first = null;
            for (String text : wrong) {
                RawClient.Answer answer = get(fleet, "/query?q=x", "X-API-Key: " + text);
                assertThat(answer.status()).isEqualTo(401);
                String told = answer.text().replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID");
                first = first == null ? told : first;
                assertThat(told).isEqualTo(first);
            }
            fleet.assertUntouched();
            assertThat(fleet.keys.remembered())
                    .as("the revoked key alone, which is rightly signed")
                    .isEqualTo(1);
        }
    }

    @Test
    void ssrfThroughHostOrAnAbsoluteTarget() throws IOException {
        try (TestOrigin inside = TestOrigin.start(exchange -> exchange.json("{\"secret\":true}"));
                TestGateway fleet = fleet()) {
            String authority = inside.url().getAuthority();
            for (String head : List.of(
                    "GET http://" + authority + "/open/x HTTP/1.1\r\nHost: " + authority,
                    "GET http://user@" + authority + "/open/x HTTP/1.1\r\nHost: h",
                    "GET /open/x HTTP/1.1\r\nHost: " + authority,
                    "GET //" + authority + "/open/x HTTP/1.1\r\nHost: h",
                    "GET /open/x@" + authority + " HTTP/1.1\r\nHost: h",
                    "GET file:///etc/passwd HTTP/1.1\r\nHost: h",
                    "GET gopher://" + authority + "/ HTTP/1.1\r\nHost: h",
                    "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority)) {
                try (RawClient client = fleet.raw()) {
                    RawClient.Answer answer = client.send(head + "\r\n\r\n").answer();
                    assertThat(answer.status()).as(head).isIn(200, 400, 404, 405, 501);
                    assertThat(answer.text()).doesNotContain("secret");
                }
            }
            assertThat(inside.connections()).isZero();
            assertThat(fleet.origin.exchanges())
                    .isNotEmpty()
                    .allSatisfy(exchange -> assertThat(exchange.head().field("host"))
                            .isEqualTo(fleet.origin.url().getAuthority()));
            fleet.assertServes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/keys", "/api/v1/status", "/metrics", "/admin", "/admin/snapshot", "/console"})
    void theAdminPlaneReachableFromOutside(String path) throws IOException {
        try (TestGateway fleet = fleet()) {
            assertThat(get(fleet, path, "X-API-Key: " + fleet.key, "Authorization: Bearer x")
                            .status())
                    .isIn(401, 404);
            assertThat(get(fleet, path, "X-API-Key: " + fleet.key).status()).isEqualTo(404);
            fleet.assertUntouched();
        }
    }
}
