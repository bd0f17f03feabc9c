package dev.freefleet.data.rollup;

import static dev.freefleet.data.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.TestClock;
import dev.freefleet.data.TestServer;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RollupsTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");
    private static final LocalDate NEXT = DAY.plusDays(1);

    private final DataConfig.External external = TestServer.newDatabase();
    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private final DataPlane plane = DataPlane.open(DataConfig.of(external), clock);
    private final Database database = plane.pool("rollups", 3);
    private final Rollups rollups = new Rollups(database, clock);
    private final UsageFixture fixture = new UsageFixture(7);
    private final List<UsageEvent> written = new ArrayList<>();

    @AfterEach
    void close() {
        database.close();
        plane.close();
    }

    private void write(String from, String to, int count) throws InterruptedException {
        List<UsageEvent> events = fixture.events(Instant.parse(from), Instant.parse(to), count);
        UsageFixture.write(plane, events);
        written.addAll(events);
    }

    private String aggregate() {
        return rollups.aggregate(() -> false);
    }

    /** What the rows say, counted here. */
    private void isAsWritten(LocalDate from, LocalDate to, Rollups.By by, Function<UsageEvent, String> name) {
        Map<String, List<UsageEvent>> expected = written.stream()
                .filter(e -> !Instant.ofEpochMilli(e.timeMillis()).isBefore(Instant.parse(from + "T00:00:00Z"))
                        && Instant.ofEpochMilli(e.timeMillis()).isBefore(Instant.parse(to + "T00:00:00Z")))
                .collect(groupingBy(name));
        SequencedMap<String, Figures> lines = rollups.summary(from, to, by);
        assertThat(lines.keySet()).isEqualTo(expected.keySet());
        expected.forEach((line, events) -> {
            Figures figures = requireNonNull(lines.get(line));
            Latencies latencies = new Latencies();
            events.forEach(e -> latencies.add(e.latencyMicros()));
            assertThat(figures.latencies()).as(line).isEqualTo(latencies);
            assertThat(figures.requests()).isEqualTo(events.size());
            assertThat(figures.bytesIn())
                    .isEqualTo(events.stream().mapToLong(UsageEvent::bytesIn).sum());
            assertThat(figures.bytesOut())
                    .isEqualTo(events.stream().mapToLong(UsageEvent::bytesOut).sum());
            assertThat(figures.latencyMicros())
                    .isEqualTo(
                            events.stream().mapToLong(UsageEvent::latencyMicros).sum());
            assertThat(figures.latencyMaxMicros())
                    .isEqualTo(events.stream()
                            .mapToLong(UsageEvent::latencyMicros)
                            .max()
                            .orElse(0));
            assertThat(figures.originRequests())
                    .isEqualTo(events.stream().filter(e -> e.originMicros() > 0).count());
            assertThat(figures.originMicros())
                    .isEqualTo(
                            events.stream().mapToLong(UsageEvent::originMicros).sum());
        });
    }

    private void allIsAsWritten() {
        LocalDate end = LocalDate.parse("2026-11-25");
        isAsWritten(DAY, end, Rollups.By.TOTAL, e -> "total");
        isAsWritten(DAY, NEXT, Rollups.By.ROUTE, UsageEvent::route);
        isAsWritten(DAY, end, Rollups.By.CACHE, e -> e.cache().label());
        isAsWritten(DAY, end, Rollups.By.STATUS, e -> e.status() / 100 + "xx");
        isAsWritten(DAY, end, Rollups.By.NODE, UsageEvent::node);
        isAsWritten(
                DAY,
                end,
                Rollups.By.DAY,
                e -> Instant.ofEpochMilli(e.timeMillis()).toString().substring(0, 10));
    }

    private List<String> tables() {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("usage_hourly", "usage_daily", "usage_daily_users", "queries_top")) {
            rows.addAll(TestServer.strings(external, "select t::text from " + table + " t order by t::text"));
        }
        return rows;
    }

    @Test
    void figuresAreTheRowsSumsAndTheirPercentilesThoseOfAllRows() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-23T12:00:00Z", 3_000);
        allIsAsWritten();

        assertThat(aggregate()).contains("aggregated, 2026-11-20 to 2026-11-22");
        allIsAsWritten();
    }

    @Test
    void theQueryOfTheDocumentationTellsThePercentileOfAllDays() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", 1_000);
        aggregate();
        String document = Files.readString(Path.of("..", "docs", "data-plane.md"));
        int begin = document.indexOf("```sql\n") + 7;
        String query = document.substring(begin, document.indexOf(";\n```", begin));

        Latencies all = new Latencies();
        written.forEach(e -> all.add(e.latencyMicros()));
        assertThat(TestServer.strings(external, query)).containsExactly(Long.toString(all.percentile(0.99)));
    }

    @Test
    void aggregatingTwiceChangesNothing() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z", 1_000);
        aggregate();
        List<String> once = tables();

        assertThat(aggregate()).isEqualTo("Every day is aggregated.");
        rollups.aggregate(DAY);
        rollups.aggregate(DAY);

        assertThat(once).isNotEmpty();
        assertThat(tables()).isEqualTo(once);
    }

    @Test
    void daysAreUtcAndMissedOnesAreMadeUpFor() throws Exception {
        // On both sides of midnight, whatever zone the session or the jobs have.
        TestServer.execute(external, "alter role " + external.user() + " set timezone = 'America/New_York'");
        write("2026-11-20T23:59:58Z", "2026-11-21T00:00:02Z", 200);
        try (Database newYork = plane.pool("new york", 2)) {
            assertThat(new Rollups(newYork, clock).aggregate(() -> false)).contains("2 days with 200 requests");
        }
        isAsWritten(DAY, NEXT, Rollups.By.TOTAL, e -> "total");
        isAsWritten(NEXT, NEXT.plusDays(1), Rollups.By.TOTAL, e -> "total");
        assertThat(TestServer.strings(
                        external,
                        "select distinct extract(hour from hour at time zone 'UTC') from usage_hourly order by 1"))
                .containsExactly("0", "23");
    }

    @Test
    void aLateEventOfAPastDayIsCounted() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 500);
        aggregate();
        write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 50);
        allIsAsWritten();

        assertThat(aggregate()).contains("1 day with 550 requests");
        allIsAsWritten();
    }

    @Test
    void rowsThatSomethingElseWroteAreNoticed() throws Exception {
        write("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", 10);
        aggregate();
        TestServer.execute(
                external,
                "insert into usage_logs select gen_random_uuid(), time, key_id, user_id, route, method, status, cache,"
                        + " latency_us, origin_us, bytes_in, bytes_out, query_digest, query_text, node from usage_logs limit 1");

        assertThat(aggregate()).contains("1 day with 11 requests");
    }

    @Test
    void rowsThatAreWrittenWhileTheirDayIsAggregatedAreCountedInTheEnd() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 300);
        AtomicBoolean stop = new AtomicBoolean();
        Thread aggregation = Thread.ofVirtual().start(() -> {
            while (!stop.get()) {
                rollups.aggregate(DAY);
            }
        });
        for (int i = 0; i < 10; i++) {
            write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 30);
        }
        stop.set(true);
        aggregation.join();

        aggregate();
        assertThat(TestServer.strings(external, "select sum(requests) from usage_daily"))
                .containsExactly("600");
        allIsAsWritten();
    }

    /** Of a day so long ago that its rows are not counted again: they have not said that they come, and are not to be seen yet. */
    @Test
    void rowsWhoseTransactionIsOpenWhenTheirDayIsAggregatedAreCountedInTheEnd() throws Exception {
        write("2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z", 20);
        Thread aggregation;
        try (Connection writer = database.source().getConnection();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute(
                    "insert into usage_logs (id, time, key_id, user_id, route, method, status, cache, latency_us,"
                            + " origin_us, bytes_in, bytes_out, node) select gen_random_uuid(), time, key_id, user_id, route, method,"
                            + " status, cache, latency_us, origin_us, bytes_in, bytes_out, node from usage_logs limit 1");
            statement.execute("update usage_changes set changes = changes + 1 where day = '2026-11-10'");
            aggregation = Thread.ofVirtual().start(() -> rollups.aggregate(LocalDate.parse("2026-11-10")));
            eventually("it waits, or is over", () -> !aggregation.isAlive() || waiting() == 1);
            writer.commit();
        }
        aggregation.join();

        aggregate();
        assertThat(TestServer.strings(external, "select sum(requests) from usage_daily"))
                .containsExactly("21");
    }

    private int waiting() {
        return Integer.parseInt(TestServer.strings(
                        external,
                        "select count(*) from pg_locks where not granted and database ="
                                + " (select oid from pg_database where datname = current_database())")
                .getFirst());
    }

    @Test
    void aClockThatIsFarOffLeavesItsRowsToTheirDay() throws Exception {
        write("2020-02-29T00:00:00Z", "2020-03-01T00:00:00Z", 20);
        assertThat(aggregate()).contains("20 requests");
        isAsWritten(LocalDate.parse("2020-02-29"), LocalDate.parse("2020-03-01"), Rollups.By.ROUTE, UsageEvent::route);
    }

    @Test
    void usersAndQuestionsAreRankedAndAUserIsForgotten() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 2_000);
        aggregate();
        Map<Long, Long> users = written.stream().collect(groupingBy(UsageEvent::userId, counting()));

        List<Rollups.UserShare> shares = rollups.users(DAY, NEXT, 10);
        assertThat(shares).hasSize(6).allMatch(s -> s.requests() == users.getOrDefault(s.userId(), 0L));
        assertThat(shares).extracting(Rollups.UserShare::requests).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        List<Rollups.TopQuery> top = rollups.queries(DAY, NEXT, 3);
        assertThat(top).hasSize(3);
        assertThat(top.getFirst().requests())
                .isEqualTo(written.stream()
                        .filter(e -> top.getFirst().digest().equals(e.queryDigest()))
                        .count());

        assertThat(rollups.forget(3, true).days()).isEqualTo(1);
        assertThat(rollups.forget(3, false).days()).isEqualTo(1);
        List<Rollups.UserShare> left = rollups.users(DAY, NEXT, 10);
        assertThat(left).hasSize(5).noneMatch(s -> s.userId() == 3);
        assertThat(left.stream()
                        .filter(s -> s.userId() == 0)
                        .findFirst()
                        .orElseThrow()
                        .requests())
                .isEqualTo(users.getOrDefault(0L, 0L) + users.getOrDefault(3L, 0L));
    }

    @Test
    void whatOnlyTheForgottenAskedLosesItsText() throws Exception {
        List<UsageEvent> events = new ArrayList<>();
        List<List<Long>> askers = List.of(List.of(3L, 3L), List.of(3L, 4L), List.of(4L, 4L), List.of(3L, 0L));
        for (int question = 0; question < askers.size(); question++) {
            for (long user : askers.get(question)) {
                events.add(asked(user, question));
            }
        }
        UsageFixture.write(plane, events);
        aggregate();
        assertThat(rollups.queries(DAY, NEXT, 10))
                .extracting(Rollups.TopQuery::text)
                .containsExactlyInAnyOrder("question 0", "question 1", "question 2", "question 3");

        assertThat(rollups.forget(3, true).queries()).isEqualTo(1);
        assertThat(rollups.forget(3, false).queries()).isEqualTo(1);

        assertThat(rollups.queries(DAY, NEXT, 10))
                .extracting(Rollups.TopQuery::text)
                .containsExactlyInAnyOrder(null, "question 1", "question 2", "question 3");
        assertThat(TestServer.strings(external, "select count(*) from queries_top where only_user_id = 3"))
                .containsExactly("0");
    }

    private static UsageEvent asked(long user, int question) {
        return new UsageEvent(
                UUID.randomUUID().toString(),
                Instant.parse("2026-11-20T10:00:00Z").toEpochMilli(),
                user,
                user,
                "query",
                "POST",
                200,
                CacheOutcome.MISS,
                1_000,
                900,
                30,
                2_000,
                "%032x".formatted(question),
                "question " + question,
                "edge-1");
    }
}
