package dev.freefleet.data.jobs;

import static dev.freefleet.data.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.TestClock;
import dev.freefleet.data.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobsTest {
    private static final DataConfig.External DATABASE = TestServer.newDatabase();

    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private final DataPlane plane = DataPlane.open(DataConfig.of(DATABASE), clock);
    private final List<Jobs> fleets = new ArrayList<>();
    private final List<String> ran = new CopyOnWriteArrayList<>();
    /** Tests share the tables, and so have a job of their own. */
    private final String name = "job-" + UUID.randomUUID();

    private final JobsConfig config = new JobsConfig(
            ZoneId.of("UTC"),
            "edge-1",
            2,
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofMillis(250),
            Duration.ofMinutes(10),
            Duration.ofMinutes(5));

    @AfterEach
    void close() {
        fleets.forEach(Jobs::close);
        plane.close();
    }

    private Jobs fleet(JobsConfig config, String schedule, Job.Action action) {
        Jobs jobs = Jobs.start(
                plane.pool("jobs", 6),
                clock,
                config,
                List.of(new Job(name, "A test.", Schedule.parse(schedule), action)));
        fleets.add(jobs);
        return jobs;
    }

    private Jobs fleet(String schedule) {
        return fleet(config, schedule, this::note);
    }

    private String note(JobRun run) {
        ran.add(run.scheduledFor().toString());
        return "noted";
    }

    private void runsFor(String... due) throws InterruptedException {
        eventually("it ran for " + List.of(due) + ", not " + ran, () -> ran.size() >= due.length);
        assertThat(ran).containsExactly(due);
        eventually("the last run is recorded", () -> last().outcome() != PastRun.Outcome.RUNNING);
    }

    private PastRun last() {
        return fleets.getLast().history(name, 1).getFirst();
    }

    private JobState state(Jobs jobs) {
        return jobs.list().getFirst();
    }

    private void plannedFor(Jobs jobs, String due) throws InterruptedException {
        eventually("planned for " + due + ": " + state(jobs), () -> {
            JobState state = state(jobs);
            return !state.running() && due.equals(String.valueOf(state.next()));
        });
    }

    @Test
    void aJobRunsWhenItIsDueAndSaysWhatItDid() throws Exception {
        Jobs jobs = fleet("daily 03:00");
        plannedFor(jobs, "2026-11-24T03:00:00Z");

        clock.set("2026-11-24T03:00:01Z");
        runsFor("2026-11-24T03:00:00Z");

        plannedFor(jobs, "2026-11-25T03:00:00Z");
        PastRun run = last();
        assertThat(run.outcome()).isEqualTo(PastRun.Outcome.DONE);
        assertThat(run.summary()).isEqualTo("noted");
        assertThat(run.node()).isEqualTo("edge-1");
        assertThat(run.missed()).isZero();
        assertThat(state(jobs).lastSuccess()).isEqualTo(Instant.parse("2026-11-24T03:00:01Z"));
    }

    @Test
    void missedRunsAreMadeUpForByOneAndTold() throws Exception {
        Jobs first = fleet("daily 03:00");
        plannedFor(first, "2026-11-24T03:00:00Z");
        first.close();
        fleets.clear();

        clock.set("2026-11-27T10:00:00Z");
        Jobs jobs = fleet("daily 03:00");
        runsFor("2026-11-27T03:00:00Z");

        assertThat(last().missed()).isEqualTo(3);
        plannedFor(jobs, "2026-11-28T03:00:00Z");
        assertThat(state(jobs).missed()).isEqualTo(3);
    }

    @Test
    void aJobThatNobodyBeginsIsOverdue() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Jobs jobs = Jobs.start(
                plane.pool("jobs", 6),
                clock,
                new JobsConfig(
                        config.zone(),
                        "edge-1",
                        1,
                        config.poll(),
                        config.watch(),
                        // The clock leaps by less than the four of them after which the long one would be taken for
                        // dead.
                        Duration.ofMinutes(10),
                        config.grace(),
                        config.retry()),
                List.of(
                        new Job(name + "-long", "Holds the only thread.", Schedule.parse("daily 02:45"), run -> {
                            end.await();
                            return "";
                        }),
                        new Job(name, "Waits.", Schedule.parse("daily 03:00"), this::note)));
        fleets.add(jobs);
        clock.set("2026-11-24T02:45:01Z");
        eventually("the long one runs", () -> jobs.list().getFirst().running());

        clock.set("2026-11-24T03:11:00Z");
        eventually("overdue", () -> jobs.states().getLast().overdue());
        assertThat(jobs.states().getFirst().overdue()).isFalse();

        end.countDown();
        runsFor("2026-11-24T03:00:00Z");
        eventually("not any more", () -> !jobs.states().getLast().overdue());
    }

    @Test
    void clockSetBackRunsNothingTwiceAndSkipsNothing() throws Exception {
        Jobs jobs = fleet("daily 03:00");
        clock.set("2026-11-24T03:00:01Z");
        runsFor("2026-11-24T03:00:00Z");

        clock.set("2026-11-24T02:00:00Z");
        plannedFor(jobs, "2026-11-25T03:00:00Z");
        clock.set("2026-11-24T03:00:30Z");
        jobs.list();
        clock.set("2026-11-25T03:00:01Z");
        runsFor("2026-11-24T03:00:00Z", "2026-11-25T03:00:00Z");
        assertThat(last().missed()).isZero();
    }

    /** The system's clock shows the second before midnight twice. */
    @Test
    void aLeapSecondRunsNothingTwiceAndSkipsNothing() throws Exception {
        clock.set("2026-12-31T12:00:00Z");
        Jobs jobs = fleet("daily 00:00");
        for (String now : List.of(
                "2026-12-31T23:59:59.900Z",
                "2027-01-01T00:00:00.100Z",
                "2026-12-31T23:59:59.500Z",
                "2027-01-01T00:00:00Z")) {
            clock.set(now);
            jobs.list();
            if (now.startsWith("2027")) {
                runsFor("2027-01-01T00:00:00Z");
            }
        }
        plannedFor(jobs, "2027-01-02T00:00:00Z");
        assertThat(last().missed()).isZero();
    }

    @Test
    void clockSetBackWhileAJobRunsBringsItsDueTimeNoSecondTime() throws Exception {
        fleet(config, "daily 03:00", run -> {
            clock.set("2026-11-24T01:00:00Z");
            return note(run);
        });
        clock.set("2026-11-24T03:00:01Z");
        runsFor("2026-11-24T03:00:00Z");
        plannedFor(fleets.getFirst(), "2026-11-25T03:00:00Z");
    }

    @Test
    void aClockThatWasYearsAheadKeepsNoJobFromRunning() throws Exception {
        Jobs jobs = fleet("daily 03:00");
        clock.set("2031-01-01T03:00:01Z");
        runsFor("2031-01-01T03:00:00Z");

        clock.set("2026-11-24T12:00:00Z");
        plannedFor(jobs, "2026-11-25T03:00:00Z");
        clock.set("2026-11-25T03:00:01Z");
        runsFor("2031-01-01T03:00:00Z", "2026-11-25T03:00:00Z");
    }

    @Test
    void daylightSavingBringsADoubledHourOnceAndASkippedOneNoLaterThanItsGap() throws Exception {
        Jobs jobs = fleet(config.in(ZoneId.of("Europe/Berlin")), "daily 02:30", this::note);
        List<String> due = new ArrayList<>();
        clock.set("2027-03-27T12:00:00Z");
        due.add("2027-03-27T01:30:00Z");
        runsFor(due.toArray(String[]::new));
        for (String now : List.of(
                // 02:00 becomes 03:00: due at 03:30.
                "2027-03-28T00:59:59Z", "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z")) {
            clock.set(now);
            if (!now.endsWith("59Z")) {
                due.add(now);
            }
            runsFor(due.toArray(String[]::new));
        }
        plannedFor(jobs, "2027-03-30T00:30:00Z");

        clock.set("2027-10-30T12:00:00Z");
        due.add("2027-10-30T00:30:00Z");
        runsFor(due.toArray(String[]::new));
        // 03:00 becomes 02:00: 02:30 comes at 00:30 and at 01:30 UTC.
        clock.set("2027-10-31T00:30:00Z");
        due.add("2027-10-31T00:30:00Z");
        runsFor(due.toArray(String[]::new));
        plannedFor(jobs, "2027-11-01T01:30:00Z");
        clock.set("2027-10-31T01:30:00Z");
        jobs.list();
        clock.set("2027-11-01T01:30:00Z");
        due.add("2027-11-01T01:30:00Z");
        runsFor(due.toArray(String[]::new));
        assertThat(last().missed()).isZero();
    }

    @Test
    void aRunOnRequestLeavesTheScheduleAlone() throws Exception {
        Jobs jobs = fleet("daily 03:00");

        UUID id = jobs.run(name);
        eventually(
                "it ran", () -> jobs.run(id).filter(r -> r.finishedAt() != null).isPresent());
        assertThat(jobs.run(id))
                .hasValueSatisfying(run -> assertThat(run.byPerson()).isTrue());
        plannedFor(jobs, "2026-11-24T03:00:00Z");

        clock.set("2026-11-24T03:00:01Z");
        runsFor("2026-11-23T12:00:00Z", "2026-11-24T03:00:00Z");
    }

    @Test
    void aRunOnRequestThatLastsOverTheDueTimeDoesNotSwallowIt() throws Exception {
        Jobs jobs = fleet(config, "daily 03:00", run -> {
            if (run.byPerson()) {
                clock.set("2026-11-24T03:05:00Z");
            }
            return note(run);
        });
        clock.set("2026-11-24T02:59:00Z");

        jobs.run(name);

        runsFor("2026-11-24T02:59:00Z", "2026-11-24T03:00:00Z");
    }

    @Test
    void whatIsRunningCannotBeAskedFor() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Jobs jobs = fleet(config, "daily 03:00", run -> {
            begun.countDown();
            end.await();
            return note(run);
        });
        jobs.run(name);
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> jobs.run(name))
                .matches(e -> e.kind() == DataException.Kind.CONFLICT);
        end.countDown();
        runsFor("2026-11-23T12:00:00Z");
    }

    @Test
    void aPausedJobIsNotRunButOnRequestAndGoesOnFromItsNextDueTime() throws Exception {
        Jobs jobs = fleet("daily 03:00");
        assertThat(jobs.pause(name, true)).isTrue();
        assertThat(jobs.pause(name, true)).isFalse();
        clock.set("2026-11-24T03:00:01Z");
        plannedFor(jobs, "2026-11-25T03:00:00Z");
        assertThat(ran).isEmpty();
        assertThat(state(jobs).pausedAt()).isEqualTo(Instant.parse("2026-11-23T12:00:00Z"));

        jobs.run(name);
        runsFor("2026-11-24T03:00:01Z");
        assertThat(jobs.pause(name, false)).isTrue();
        assertThat(state(jobs).pausedAt()).isNull();
        clock.set("2026-11-25T03:00:01Z");
        runsFor("2026-11-24T03:00:01Z", "2026-11-25T03:00:00Z");
        assertThat(last().missed()).isZero();
    }

    @Test
    void aFailureIsTriedAgainTwiceAndThenAtTheNextDueTime() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Jobs jobs = fleet(config, "daily 03:00", run -> {
            tries.incrementAndGet();
            throw new IllegalStateException("no \0luck");
        });
        clock.set("2026-11-24T03:00:01Z");
        for (int i = 1; i <= 3; i++) {
            int so = i;
            eventually("try " + i, () -> tries.get() == so && last().outcome() == PastRun.Outcome.FAILED);
            String next = i == 1 ? "2026-11-24T03:05:01Z" : i == 2 ? "2026-11-24T03:10:02Z" : "2026-11-25T03:00:00Z";
            plannedFor(jobs, next);
            clock.set(i == 1 ? "2026-11-24T03:05:02Z" : "2026-11-24T03:10:03Z");
        }
        assertThat(last().summary()).isEqualTo("no  luck");
        assertThat(state(jobs).failures()).isEqualTo(3);
        assertThat(tries).hasValue(3);
    }

    @Test
    void anotherScheduleInTheConfigurationPlansAnew() throws Exception {
        Jobs first = fleet("daily 03:00");
        plannedFor(first, "2026-11-24T03:00:00Z");
        first.close();
        fleets.clear();

        Jobs jobs = fleet("daily 05:00");
        plannedFor(jobs, "2026-11-24T05:00:00Z");
    }

    @Test
    void whoIsOnlyTakenForDeadIsNotJoinedByAnother() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        Job.Action action = run -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            end.await();
            inside.decrementAndGet();
            return note(run);
        };
        fleet(config, "daily 03:00", action);
        fleet(config, "daily 03:00", action);
        clock.set("2026-11-24T03:00:01Z");
        eventually("it runs", () -> inside.get() == 1);

        // As if the one that runs it had been stopped for long: its heartbeat is old, and it is given to the other.
        giveAway();
        anotherCameAndWent();
        end.countDown();
        runsFor("2026-11-24T03:00:00Z");
        clock.set("2026-11-24T03:01:00Z");
        plannedFor(fleets.getLast(), "2026-11-25T03:00:00Z");
        assertThat(most).hasValue(1);
        assertThat(ran).hasSize(1);
    }

    /** As db-scheduler does with what runs in a process that it takes for dead. */
    private void giveAway() {
        TestServer.execute(
                DATABASE,
                "update scheduled_tasks set last_heartbeat = null, picked = false, picked_by = null, version = version + 1,"
                        + " execution_time = '2026-11-24T03:00:00Z' where task_name = '" + name + "'");
    }

    private void anotherCameAndWent() throws InterruptedException {
        eventually(
                "another came and went",
                () -> TestServer.strings(
                                DATABASE,
                                "select execution_time > '2026-11-24T03:00:20Z' from scheduled_tasks where task_name = '"
                                        + name + "'")
                        .contains("t"));
    }

    /** As a server does whose client is not heard of. */
    private void dropTheLock() {
        TestServer.execute(
                DATABASE,
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                        + " and (classid::bigint << 32 | objid::bigint) = hashtextextended(current_schema() || ' job "
                        + name + "', 0)");
    }

    /** It wakes and takes itself for dead. */
    @Test
    void whoseLockIsLostIsNotJoinedByItsOwnFleet() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        fleet(config, "daily 03:00", run -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            boolean ended = false;
            while (!ended) {
                try {
                    end.await();
                    ended = true;
                } catch (InterruptedException e) {
                    // It is in the middle of something.
                }
            }
            inside.decrementAndGet();
            return note(run);
        });
        clock.set("2026-11-24T03:00:01Z");
        eventually("it runs", () -> inside.get() == 1);

        dropTheLock();
        giveAway();
        anotherCameAndWent();

        assertThat(most).hasValue(1);
        end.countDown();
    }

    /** As on a machine that slept: the server has dropped its connections, and another fleet may have the lock when it wakes. */
    @Test
    void whoseLockIsLostIsEndedBeforeAnotherBegins() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Boolean> stopping = new CopyOnWriteArrayList<>();
        CountDownLatch end = new CountDownLatch(1);
        Job.Action action = run -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                end.await();
            } finally {
                stopping.add(run.stopping().getAsBoolean());
                inside.decrementAndGet();
            }
            return note(run);
        };
        fleet(config, "daily 03:00", action);
        fleet(config, "daily 03:00", action);
        clock.set("2026-11-24T03:00:01Z");
        eventually("it runs", () -> inside.get() == 1);

        dropTheLock();
        eventually("it is ended", () -> inside.get() == 0);
        assertThat(stopping).containsExactly(true);

        eventually(
                "it is planned again",
                () -> TestServer.strings(
                                DATABASE, "select not picked from scheduled_tasks where task_name = '" + name + "'")
                        .contains("t"));
        clock.set("2026-11-24T03:00:03Z");
        eventually("it runs again", () -> inside.get() == 1);
        end.countDown();
        runsFor("2026-11-24T03:00:00Z");
        assertThat(most).hasValue(1);
        assertThat(fleets.getLast().history(name, 10))
                .extracting(PastRun::outcome)
                .containsExactly(PastRun.Outcome.DONE, PastRun.Outcome.LOST);
    }

    @Test
    void aJobThatIsUnknownIsNamedWithThoseThatAreKnown() {
        Jobs jobs = fleet("daily 03:00");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> jobs.run("'; drop table jobs; --"))
                .withMessageContaining(name)
                .matches(e -> e.kind() == DataException.Kind.NOT_FOUND);
        assertThat(TestServer.strings(DATABASE, "select count(*) from jobs")).isNotEmpty();
        assertThat(requireNonNull(state(jobs))).isNotNull();
    }

    @Test
    void theTurnsTextIsReadBack() {
        Turn.Serializer serializer = new Turn.Serializer();
        @Nullable UUID asked = UUID.randomUUID();
        for (Turn turn : List.of(Turn.at(clock.instant()), new Turn(clock.instant(), asked, 2))) {
            assertThat(serializer.deserialize(Turn.class, serializer.serialize(turn)))
                    .isEqualTo(turn);
        }
    }
}
