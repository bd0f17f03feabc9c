package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks that want somebody's answer to be given to somebody else, over sockets. */
@Timeout(120)
class CacheAttackTest {
    /** An origin that answers with what it was asked, storable for a minute. */
    private final TestGateway fleet = TestGateway.start(CacheAttackTest::echo, policy());

    private static EdgePolicy policy() {
        EdgePolicy common = TestGateway.policy();
        List<Route> routes = new ArrayList<>(common.routes());
        routes.add(new Route(
                "mine",
                Set.of("POST"),
                "/own",
                Route.Auth.KEY,
                null,
                4 << 20,
                30_000,
                new CacheRule.Query(
                        CacheRule.Scope.USER, DefaultRoutes.TTL_MILLIS, DefaultRoutes.MAX_ANSWER_BYTES, "query")));
        return new EdgePolicy(
                "test",
                routes,
                Map.of("default", new EdgePolicy.Plan(TestGateway.PLENTY, List.of(), 1_000)),
                TestGateway.PLENTY,
                new RateLimit(1_000_000, 60_000),
                List.of(),
                common.cors(),
                common.queryText());
    }

    private static void echo(OriginExchange exchange) throws IOException {
        StringBuilder text = new StringBuilder(exchange.method() + " " + exchange.target() + "\n");
        exchange.head()
                .lines()
                .forEach(line ->
                        text.append(line[0]).append(": ").append(line[1]).append('\n'));
        exchange.answer(200, "text/plain", text + exchange.text(), "Cache-Control: public, max-age=60");
    }

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    private RawClient.Answer send(String request) throws IOException {
        try (RawClient client = fleet.raw()) {
            return client.send(request.getBytes(StandardCharsets.UTF_8)).answer();
        }
    }

