package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The attacks on the gateway that the core decides about, each named as it is known. */
class AttackTest {
    private static final String KEY = TestShell.key(42, 7);
    private static final String QUESTION = "{\"query\":\"who\"}";

    private final TestShell shell = new TestShell(Policies.standard());

    private TestShell.Answer ask(String content, String... more) {
        return shell.send("POST", "/query", content, with(more));
    }

    private static String[] with(String... more) {
        Fields.Builder fields = Fields.builder();
        fields.add("x-api-key", KEY).add("content-type", "application/json");
        fields.addAll(Fields.of(more));
        Fields built = fields.build();
        String[] lines = new String[2 * built.size()];
        for (int i = 0; i < built.size(); i++) {
            lines[2 * i] = built.name(i);
            lines[2 * i + 1] = built.value(i);
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-forwarded-host",
                "x-forwarded-prefix",
                "x-original-url",
                "x-rewrite-url",
                "x-http-method-override",
                "x-http-method",
                "x-method-override",
                "x-host",
                "forwarded",
                "x-real-ip",
                "true-client-ip",
                "proxy",
                "via",
                "x-client-ip",
                "x-cluster-client-ip",
                "x-remote-ip",
                "x-remote-addr",
                "x-originating-ip",
                "x-envoy-external-address",
                "cf-connecting-ip",
                "cf-connecting-ipv6",
                "fastly-client-ip",
                "client-ip",
                "cdn-loop",
                "x-forwarded-scheme",
                "x-forwarded-port",
                "x-forwarded-for",
                "x-original-host",
                "x-original-uri",
                "x-original-method",
                "x-request-uri",
                "x-url-scheme",
                "x-scheme",
                "x-middleware-subrequest",
                "x-backend-host",
                "front-end-https",
                "base-url",
                "request-uri",
                "fleet-client",
                "x-request-id",
            })
    void cachePoisoningByUnkeyedHeaders(String name) {
        ask(QUESTION, name, "evil");
        shell.send("GET", "/files/a", "", name, "evil");

        assertThat(shell.asked).hasSize(2);
        for (OriginRequest request : shell.asked) {
            assertThat(request.fields().all(name)).doesNotContain("evil");
        }
    }

    @Test
    void anUnknownHeaderOfAQueryDoesNotReachTheOrigin() {
        ask(QUESTION, "x-tenant", "evil", "cookie", "a=b", "user-agent", "evil");

        Fields fields = shell.asked.getFirst().fields();
        assertThat(fields.has("x-tenant") || fields.has("cookie") || fields.has("user-agent"))
                .isFalse();
    }

    @Test
    void oneCallersAnswerIsNotGivenToAnother() {
        CacheRule rule = new CacheRule.Query(CacheRule.Scope.USER, 60_000, 1_000, "query");
        Route route = new Route("mine", Set.of("POST"), "/mine", Route.Auth.KEY, null, 1_000, 1_000, rule);
        TestShell own = new TestShell(Policies.only(route));
        String json = "application/json";
        own.send("POST", "/mine", QUESTION, "x-api-key", KEY, "content-type", json);

        assertThat(own.send("POST", "/mine", QUESTION, "x-api-key", TestShell.key(43, 7), "content-type", json)
                        .cacheStatus())
                .startsWith("FreeFleet; hit");
        assertThat(own.send("POST", "/mine", QUESTION, "x-api-key", TestShell.key(44, 8), "content-type", json)
                        .cacheStatus())
                .startsWith("FreeFleet; fwd=uri-miss");
    }

    @Test
    void anAnswerToCredentialsIsStoredOnlyWhereItSaysSo() {
        for (String control : List.of("max-age=60", "max-age=60, private")) {
            shell.origin = request -> shell.answer(200, "x", "cache-control", control);
            shell.send("GET", "/files/" + control.length(), "", "authorization", "Basic eDp5");
            assertThat(shell.store).isEmpty();
        }
        for (String control : List.of("max-age=60, public", "s-maxage=60", "max-age=60, must-revalidate")) {
            shell.origin = request -> shell.answer(200, "x", "cache-control", control);
            shell.send("GET", "/files/" + control.length(), "", "authorization", "Basic eDp5");
        }
        assertThat(shell.store).hasSize(3);
        assertThat(shell.asked).allMatch(request -> request.fields().has("authorization"));
    }

