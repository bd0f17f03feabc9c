package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class UsageIngestTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final UsageFilter ALL = UsageFilter.between(Instant.MIN, Instant.MAX);

    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private DataConfig.External database;
    private DataPlane plane;

    @BeforeEach
    void open() {
        database = TestServer.newDatabase();
        plane = DataPlane.open(DataConfig.of(database), clock);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void anEventIsReadBackAsItWasOffered() {
        UsageEvent full = TestEvents.event("0193574e-7a3b-7c1d-8f2e-1234567890ab", NOON, "What is \"it\"?\\\n\t");
        UsageEvent bare = new UsageEvent(
                "0193574e-7a3b-7c1d-8f2e-1234567890ac",
                NOON.toEpochMilli() - 1,
                0,
                0,
                "none",
                "GET",
                401,
                CacheOutcome.NONE,
                80,
                0,
                0,
                120,
                null,
                null,
                "edge-1");
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            assertThat(ingest.offer(full)).isTrue();
            assertThat(ingest.offer(bare)).isTrue();
        }
        assertThat(plane.usage().recent(ALL, 10)).containsExactly(full, bare);
        assertThat(plane.usage().count(ALL)).isEqualTo(2);
    }

    @Test
    void eventsThatComeOneByOneAreWrittenWithoutWaitingForAFullBatch() throws Exception {
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            ingest.offer(TestEvents.at(NOON));
            eventually("written", () -> ingest.written() == 1);
            assertThat(plane.usage().count(ALL)).isEqualTo(1);
            assertThat(ingest.queueDepth()).isZero();
        }
    }

    @Test
    void manyThreadsLoseNothing() throws Exception {
        int threads = 4;
        int each = 20_000;
        long all = 80_000;
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            List<Thread> producers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                producers.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < each; i++) {
                        while (!ingest.offer(TestEvents.at(NOON))) {
                            Thread.onSpinWait();
                        }
                    }
                }));
            }
            for (Thread producer : producers) {
                producer.join();
            }
            eventually("all are written", () -> ingest.written() == all);
            assertThat(ingest.accepted()).isEqualTo(all);
            assertThat(ingest.rejected()).isZero();
        }
        assertThat(plane.usage().count(ALL)).isEqualTo(all);
        assertThat(TestServer.strings(TestServer.login(database), "select count(distinct id) from usage_logs"))
                .containsExactly(String.valueOf(all));
    }

    @Test
    void whatHasNoRoomIsCountedAndNeverWaitedFor() {
        long accepted;
        IngestConfig tiny = new IngestConfig(16, 1 << 20, 4, Duration.ofSeconds(10), Duration.ofSeconds(4));
        try (UsageIngest ingest = plane.ingest(tiny)) {
            for (int i = 0; i < 10_000; i++) {
                ingest.offer(TestEvents.at(NOON));
            }
            assertThat(ingest.dropped()).isPositive();
            assertThat(ingest.accepted() + ingest.dropped()).isEqualTo(10_000);
            assertThat(ingest.queueDepth()).isLessThanOrEqualTo(16);
            accepted = ingest.accepted();
        }
        assertThat(plane.usage().count(ALL)).isEqualTo(accepted);
    }

    @Test
    void whatIsOfferedAfterwardsIsCountedAsDropped() {
        UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS);
        ingest.close();

        assertThat(ingest.offer(TestEvents.at(NOON))).isFalse();
        assertThat(ingest.dropped()).isEqualTo(1);
    }

    @Test
    void aRowThatTheTableRefusesDoesNotTakeTheOthersWithIt() throws Exception {
        TestServer.execute(
                TestServer.login(database),
                "alter table usage_logs add constraint poison check (query_text <> 'poison') not valid");
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            for (int i = 0; i < 100; i++) {
                ingest.offer(TestEvents.event("id " + i, NOON, i % 33 == 5 ? "poison" : "fine"));
            }
            eventually("all are settled", () -> ingest.written() + ingest.rejected() == 100);
            assertThat(ingest.rejected()).isEqualTo(3);
        }
        assertThat(plane.usage().count(ALL)).isEqualTo(97);
    }

    @Test
    @SuppressWarnings("NullAway")
    void anEventOfABrokenProgramDoesNotTakeTheOthersWithIt() throws Exception {
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            ingest.offer(TestEvents.at(NOON));
            ingest.offer(TestEvents.event(null, NOON, "no id"));
            ingest.offer(TestEvents.at(NOON));
            eventually("the others are written", () -> ingest.written() == 2);
            assertThat(ingest.rejected()).isEqualTo(1);
        }
        assertThat(plane.usage().count(ALL)).isEqualTo(2);
    }

    @Test
    void eventsWaitWhileTheTableIsLockedAway() throws Exception {
        TestServer.execute(TestServer.login(database), "alter table usage_logs rename to elsewhere");
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            ingest.offer(TestEvents.at(NOON));
            eventually("it failed", () -> ingest.failedBatches() > 1);
            assertThat(ingest.written()).isZero();

            TestServer.execute(TestServer.login(database), "alter table elsewhere rename to usage_logs");

            eventually("it is written", () -> ingest.written() == 1);
        }
    }

    @Test
    void daysAreDaysOfUtcAndMeetAtMidnight() throws Exception {
        Instant last = Instant.parse("2026-11-23T23:59:59.999Z");
        Instant first = Instant.parse("2026-11-24T00:00:00Z");
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            ingest.offer(TestEvents.at(last));
            ingest.offer(TestEvents.at(first));
        }
        assertThat(TestServer.strings(
                        TestServer.login(database), "select tableoid::regclass::text from usage_logs order by time"))
                .containsExactly("usage_logs_20261123", "usage_logs_20261124");
        assertThat(plane.usage().count(UsageFilter.between(Instant.parse("2026-11-23T00:00:00Z"), first)))
                .isEqualTo(1);
    }

    @Test
    void tomorrowsPartitionIsThereBeforeTomorrow() throws Exception {
        assertThat(partitions()).containsExactly("usage_logs_20261123", "usage_logs_20261124", "usage_logs_default");
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            clock.advance(Duration.ofDays(1));
            ingest.offer(TestEvents.at(clock.instant()));
        }
        assertThat(partitions()).contains("usage_logs_20261125");
    }

    @Test
    void anEventOfAnyTimeIsTaken() throws Exception {
        List<Long> times = List.of(
                Long.MIN_VALUE, -1L, 0L, Instant.parse("2026-10-01T00:00:00Z").toEpochMilli(), Long.MAX_VALUE);
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            for (long time : times) {
                UsageEvent e = TestEvents.at(NOON);
                ingest.offer(new UsageEvent(
                        e.id(),
                        time,
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        "r".repeat(500),
                        "M".repeat(500),
                        7,
                        e.cache(),
                        -1,
                        -1,
                        -1,
                        Long.MAX_VALUE,
                        "no digest",
                        "x".repeat(5_000),
                        "n".repeat(500)));
            }
        }
        assertThat(plane.usage().count(ALL)).isEqualTo(4);
        assertThat(TestServer.strings(
                        TestServer.login(database),
                        "select distinct tableoid::regclass::text from usage_logs order by 1"))
                .containsExactly("usage_logs_20261001", "usage_logs_default");
    }

    @Test
    void rowsThatWaitedInTheDefaultPartitionMoveWhenTheirDayIsMade() throws Exception {
        TestServer.execute(
                TestServer.login(database),
                "insert into usage_logs (id, time, route, method, status, cache, latency_us, origin_us, bytes_in,"
                        + " bytes_out, node) select gen_random_uuid(), '2026-10-01 12:00:00+00', 'r', 'GET', 200, 'hit',"
                        + " 1, 0, 0, 0, 'n' from generate_series(1, 3)");
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            ingest.offer(TestEvents.at(Instant.parse("2026-10-01T13:00:00Z")));
        }
        assertThat(TestServer.strings(
                        TestServer.login(database), "select tableoid::regclass::text from usage_logs order by time"))
                .hasSize(4)
                .containsOnly("usage_logs_20261001");
    }

    @Test
    void theLastRequestsAreFoundByKeyUserAndRoute() {
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            for (int i = 0; i < 30; i++) {
                ingest.offer(new UsageEvent(
                        "id " + i,
                        NOON.minusSeconds(3_600L * i).toEpochMilli(),
                        1 + i % 2,
                        1 + i % 3,
                        "route" + i % 5,
                        "GET",
                        200,
                        CacheOutcome.HIT,
                        i,
                        0,
                        0,
                        0,
                        null,
                        null,
                        "edge-1"));
            }
        }
        UsageQueries usage = plane.usage();
        assertThat(usage.count(ALL.ofKey(1))).isEqualTo(15);
        assertThat(usage.count(ALL.ofUser(3))).isEqualTo(10);
        assertThat(usage.count(ALL.ofRoute("route4"))).isEqualTo(6);
        assertThat(usage.count(ALL.ofKey(1).ofUser(1).ofRoute("route0"))).isEqualTo(1);
        assertThat(usage.count(UsageFilter.between(NOON.minusSeconds(3_600), NOON)))
                .isEqualTo(1);
        assertThat(usage.recent(UsageFilter.between(NOON.minusSeconds(90_000), NOON.plusSeconds(1)), 3))
                .extracting(UsageEvent::latencyMicros)
                .containsExactly(0L, 1L, 2L);
        assertThat(usage.recent(ALL.ofKey(2), 100))
                .extracting(UsageEvent::latencyMicros)
                .hasSize(15)
                .isSorted()
                .startsWith(1L, 3L);
        assertThat(usage.recent(ALL.ofRoute("'; drop table usage_logs; --"), 1)).isEmpty();
    }

    private List<String> partitions() {
        return TestServer.strings(
                TestServer.login(database),
                "select inhrelid::regclass::text from pg_inherits where inhparent = 'usage_logs'::regclass order by 1");
    }
}