    private RawClient.Answer post(String path, String key, String json) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Host",
                "X-Forwarded-Scheme",
                "X-Forwarded-Port",
                "X-Forwarded-Prefix",
                "X-Original-URL",
                "X-Rewrite-URL",
                "X-HTTP-Method-Override",
                "X-HTTP-Method",
                "X-Method-Override",
                "X-Host",
                "Forwarded",
                "X-Real-IP",
                "True-Client-IP",
                "X-Forwarded-For",
                "Proxy",
                "Via",
                "X-Client-IP",
                "X-Cluster-Client-IP",
                "X-Remote-IP",
                "X-Remote-Addr",
                "X-Originating-IP",
                "X-Envoy-External-Address",
                "CF-Connecting-IP",
                "CF-Connecting-IPv6",
                "Fastly-Client-IP",
                "Client-IP",
                "CDN-Loop",
                "X-Original-Host",
                "X-Original-URI",
                "X-Original-Method",
                "X-Request-URI",
                "X-URL-Scheme",
                "X-Scheme",
                "X-Middleware-Subrequest",
                "X-Backend-Host",
                "Front-End-Https",
                "Base-URL",
                "Request-URI",
                "Fleet-Client",
                "X-Request-Id"
            })
    void cachePoisoningByUnkeyedHeaders(String name) throws IOException {
        RawClient.Answer attacker = send("GET /site/page HTTP/1.1\r\nHost: h\r\n" + name + ": evil.example\r\n\r\n");
        RawClient.Answer victim = send("GET /site/page HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(attacker.status()).isEqualTo(200);
        assertThat(victim.field("cache-status")).contains("hit");
        assertThat(victim.text()).doesNotContain("evil");
        assertThat(fleet.origin.requests()).isEqualTo(1);
    }

    @Test
    void cachePoisoningByTheHostField() throws IOException {
        send("GET /site/page HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        assertThat(send("GET /site/page HTTP/1.1\r\nHost: h\r\n\r\n").text()).doesNotContain("evil");
    }

    @Test
    void oneCallersAnswerGivenToAnother() throws IOException {
        String json = "{\"query\":\"my secrets\"}";
        String other = new KeyMint(fleet.keys).mint(new KeyToken(1, 2, 8, 0, "default"));
        post("/own", fleet.key, json);

        assertThat(post("/own", fleet.key, json).field("cache-status")).contains("hit");
        assertThat(post("/own", other, json).field("cache-status")).doesNotContain("hit");
        assertThat(post("/own", "sff_none", json).status()).isEqualTo(401);
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void anAnswerToCredentialsGivenToAnother() throws IOException {
        fleet.origin.script(exchange -> exchange.answer(
                200, "text/plain", "for " + exchange.head().field("authorization"), "Cache-Control: max-age=60"));
        assertThat(send("GET /site/me HTTP/1.1\r\nHost: h\r\nAuthorization: Basic YQ==\r\n\r\n")
                        .text())
                .isEqualTo("for Basic YQ==");
        assertThat(send("GET /site/me HTTP/1.1\r\nHost: h\r\nAuthorization: Basic Yg==\r\n\r\n")
                        .text())
                .isEqualTo("for Basic Yg==");
        assertThat(send("GET /site/me HTTP/1.1\r\nHost: h\r\n\r\n").text()).isEqualTo("for null");
    }

    /** Also of content that is longer than every buffer on its way: all of it is in the key. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 20_000, 300_000, 1_000_000})
    void aBodysAnswerGivenToAnotherBody(int length) throws IOException {
        String same = "x".repeat(length);
        for (String last : List.of("a", "b", "c")) {
            String question = "{\"query\":\"" + same + last + "\"}";
            RawClient.Answer answer = post("/query", fleet.key, question);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.field("cache-status")).doesNotContain("hit");
            assertThat(answer.text()).endsWith(question);
            assertThat(post("/query", fleet.key, question).text()).endsWith(question);
        }
        assertThat(fleet.origin.requests()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"query\":\"a\",\"query\":\"a\"}",
                "{\"query\":\"\\ud800\"}",
                "{\"query\":\"\\udc00\\ud800\"}",
                "{\"query\":NaN}",
                "{\"query\":\"a\",\"n\":1e400}",
                "{\"query\":\"a\",\"n\":-1e400}",
                "{\"query\":\"a\",\"n\":1e-400}",
                "{\"query\":\"a\",\"n\":9007199254740993}",
                "{\"query\":\"a\",\"n\":01}",
                "{\"query\":\"a\"} {}",
                "\ufeff{\"query\":\"a\"}"
            })
    void jsonThatTwoReadersReadInTwoWays(String question) throws IOException {
        String plain = "{\"query\":\"a\"}";
        post("/query", fleet.key, plain);

        RawClient.Answer answer = post("/query", fleet.key, question);

        if (answer.status() == 200) {
            assertThat(answer.field("cache-status")).doesNotContain("hit");
            assertThat(answer.text()).endsWith(question);
        } else {
            assertThat(answer.status()).isEqualTo(400);
        }
        assertThat(post("/query", fleet.key, plain).text()).endsWith(plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000, 500_000})
    void deepJson(int depth) throws IOException {
        String deep = "{\"query\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
        RawClient.Answer answer = post("/query", fleet.key, deep);
        assertThat(answer.status()).isIn(200, 400);
        assertThat(post("/query", fleet.key, deep.replace("[]", "[1]")).text()).doesNotEndWith(deep);
        fleet.assertServes();
        assertThat(fleet.count("gateway.faults")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/query/x.css",
                "/query/x.css?q=a",
                "/query%2Fx.css",
                "/query%2fx.css",
                "/query;x.css",
                "/query%3bx.css",
                "/query%3Fx.css",
                "/query%23x.css",
                "/query/%2e%2e/x",
                "/query/..%2fx",
                "/query/..;/x",
                "/query/..%5cx",
                "/query\\x.css",
                "//query",
                "/./query",
                "/query%00.css",
                "/query%0a.css",
                "/query%c0%afx.css",
                "/query%c0%ae%c0%ae/x",
                "/query%e0%80%afx.css",
                "/quer%C1%B9",
                "/query%ff",
                "/query%",
                "/query%2",
                "/query%zz",
                "/QUERY",
                "/query/"
            })
    void cacheDeceptionByPathConfusion(String target) throws IOException {
        RawClient.Answer answer =
                send("GET " + target + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key + "\r\n\r\n");
        assertThat(answer.status()).isIn(400, 404);
        fleet.assertUntouched();
    }

    @Test
    void overlongUtf8AndOtherRawBytesInATarget() throws IOException {
        byte[] before = "GET /site/".getBytes(StandardCharsets.US_ASCII);
        byte[] after = " HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[][] raws = {{(byte) 0xc0, (byte) 0xaf}, {(byte) 0xe0, (byte) 0x80, (byte) 0xaf}, {(byte) 0xff}, {1}, {0x7f}
        };
        for (byte[] raw : raws) {
            byte[] request = new byte[before.length + raw.length + after.length];
            System.arraycopy(before, 0, request, 0, before.length);
            System.arraycopy(raw, 0, request, before.length, raw.length);
            System.arraycopy(after, 0, request, before.length + raw.length, after.length);
            try (RawClient client = fleet.raw()) {
                assertThat(client.send(request).answer().status()).isEqualTo(400);
            }
        }
        fleet.assertUntouched();
    }

    @Test
    void oneResourceHasOneKeyHoweverItIsWritten() throws IOException {
        send("GET /site/a%7eb HTTP/1.1\r\nHost: h\r\n\r\n");
        for (String other : List.of("/site/a~b", "/site/%61~b", "/site/a%7Eb")) {
            assertThat(send("GET " + other + " HTTP/1.1\r\nHost: h\r\n\r\n").field("cache-status"))
                    .as(other)
                    .contains("hit");
        }
        assertThat(fleet.origin.exchanges())
                .singleElement()
                .satisfies(exchange -> assertThat(exchange.target()).isEqualTo("/site/a~b"));
    }

    @Test
    void oneResourceHasOneLimitHoweverItIsWritten() throws IOException {
        for (String spelling : List.of("/rare", "/%72are")) {
            assertThat(send("GET " + spelling + " HTTP/1.1\r\nHost: h\r\n\r\n").status())
                    .as(spelling)
                    .isEqualTo(200);
        }
        for (String spelling : List.of("/rare", "/%72are", "/r%61re", "/%72%61%72%65", "http://h/rar%65")) {
            assertThat(send("GET " + spelling + " HTTP/1.1\r\nHost: h\r\n\r\n").status())
                    .as(spelling)
                    .isEqualTo(429);
        }
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/query?q=a", "/%71uery?q=a", "/quer%79?q=a", "http://h/%71uery?q=a"})
    void oneResourceWantsOneKeyHoweverItIsWritten(String target) throws IOException {
        String head = "GET " + target + " HTTP/1.1\r\nHost: h\r\n";
        assertThat(send(head + "\r\n").status()).isEqualTo(401);
        fleet.edge.keyStates(Map.of(1L, new KeyState(1, false, null, List.of(), Set.of("wisdom"))));
        assertThat(send(head + "X-API-Key: " + fleet.key + "\r\n\r\n").status()).isEqualTo(403);
        fleet.assertUntouched();
        fleet.edge.keyStates(Map.of(1L, new KeyState(1, false, null, List.of(), Set.of("query"))));
        assertThat(send(head + "X-API-Key: " + fleet.key + "\r\n\r\n").status()).isEqualTo(200);
    }

    private int afterAnErrorThatARequestProvoked(int status, String control) throws IOException {
        fleet.origin.script(exchange -> {
            boolean provoked = exchange.head().field("x-oversized") != null;
            exchange.answer(provoked ? status : 200, "text/plain", "x", control);
        });
        String oversized = "X-Oversized: " + "a".repeat(4_000);
        assertThat(send("GET /site/page HTTP/1.1\r\nHost: h\r\n" + oversized + "\r\n\r\n")
                        .status())
                .isEqualTo(status);
        return send("GET /site/page HTTP/1.1\r\nHost: h\r\n\r\n").status();
    }

    /** What tells of the request and not of the resource, though the origin calls it storable. */
    @ParameterizedTest
    @ValueSource(ints = {400, 403, 406, 408, 409, 412, 413, 415, 416, 417, 421, 422, 425, 428, 429, 431})
    void cachedErrorDenialOfService(int status) throws IOException {
        assertThat(afterAnErrorThatARequestProvoked(status, "Cache-Control: public, max-age=60"))
                .isEqualTo(200);
    }

    /** What may tell of the resource is stored where the origin says so (RFC 9111 section 3), and not by itself. */
    @ParameterizedTest
    @ValueSource(ints = {404, 405, 410, 414, 500, 501, 502, 503, 504})
    void cachedErrorsThatTheOriginDoesNotCallStorable(int status) throws IOException {
        assertThat(afterAnErrorThatARequestProvoked(status, "X-Nothing: said")).isEqualTo(200);
    }

    @Test
    void cachedErrorsOfTheGatewayItself() throws IOException {
        String head = "GET /site/page HTTP/1.1\r\nHost: h\r\n";
        assertThat(send(head + "X: " + "a".repeat(100_000) + "\r\n\r\n").status())
                .isEqualTo(431);
        assertThat(send(head + "X: a\u0007b\r\n\r\n").status()).isEqualTo(400);
        fleet.assertUntouched();
        assertThat(send(head + "\r\n").status()).isEqualTo(200);
    }
}
