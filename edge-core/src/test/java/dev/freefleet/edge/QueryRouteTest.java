package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QueryRouteTest {
    private static final String[] JSON = {"x-api-key", TestShell.key(42, 7), "content-type", "application/json"};

    private final TestShell shell = new TestShell(Policies.standard());

    private TestShell.Answer post(String content) {
        return shell.send("POST", "/query", content, JSON);
    }

    @Test
    void theSecondOfTwoEqualQuestionsIsAnsweredFromTheStore() {
        TestShell.Answer first = post("{\"query\": \"what is a fleet\", \"limit\": 3}");
        shell.now += 5_000;
        TestShell.Answer second = post("{\"limit\":3,\"query\":\"what is a fleet\"}");

        assertThat(first.cacheStatus()).isEqualTo("FreeFleet; fwd=uri-miss; stored");
        assertThat(second.cacheStatus()).isEqualTo("FreeFleet; hit; ttl=3595");
        assertThat(second.fields().first("age")).isEqualTo("5");
        assertThat(second.text()).isEqualTo("hello");
        assertThat(shell.asked).hasSize(1);
        assertThat(second.usage().cache()).isEqualTo(CacheOutcome.HIT);
    }

    @Test
    void postQueryAndGetOfOneQuestionShareAnEntry() {
        post("{\"query\":\"a b\",\"limit\":3,\"context\":\"c\"}");
        TestShell.Answer query =
                shell.send("QUERY", "/query", "{\"context\":\"c\",\"query\":\"a b\",\"limit\":3.0}", JSON);
        TestShell.Answer get = shell.send("GET", "/query?limit=3&q=a+b&context=%63", "", JSON);

        assertThat(query.cacheStatus()).startsWith("FreeFleet; hit");
        assertThat(get.cacheStatus()).startsWith("FreeFleet; hit");
        assertThat(shell.asked).hasSize(1);
    }

    @Test
    void malformedJsonGoesToTheOriginAsItIsAndIsNotStored() {
        shell.origin = request -> shell.answer(422, "no");
        TestShell.Answer answer = post("{\"query\": ");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.usage().cache()).isEqualTo(CacheOutcome.BYPASS);
        assertThat(shell.store).isEmpty();
        OriginRequest asked = shell.asked.getFirst();
        assertThat(asked.content()).asString().isEqualTo("{\"query\": ");
    }

    @Test
    void usageTellsTheQuestion() {
        UsageEvent usage = post("{\"query\":\"who\"}").usage();

        assertThat(usage.queryText()).isEqualTo("who");
        assertThat(usage.queryDigest())
                .isEqualTo(Ascii.hex(TestShell.sha256("{\"query\":\"who\"}".getBytes(StandardCharsets.UTF_8)), 16));
        assertThat(usage.keyId()).isEqualTo(42);
        assertThat(usage.userId()).isEqualTo(7);
        assertThat(usage.route()).isEqualTo("query");
        assertThat(usage.node()).isEqualTo("edge-1");
    }

    /** Who records usage leaves with it what he made of it. */
    @Test
    void whoAsksTheSameIsGivenTheSameQuestion() {
        UsageQuestion posted = null;
        UsageQuestion got = null;
        for (int i = 0; i < 4; i++) {
            UsageQuestion lastPosted = posted;
            UsageQuestion lastGot = got;
            posted = post("{\"query\":\"who\"}").usage().question();
            got = shell.send("GET", "/query?q=who", "", JSON).usage().question();
            assertThat(posted).isNotNull().isEqualTo(got);
            if (i >= 2) { // the edge keeps what comes twice
                assertThat(posted).isSameAs(lastPosted);
                assertThat(got).isSameAs(lastGot);
            }
        }
        assertThat(post("{\"query\":\"what\"}").usage().question()).isNotEqualTo(posted);
        assertThat(posted).asString().isEqualTo("UsageQuestion");
    }

    /** From the origin, from the store, and where the edge remembers what the target of a GET asks. */
    @ParameterizedTest
    @EnumSource
    void usageKeepsOfTheQuestionWhatThePolicySays(EdgePolicy.QueryText keep) {
        TestShell kept = new TestShell(Policies.with(Policies.WIDE, Policies.WIDE, List.of(), Set.of(), keep));
        String content = "{\"query\":\"who\"}";
        String digest = Ascii.hex(TestShell.sha256(content.getBytes(StandardCharsets.UTF_8)), 16);
        for (String method : List.of("POST", "QUERY", "GET", "POST", "QUERY", "GET", "GET")) {
            UsageEvent usage = method.equals("GET")
                    ? kept.send(method, "/query?q=who", "", JSON).usage()
                    : kept.send(method, "/query", content, JSON).usage();

            assertThat(usage.queryText()).as(method).isEqualTo(keep == EdgePolicy.QueryText.FULL ? "who" : null);
            assertThat(usage.queryDigest()).as(method).isEqualTo(keep == EdgePolicy.QueryText.OFF ? null : digest);
        }
        assertThat(kept.asked).hasSize(1);
    }

    /** A question that cannot be read, and one that the origin fails to answer. */
    @ParameterizedTest
    @EnumSource
    void usageKeepsNoMoreOfAQuestionThatFails(EdgePolicy.QueryText keep) {
        TestShell kept = new TestShell(Policies.with(Policies.WIDE, Policies.WIDE, List.of(), Set.of(), keep));
        kept.origin = request -> kept.answer(500, "no");
        UsageEvent failed =
                kept.send("POST", "/query", "{\"query\":\"who\"}", JSON).usage();
        UsageEvent unread =
                kept.send("POST", "/query", "{\"query\":\"who\"", JSON).usage();

        assertThat(failed.status()).isEqualTo(500);
        assertThat(failed.queryText()).isEqualTo(keep == EdgePolicy.QueryText.FULL ? "who" : null);
        assertThat(failed.queryDigest() == null).isEqualTo(keep == EdgePolicy.QueryText.OFF);
        assertThat(unread.queryText()).isNull();
        assertThat(unread.queryDigest()).isNull();
    }

    @Test
    void answersOfAnotherIndexVersionAreStale() {
        shell.edge.indexVersion("v1");
        post("{\"query\":\"who\"}");
        shell.edge.indexVersion("v2");

        assertThat(post("{\"query\":\"who\"}").cacheStatus()).isEqualTo("FreeFleet; fwd=stale; stored");
        assertThat(post("{\"query\":\"who\"}").cacheStatus()).startsWith("FreeFleet; hit");
    }

    @Test
    void contentOverTheCapIsAnswered413() {
        Route small = new Route(
                "small",
                Set.of("POST"),
                "/q",
                Route.Auth.NONE,
                null,
                4,
                30_000,
                new CacheRule.Query(CacheRule.Scope.PUBLIC, 1_000, 1_000, "query"));
        TestShell capped = new TestShell(Policies.only(small));

        assertThat(capped.send("POST", "/q", "{   }", "content-type", "application/json")
                        .status())
                .isEqualTo(413);
        assertThat(capped.asked).isEmpty();
    }

    @Test
    void theClientsKeyDoesNotReachTheOrigin() {
        post("{\"query\":\"who\"}");

        Fields fields = shell.asked.getFirst().fields();
        assertThat(fields.has("x-api-key")).isFalse();
        assertThat(fields.has("authorization")).isFalse();
        assertThat(fields.first("x-forwarded-for")).isEqualTo("192.0.2.7");
        assertThat(fields.first("x-request-id")).isEqualTo("0190b2f4-0000-7000-8000-000000000001");
    }
}