    @Test
    void aBodysAnswerIsNotGivenToAnotherBody() {
        shell.origin = request -> shell.answer(200, "first");
        ask("{\"query\":\"a\"}");
        shell.origin = request -> shell.answer(200, "second");
        for (String other : List.of(
                "{\"query\":\"a \"}",
                "{\"query\":\"A\"}",
                "{\"query\":\"a\",\"limit\":null}",
                "{\"query\":[\"a\"]}",
                "[{\"query\":\"a\"}]",
                "{\"query\":\"a\",\"query\":\"a\"}",
                "{\"query\":\"a\"} x")) {
            assertThat(ask(other).text()).as(other).isEqualTo("second");
        }
        assertThat(shell.send("POST", "/query?x", "{\"query\":\"a\"}", with()).text())
                .isEqualTo("second");
        assertThat(shell.send("POST", "/query/smart", "{\"query\":\"a\"}", with())
                        .text())
                .isEqualTo("second");
        assertThat(shell.send(
                                "POST",
                                "/query",
                                "{\"query\":\"a\"}",
                                "x-api-key",
                                KEY,
                                "content-type",
                                "application/vnd.a+json")
                        .text())
                .isEqualTo("second");
        assertThat(ask("{\"query\":\"a\"}").text()).isEqualTo("first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/json; charset=utf-16",
                "application/json; a=b",
                "application",
                "/json",
                ""
            })
    void contentThatMayBeNoJsonIsNotCached(String type) {
        shell.send("POST", "/query", QUESTION, "x-api-key", KEY, "content-type", type);
        shell.send("POST", "/query", QUESTION, with("content-encoding", "gzip"));
        shell.send("POST", "/query", QUESTION, with("content-type", "application/json"));

        assertThat(shell.store).isEmpty();
        assertThat(shell.asked).hasSize(3).allMatch(OriginRequest::streamContent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/query/x.css", "/query%2Fx.css", "/query;x.css", "/query%3bx.css", "/query/%2e%2e/x", "/query/..;/x",
                "//query", "/./query", "/query%00.css", "/quer%C1%B9", "/QUERY", "/query/",
            })
    void cacheDeceptionByPathConfusion(String target) {
        int status = shell.send("GET", target + "?q=a", "", with()).status();

        assertThat(status).isIn(400, 404);
        assertThat(shell.asked).isEmpty();
        assertThat(shell.store).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 406, 408, 412, 413, 416, 429, 431})
    void cachedErrorDenialOfService(int status) {
        shell.origin = request -> shell.answer(status, "provoked", "cache-control", "max-age=3600");
        shell.send("GET", "/files/a", "", "x-oversize", "a".repeat(100));
        ask(QUESTION);

        assertThat(shell.store).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 404, 500, 503})
    void errorsOfAQueryAreNotStored(int status) {
        shell.origin = request -> shell.answer(status, "error", "cache-control", "max-age=3600");
        ask(QUESTION);

        assertThat(shell.store).isEmpty();
    }

    @Test
    void hopByHopAbuse() {
        shell.send(
                "GET",
                "/files/a",
                "",
                "connection",
                "close, X-Forwarded-For, x-forwarded-proto, X-Request-Id, X-Secret, cache-control",
                "x-secret",
                "1",
                "te",
                "trailers",
                "transfer-encoding",
                "chunked",
                "upgrade",
                "h2c",
                "keep-alive",
                "1");
        Fields fields = shell.asked.getFirst().fields();

        assertThat(fields)
                .isEqualTo(Fields.of(
                        "surrogate-capability",
                        SurrogateControl.CAPABILITY,
                        "x-forwarded-for",
                        "192.0.2.7",
                        "x-forwarded-proto",
                        "http",
                        "x-request-id",
                        "0190b2f4-0000-7000-8000-000000000001"));
        // Nor can it take the key away before it was looked at.
        assertThat(ask(QUESTION, "connection", "x-api-key").status()).isEqualTo(200);
    }

    /** What the client says of itself goes, what the edge says stays. */
    @Test
    void hopByHopAbuseOfTheCapability() {
        shell.send(
                "GET",
                "/files/a",
                "",
                "connection",
                "surrogate-capability",
                "surrogate-capability",
                "evil=\"ESI/1.0\"");

        assertThat(shell.asked.getFirst().fields().all("surrogate-capability"))
                .containsExactly(SurrogateControl.CAPABILITY);
    }

    @Test
    void underscoresDressUpNoField() {
        shell.send(
                "GET",
                "/files/a",
                "",
                "x_forwarded_for",
                "203.0.113.9",
                "x_forwarded-host",
                "evil.example",
                "x_original_url",
                "/admin",
                "transfer_encoding",
                "chunked",
                "x_api_key",
                "k",
                "x_own_field",
                "1");

        assertThat(shell.asked.getFirst().fields())
                .isEqualTo(Fields.of(
                        "x_own_field",
                        "1",
                        "surrogate-capability",
                        SurrogateControl.CAPABILITY,
                        "x-forwarded-for",
                        "192.0.2.7",
                        "x-forwarded-proto",
                        "http",
                        "x-request-id",
                        "0190b2f4-0000-7000-8000-000000000001"));
    }

    @Test
    void anOriginCannotWriteTheEdgesFields() {
        shell.origin = request -> shell.answer(
                200,
                "x",
                "cache-status",
                "evil",
                "x-request-id",
                "evil",
                "ratelimit",
                "evil",
                "age",
                "5",
                "connection",
                "x-private",
                "x-private",
                "1",
                "cache-control",
                "max-age=60");
        for (int i = 0; i < 2; i++) {
            Fields fields = shell.send("GET", "/files/a", "").fields();
            assertThat(fields.all("cache-status")).hasSize(1).noneMatch("evil"::equals);
            assertThat(fields.all("x-request-id")).containsExactly("0190b2f4-0000-7000-8000-000000000001");
            assertThat(fields.all("ratelimit")).hasSize(1).noneMatch("evil"::equals);
            assertThat(fields.all("age")).containsExactly("5");
            assertThat(fields.has("x-private")).isFalse();
        }
    }

    @Test
    void addressSpoofing() {
        shell.send(
                "GET",
                "/files/a",
                "",
                "x-forwarded-for",
                "1.1.1.1",
                "x-real-ip",
                "1.1.1.1",
                "forwarded",
                "for=1.1.1.1");

        assertThat(shell.buckets.keySet()).containsExactly("addr:192.0.2.7");
        assertThat(shell.asked.getFirst().fields().all("x-forwarded-for")).containsExactly("192.0.2.7");
    }

    @Test
    void rotationInsideAnIpv6NetworkAndMappedAddresses() {
        byte[] address = new byte[16];
        address[0] = 0x20;
        for (int i = 0; i < 5; i++) {
            address[15] = (byte) i;
            address[9] = (byte) i;
            shell.send(address, "GET", "/files/a", "");
        }
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 7};
        shell.send(mapped, "GET", "/files/a", "");

        assertThat(shell.buckets.keySet()).containsExactlyInAnyOrder("addr:2000::/64", "addr:192.0.2.7");
    }

    @Test
    void keyGuessing() {
        String forged = KEY.substring(0, KEY.length() - 2) + (KEY.endsWith("AA") ? "BA" : "AA");
        for (int i = 0; i < 5; i++) {
            TestShell.Answer answer = shell.send("GET", "/query?q=a", "", "x-api-key", forged);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.fields().first("www-authenticate")).startsWith("Bearer");
        }
        TestShell.Answer refused = shell.send("GET", "/query?q=a", "", "x-api-key", forged);

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.fields().first("retry-after")).isEqualTo("12");
        assertThat(shell.asked).isEmpty();
        shell.now += 12_000;
        assertThat(shell.send("GET", "/query?q=a", "", "x-api-key", forged).status())
                .isEqualTo(401);
    }

    @Test
    void aGuesserLocksNobodyOutWhoSharesTheAddress() {
        String forged = KEY.substring(0, KEY.length() - 2) + (KEY.endsWith("AA") ? "BA" : "AA");
        for (int i = 0; i < 10; i++) {
            shell.send("GET", "/query?q=a", "", "x-api-key", forged);
        }
        assertThat(shell.send("GET", "/query?q=a", "", "x-api-key", KEY).status())
                .isEqualTo(200);
    }

    @Test
    void refusedKeysCannotBeToldApart() {
        shell.edge.keyStates(Map.of(9L, new KeyState(9, true, null, List.of(), Set.of())));
        List<String> refused =
                List.of("sff_", "x", "", "sff_" + "A".repeat(200), TestShell.key(9, 1), KEY.substring(1), KEY + "A");
        Set<String> texts = new HashSet<>();
        for (String key : refused) {
            shell.now += 60_000;
            TestShell.Answer answer = shell.send("GET", "/query?q=a", "", "x-api-key", key);
            assertThat(answer.status()).as(key).isEqualTo(401);
            texts.add(answer.text());
        }
        assertThat(texts).hasSize(1);
        assertThat(texts.iterator().next()).doesNotContain("sff_");
    }

    @Test
    void twoDifferentKeysAreRefused() {
        assertThat(shell.send("GET", "/query?q=a", "", "x-api-key", KEY, "x-api-key", KEY)
                        .status())
                .isEqualTo(401);
        assertThat(shell.send("GET", "/query?q=a", "", "x-api-key", KEY, "authorization", "Bearer x")
                        .status())
                .isEqualTo(401);
        assertThat(shell.send("GET", "/query?q=a", "", "x-api-key", KEY, "authorization", "Bearer " + KEY)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aKeyIsHeldToItsScopesItsRateAndItsExpiry() {
        shell.edge.keyStates(
                Map.of(42L, new KeyState(42, false, new RateLimit(1, 60_000), List.of(), Set.of("query"))));
        assertThat(shell.send("POST", "/wisdom", QUESTION, with()).status()).isEqualTo(403);
        assertThat(ask(QUESTION).status()).isEqualTo(200);
        TestShell.Answer limited = ask(QUESTION);
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.fields().first("ratelimit-policy")).contains("\"key\";q=1;w=60");
        assertThat(limited.fields().first("ratelimit")).contains("\"key\";r=0;t=60");

        String expired = TestShell.key(new KeyToken(1, 50, 7, shell.now / 60_000 * 60_000, "small"));
        TestShell.Answer answer = shell.send("GET", "/query?q=a", "", "x-api-key", expired);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.text()).contains("expired");
        assertThat(answer.usage().keyId()).isZero();
    }

    @Test
    void ssrfThroughAnAbsoluteTarget() {
        shell.send("GET", "http://169.254.169.254/files/latest/meta-data", "", "host", "169.254.169.254");

        OriginRequest request = shell.asked.getFirst();
        assertThat(request.target()).isEqualTo("/files/latest/meta-data");
        assertThat(request.fields().has("host")).isFalse();
    }

    @Test
    void theAdminPlaneIsNotServed() {
        for (String path : List.of("/admin/snapshot", "/metrics", "/admin")) {
            assertThat(shell.send("GET", path, "", with()).status()).isEqualTo(404);
        }
        assertThat(shell.asked).isEmpty();
    }

    @Test
    void aCookieForOneIsNotGivenToAll() {
        shell.origin =
                request -> shell.answer(200, "x", "set-cookie", "session=1", "last-modified", HttpDate.format(0));
        shell.send("GET", "/files/a", "");
        shell.origin = request -> shell.answer(200, "x", "set-cookie", "session=1", "cache-control", "max-age=60");
        ask(QUESTION);

        assertThat(shell.store).isEmpty();
    }

    @Test
    void contentOnAGetIsNotLookedUp() {
        shell.send("GET", "/files/a", "content");

        assertThat(shell.stepsOf(Step.Lookup.class)).isEmpty();
        assertThat(shell.asked.getFirst().streamContent()).isTrue();
    }

    @Test
    void crossOriginCallsAreForTheOriginsThatThePolicyNames() {
        TestShell web = new TestShell(Policies.with(
                Policies.WIDE, Policies.WIDE, List.of(), Set.of("https://app.example"), EdgePolicy.QueryText.OFF));
        String[] preflight = {"origin", "https://app.example", "access-control-request-method", "POST"};
        TestShell.Answer allowed = web.send("OPTIONS", "/query", "", preflight);
        assertThat(allowed.status()).isEqualTo(204);
        assertThat(allowed.fields().first("access-control-allow-origin")).isEqualTo("https://app.example");
        assertThat(allowed.fields().first("access-control-allow-headers")).contains("X-API-Key");
        TestShell.Answer evil = web.send(
                "OPTIONS", "/query", "", "origin", "https://evil.example", "access-control-request-method", "POST");
        assertThat(evil.fields().has("access-control-allow-origin")).isFalse();
        assertThat(evil.fields().all("vary")).contains("Origin");
        UsageEvent usage = web.send("GET", "/query?q=a", "", with("origin", "https://app.example"))
                .usage();
        assertThat(usage.queryText()).isNull();
        assertThat(usage.queryDigest()).isNull();
        // Off by default.
        assertThat(shell.send("OPTIONS", "/query", "", preflight).fields().has("access-control-allow-origin"))
                .isFalse();
    }
}
