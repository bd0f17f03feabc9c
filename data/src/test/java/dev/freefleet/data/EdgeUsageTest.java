package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.UsageEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EdgeUsageTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private DataConfig.External database;
    private DataPlane plane;
    private EdgeUsage edge;

    @BeforeEach
    void open() {
        database = TestServer.newDatabase();
        plane = DataPlane.open(DataConfig.of(database), clock);
        edge = plane.edgeUsage(QuestionPolicy.ALL);
    }

    @AfterEach
    void close() {
        edge.close();
        plane.close();
    }

    @Test
    void aBatchIsReadBackAsItWasSent() {
        List<UsageEvent> events = List.of(
                TestEvents.event("0193574e-7a3b-7c1d-8f2e-1234567890ab", NOON, "What is \"it\"?\\\n\t"),
                TestEvents.event("0193574e-7a3b-7c1d-8f2e-1234567890ac", NOON.minusSeconds(1), null));
        assertThat(edge.take(UUID.randomUUID(), "cloudflare", events)).isEqualTo(EdgeUsage.Outcome.WRITTEN);
        assertThat(plane.usage().recent(UsageFilter.between(Instant.MIN, Instant.MAX), 10))
                .containsExactlyElementsOf(events);
    }

    @Test
    void whatIsKeptOfQuestionsHoldsForEveryEdge() {
        QuestionPolicy digests =
                new QuestionPolicy(Map.of("query", EdgePolicy.QueryText.DIGEST), Redaction.NONE, new byte[32]);
        UsageEvent event = TestEvents.event("0193574e-7a3b-7c1d-8f2e-1234567890ab", NOON, "my secret");
        try (EdgeUsage careful = plane.edgeUsage(digests)) {
            careful.take(UUID.randomUUID(), "cloudflare", List.of(event));
        }
        UsageEvent kept = plane.usage()
                .recent(UsageFilter.between(Instant.MIN, Instant.MAX), 10)
                .getFirst();
        assertThat(kept.queryText()).isNull();
        assertThat(kept.queryDigest()).hasSize(32).isNotEqualTo(event.queryDigest());
    }

    @Test
    void aReplayedBatchWritesNothing() {
        UUID id = UUID.randomUUID();
        edge.take(id, "cloudflare", events(1, 200, 10));
        assertThat(edge.take(id, "cloudflare", events(1, 200, 10))).isEqualTo(EdgeUsage.Outcome.SEEN);
        assertThat(edge.take(id, "elsewhere", events(2, 200, 3))).isEqualTo(EdgeUsage.Outcome.SEEN);
        assertThat(rows()).isEqualTo(10);
    }

    @Test
    void aBatchThatManyThreadsSendAtOnceIsWrittenOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8);
                DataPlane other = DataPlane.open(DataConfig.of(database), clock);
                EdgeUsage otherFleet = other.edgeUsage(QuestionPolicy.ALL)) {
            List<UUID> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ids.add(UUID.randomUUID());
            }
            List<Future<EdgeUsage.Outcome>> outcomes = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                for (UUID id : ids) {
                    EdgeUsage fleet = round % 2 == 0 ? edge : otherFleet;
                    Callable<EdgeUsage.Outcome> send = () -> fleet.take(id, "cloudflare", events(1, 200, 7));
                    outcomes.add(threads.submit(send));
                }
            }
            int written = 0;
            for (Future<EdgeUsage.Outcome> outcome : outcomes) {
                written += outcome.get() == EdgeUsage.Outcome.WRITTEN ? 1 : 0;
            }
            assertThat(written).isEqualTo(20);
        }
        assertThat(rows()).isEqualTo(140);
    }

    @Test
    void aBatchWhoseCommitNobodyHeardOfIsWrittenOnce() throws Exception {
        try (CutAtCommit cut = new CutAtCommit(TestServer.port())) {
            Login through = new Login(
                    database.url().replace(":" + TestServer.port() + "/", ":" + cut.port() + "/"),
                    database.user(),
                    database.password());
            UUID id = UUID.randomUUID();
            cut.cuts.set(1);
            try (EdgeUsage far = new EdgeUsage(Logins.one(through), clock, QuestionPolicy.ALL)) {
                assertThatThrownBy(() -> far.take(id, "cloudflare", events(1, 200, 10)))
                        .isInstanceOf(DataException.class)
                        .extracting(e -> ((DataException) e).kind())
                        .isEqualTo(DataException.Kind.UNAVAILABLE);
                assertThat(far.take(id, "cloudflare", events(1, 200, 10))).isEqualTo(EdgeUsage.Outcome.SEEN);
            }
            assertThat(rows()).isEqualTo(10);
        }
    }

    @Test
    void aBatchThatFailsHalfWayLeavesNothing() {
        TestServer.execute(TestServer.login(database), "alter table edge_key_days rename to hidden");
        UUID id = UUID.randomUUID();
        assertThatThrownBy(() -> edge.take(id, "cloudflare", events(1, 200, 10)))
                .isInstanceOf(DataException.class);
        assertThat(rows()).isZero();
        assertThat(count("select count(*) from usage_batches")).isZero();
        TestServer.execute(TestServer.login(database), "alter table hidden rename to edge_key_days");
        assertThat(edge.take(id, "cloudflare", events(1, 200, 10))).isEqualTo(EdgeUsage.Outcome.WRITTEN);
        assertThat(rows()).isEqualTo(10);
    }

    @Test
    void aDatabaseThatIsAwayIsUnavailable() {
        Login nowhere = new Login("jdbc:postgresql://127.0.0.1:1/none", "nobody", "");
        try (EdgeUsage away = new EdgeUsage(Logins.one(nowhere), clock, QuestionPolicy.ALL)) {
            assertThatThrownBy(() -> away.take(UUID.randomUUID(), "cloudflare", events(1, 200, 1)))
                    .isInstanceOf(DataException.class)
                    .extracting(e -> ((DataException) e).kind())
                    .isEqualTo(DataException.Kind.UNAVAILABLE);
        }
    }

    @Test
    void whatCountsTowardsQuotasIsCountedByKeyAndDay() {
        long user = plane.users().create("ada", null).id();
        ApiKey own = key(user, "own", List.of(new Quota(5, Quota.Period.DAY)));
        ApiKey other = key(user, "other", List.of());
        ApiKey idle = key(user, "idle", List.of(new Quota(9, Quota.Period.MONTH)));
        edge.take(UUID.randomUUID(), "cloudflare", events(own.id(), 200, 4));
        edge.take(UUID.randomUUID(), "cloudflare", events(own.id(), 429, 3));
        edge.take(UUID.randomUUID(), "cloudflare", events(own.id(), 403, 3));
        edge.take(UUID.randomUUID(), "cloudflare", events(0, 401, 3));
        edge.take(UUID.randomUUID(), "cloudflare", List.of(event(other.id(), 502, NOON.minusSeconds(86_400))));
        assertThat(edge.use(List.of(idle.id(), 999L)))
                .containsExactlyInAnyOrder(
                        new KeyUse(own.id(), "default", List.of(new Quota(5, Quota.Period.DAY)), 4, 4),
                        new KeyUse(other.id(), "default", List.of(), 0, 1),
                        new KeyUse(idle.id(), "default", List.of(new Quota(9, Quota.Period.MONTH)), 0, 0));
    }

    @Test
    void batchesAreForgottenOnceNobodyCanSendThemAgain() {
        edge.take(UUID.randomUUID(), "cloudflare", events(1, 200, 1));
        clock.set(NOON.plus(EdgeUsage.REMEMBERED).plusSeconds(86_400).toString());
        edge.take(UUID.randomUUID(), "cloudflare", events(1, 200, 1));
        assertThat(count("select count(*) from usage_batches")).isEqualTo(1);
        assertThat(rows()).isEqualTo(2);
    }

    private ApiKey key(long user, String name, List<Quota> quotas) {
        return plane.keys().create(new NewKey(user, name, "default", Set.of(), null, quotas, null));
    }

    private long rows() {
        return plane.usage().count(UsageFilter.between(Instant.MIN, Instant.MAX));
    }

    private long count(String query) {
        return Long.parseLong(
                TestServer.strings(TestServer.login(database), query).getFirst());
    }

    private static List<UsageEvent> events(long key, int status, int count) {
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(event(key, status, NOON));
        }
        return events;
    }

    private static UsageEvent event(long key, int status, Instant time) {
        return new UsageEvent(
                UUID.randomUUID().toString(),
                time.toEpochMilli(),
                key,
                3,
                "query",
                "POST",
                status,
                CacheOutcome.HIT,
                900,
                0,
                30,
                200,
                null,
                null,
                "cloudflare");
    }
}
