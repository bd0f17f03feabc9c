package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyLimitsTest {
    private final TestShell shell = new TestShell(Policies.standard());

    private TestShell.Answer ask(String key) {
        return shell.send("GET", "/query?q=a", "", "x-api-key", key);
    }

    private void state(
            List<Quota> quotas, List<String> addresses, long validUntil, long exhaustedUntil, int maxConcurrent) {
        shell.edge.keyStates(Map.of(
                42L,
                new KeyState(42, false, null, quotas, Set.of(), addresses, validUntil, exhaustedUntil, maxConcurrent)));
    }

    @Test
    void quotasCountByDayAndMonthOfUtc() {
        shell.now = Instant.parse("2026-11-29T23:00:00Z").toEpochMilli();
        state(List.of(new Quota(2, Quota.Period.DAY), new Quota(3, Quota.Period.MONTH)), List.of(), 0, 0, 0);
        String key = TestShell.key(42, 7);

        TestShell.Answer first = ask(key);
        assertThat(first.fields().first("ratelimit-policy"))
                .endsWith("\"key\";q=60;w=60, \"day\";q=2;w=86400, \"month\";q=3;w=2592000");
        assertThat(first.fields().first("ratelimit"))
                .endsWith("\"key\";r=59;t=1, \"day\";r=1;t=3600, \"month\";r=2;t=90000");
        assertThat(shell.quotas).containsOnlyKeys("key:42:2026-11-29", "key:42:2026-11");
        assertThat(ask(key).status()).isEqualTo(200);
        TestShell.Answer daily = ask(key);
        assertThat(daily.status()).isEqualTo(429);
        assertThat(daily.fields().first("retry-after")).isEqualTo("3600");
        shell.now += 3_600_000;
        assertThat(ask(key).status()).isEqualTo(200);
        TestShell.Answer monthly = ask(key);
        assertThat(monthly.status()).isEqualTo(429);
        assertThat(monthly.fields().first("retry-after")).isEqualTo("86400");
        shell.now += 86_400_000;
        assertThat(ask(key).status()).isEqualTo(200);
        assertThat(shell.quotas).containsKeys("key:42:2026-12-01", "key:42:2026-12");
    }

    @Test
    void aQuotaThatOthersCountIsOverUntilItsEnd() {
        state(List.of(), List.of(), 0, shell.now + 5_000, 0);

        assertThat(ask(TestShell.key(42, 7)).fields().first("retry-after")).isEqualTo("5");
        shell.now += 5_000;
        assertThat(ask(TestShell.key(42, 7)).status()).isEqualTo(200);
    }

    @Test
    void aKeyHasSoManyRequestsAtOnce() {
        shell.held.put("key:42", 255);
        assertThat(ask(TestShell.key(42, 7)).status()).isEqualTo(200);
        shell.held.put("key:42", 256);
        TestShell.Answer refused = ask(TestShell.key(42, 7));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.fields().first("retry-after")).isEqualTo("1");
        state(List.of(), List.of(), 0, 0, 257);
        assertThat(ask(TestShell.key(42, 7)).status()).isEqualTo(200);
    }

    @Test
    void aRotatedKeyWorksThroughItsGrace() {
        state(List.of(), List.of(), shell.now + 1_000, 0, 0);

        assertThat(ask(TestShell.key(42, 7)).status()).isEqualTo(200);
        shell.now += 1_000;
        assertThat(ask(TestShell.key(42, 7)).status()).isEqualTo(401);
    }

    @Test
    void aKeyMayBeBoundToAddresses() {
        state(List.of(), List.of("198.51.100.0/24"), 0, 0, 0);
        assertThat(ask(TestShell.key(42, 7)).status()).isEqualTo(403);
        state(List.of(), List.of("2001:db8::/32", "192.0.2.0/24"), 0, 0, 0);
        assertThat(ask(TestShell.key(42, 7)).status()).isEqualTo(200);
        assertThatThrownBy(() -> state(List.of(), List.of("10.0.0.1/8"), 0, 0, 0))
                .hasMessageContaining("10.0.0.1/8");
    }

    @Test
    void keysThatWereMadeElsewhereAreKnownByTheirDigest() {
        assertThat(ask("legacy-key").status()).isEqualTo(401);
        String digest = Ascii.hex(TestShell.sha256("legacy-key".getBytes(StandardCharsets.UTF_8)), 32);
        shell.edge.importedKeys(Map.of(digest, new KeyToken(1, 77, 5, 0, "small")));

        TestShell.Answer answer = ask("legacy-key");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.usage().keyId()).isEqualTo(77);
        assertThat(answer.fields().first("ratelimit-policy")).contains("\"key\";q=2;w=60");
        assertThat(ask("legacy-kez").status()).isEqualTo(401);
        assertThat(shell.asked).noneMatch(request -> request.fields().has("x-api-key"));
    }

    @Test
    void thePlanThatTheFleetSaysOverrulesTheKeys() {
        String key = TestShell.key(42, 7);
        assertThat(ask(key).fields().first("ratelimit-policy")).contains("\"key\";q=60;w=60");
        shell.edge.keyStates(
                Map.of(42L, new KeyState(42, false, null, List.of(), Set.of(), List.of(), 0, 0, 0, "small")));
        assertThat(ask(key).fields().first("ratelimit-policy")).contains("\"key\";q=2;w=60");
        shell.edge.keyStates(
                Map.of(42L, new KeyState(42, false, null, List.of(), Set.of(), List.of(), 0, 0, 0, "gone")));
        assertThat(ask(key).fields().first("ratelimit-policy")).contains("\"key\";q=60;w=60");
    }

    @Test
    void anImportedKeyIsNeverSeenWithoutItsRestrictions() {
        String digest = Ascii.hex(TestShell.sha256("legacy-key".getBytes(StandardCharsets.UTF_8)), 32);
        shell.edge.keys(
                Map.of(77L, new KeyState(77, false, null, List.of(), Set.of("other"))),
                Map.of(digest, new KeyToken(1, 77, 5, 0, "small")));
        assertThat(ask("legacy-key").status()).isEqualTo(403);
        shell.edge.keys(Map.of(), Map.of());
        assertThat(ask("legacy-key").status()).isEqualTo(401);
    }

    @Test
    void questionsThatDifferInCaseAndSpaceShareAnEntryWhereTheRouteSaysSo() {
        for (boolean fold : new boolean[] {true, false}) {
            CacheRule rule = new CacheRule.Query(
                    CacheRule.Scope.PUBLIC, 60_000, 1_000, "query", CacheRule.Stale.NEVER, List.of("x-tenant"), fold);
            Route route = new Route("q", Set.of("POST"), "/q", Route.Auth.NONE, null, 1_000, 1_000, rule);
            TestShell folding = new TestShell(Policies.only(route));
            String[] tenant = {"content-type", "application/json", "x-tenant", "a"};
            folding.send("POST", "/q", "{\"query\":\" What is\\n\\tthis \",\"x\":\"A\"}", tenant);

            assertThat(folding.asked.getFirst().fields().first("x-tenant")).isEqualTo("a");
            assertThat(folding.send("POST", "/q", "{\"query\":\"what IS this\",\"x\":\"A\"}", tenant)
                            .cacheStatus())
                    .startsWith(fold ? "FreeFleet; hit" : "FreeFleet; fwd=uri-miss");
            assertThat(folding.send("POST", "/q", "{\"query\":\"what IS this\",\"x\":\"a\"}", tenant)
                            .cacheStatus())
                    .startsWith("FreeFleet; fwd=uri-miss");
            tenant[3] = "b";
            assertThat(folding.send("POST", "/q", "{\"query\":\"what IS this\",\"x\":\"A\"}", tenant)
                            .cacheStatus())
                    .startsWith("FreeFleet; fwd=uri-miss");
        }
    }
}
