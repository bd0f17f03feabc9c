package dev.freefleet.data.jobs;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.TestClock;
import dev.freefleet.data.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several fleets on one database. */
class JobsClusterTest {
    private static final int JOBS = 10_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static JobsConfig config(String node) {
        return new JobsConfig(
                ZoneOffset.UTC,
                node,
                8,
                Duration.ofMillis(50),
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                MINUTE,
                Duration.ofMinutes(5));
    }

    @Test
    void tenThousandJobsOnTwoFleetsRunOnceEach() throws Exception {
        DataConfig.External database = TestServer.newDatabase();
        TestClock clock = new TestClock("2026-11-23T12:00:00Z");
        ConcurrentHashMap<String, AtomicInteger> runs = new ConcurrentHashMap<>();
        ConcurrentHashMap<String, AtomicInteger> byNode = new ConcurrentHashMap<>();
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), clock)) {
            List<Jobs> fleets = new ArrayList<>();
            try {
                for (String node : List.of("edge-1", "edge-2")) {
                    List<Job> jobs = new ArrayList<>();
                    for (int i = 0; i < JOBS; i++) {
                        String name = "job-" + i;
                        jobs.add(new Job(name, "One of many.", Schedule.parse("daily 13:00"), run -> {
                            runs.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
                            byNode.computeIfAbsent(node, n -> new AtomicInteger())
                                    .incrementAndGet();
                            return "";
                        }));
                    }
                    fleets.add(Jobs.start(plane.pool(node, 11), clock, config(node), jobs));
                }
                assertThat(runs).isEmpty();

                clock.set("2026-11-23T13:00:00Z");
                awaitAll(database);
            } finally {
                fleets.forEach(Jobs::close);
            }
        }
        assertThat(runs).hasSize(JOBS);
        assertThat(runs.values()).allMatch(count -> count.get() == 1);
        assertThat(byNode.keySet()).as("both took part").containsExactlyInAnyOrder("edge-1", "edge-2");
        requireAllOnce(database);
    }

    @Test
    void tenThousandJobsOnTwoProcessesRunOnceEach(@TempDir Path folder) throws Exception {
        DataConfig.External database = TestServer.newDatabase();
        DataPlane.open(DataConfig.of(database), Clock.systemUTC()).close();
        List<String> nodes = List.of("edge-1", "edge-2");
        List<Process> fleets = new ArrayList<>();
        try {
            for (String node : nodes) {
                fleets.add(fleet(database, node, folder.resolve(node).toString()));
            }
            for (Process fleet : fleets) {
                fleet.getOutputStream().write("go\n".getBytes(StandardCharsets.UTF_8));
                fleet.getOutputStream().flush();
            }
            awaitAll(database);
        } finally {
            for (Process fleet : fleets) {
                fleet.destroyForcibly().waitFor();
            }
        }
        List<String> runs = new ArrayList<>();
        for (String node : nodes) {
            List<String> own = Files.readAllLines(folder.resolve(node));
            assertThat(own).as("both took part").isNotEmpty();
            runs.addAll(own);
        }
        assertThat(runs).hasSize(JOBS).doesNotHaveDuplicates();
        requireAllOnce(database);
    }

    private static void awaitAll(DataConfig.External database) throws InterruptedException {
        long begun = System.nanoTime();
        while (done(database) < JOBS) {
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(10));
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static void requireAllOnce(DataConfig.External database) {
        assertThat(TestServer.strings(
                        database,
                        "select count(*) || ' ' || count(distinct job) from job_runs where outcome = 'done' and missed = 0"
                                + " and scheduled_for = '2026-11-23 13:00:00+00'"))
                .containsExactly(JOBS + " " + JOBS);
        assertThat(TestServer.strings(database, "select distinct execution_time::text from scheduled_tasks"))
                .hasSize(1);
    }

    private static long done(DataConfig.External database) {
        return Long.parseLong(TestServer.strings(
                        database,
                        "select count(*) from scheduled_tasks where not picked and execution_time > '2026-11-24 00:00:00+00'")
                .getFirst());
    }

    /**
     * A fleet of its own process. Arguments: URL, user, password, node; and, for one with all jobs, a file that names those that it
     * runs, when it is told that the hour has come.
     */
    public static void main(String[] args) throws Exception {
        DataConfig.External database = new DataConfig.External(args[0], args[1], args[2]);
        DataPlane plane = DataPlane.open(DataConfig.of(database), Clock.systemUTC());
        if (args.length > 4) {
            runAll(plane, args[3], Path.of(args[4]));
        } else {
            markMinutes(database, plane, args[3]);
        }
    }

    private static void runAll(DataPlane plane, String node, Path file) throws Exception {
        TestClock clock = new TestClock("2026-11-23T12:00:00Z");
        PrintStream runs = new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8);
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            String name = "job-" + i;
            jobs.add(new Job(name, "One of many.", Schedule.parse("daily 13:00"), run -> {
                runs.println(name);
                return "";
            }));
        }
        Jobs.start(plane.pool("jobs", 11), clock, config(node), jobs);
        System.out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        clock.set("2026-11-23T13:00:00Z");
        TimeUnit.HOURS.sleep(1);
    }

    private static void markMinutes(DataConfig.External database, DataPlane plane, String node)
            throws InterruptedException {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            jobs.add(new Job("job-" + i, "Marks its minutes.", Schedule.parse("every 1m"), run -> {
                // A run that is begun twice breaks the key.
                TestServer.execute(
                        database, "insert into begun values ('" + run.id() + "', '" + run.scheduledFor() + "')");
                Thread.sleep(20);
                return "marked";
            }));
        }
        AheadClock clock = new AheadClock();
        Jobs.start(plane.pool("jobs", 11), clock, config(node), jobs);
        System.out.println("ready");
        TimeUnit.HOURS.sleep(1);
    }

    /** A clock by which a minute lasts 200 ms, the same in all processes. */
    private static final class AheadClock extends Clock {
        private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return EPOCH.plus(Duration.between(EPOCH, Instant.now()).multipliedBy(300));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private static Process fleet(DataConfig.External database, String... nodeAndFile) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JobsClusterTest.class.getName(),
                database.url(),
                database.user(),
                database.password()));
        command.addAll(List.of(nodeAndFile));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.equals("ready")) {
            line = out.readLine();
        }
        assertThat(line).as("the fleet starts").isEqualTo("ready");
        return process;
    }

    @Test
    void fleetsThatAreKilledLeaveNoDueTimeOutAndNoRunBesideAnother() throws Exception {
        long seed = Long.getLong("jobs.seed", System.nanoTime());
        Random random = new Random(seed);
        DataConfig.External database = TestServer.newDatabase();
        DataPlane.open(DataConfig.of(database), Clock.systemUTC()).close();
        TestServer.execute(database, "create table begun (run uuid primary key, due timestamptz not null)");
        List<Process> fleets = new ArrayList<>(List.of(fleet(database, "edge-1"), fleet(database, "edge-2")));
        try {
            for (int kill = 0; kill < 4; kill++) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(500, 2_500));
                int which = random.nextInt(2);
                fleets.get(which).destroyForcibly().waitFor();
                fleets.set(which, fleet(database, "edge-" + (kill + 3)));
            }
            String all = "select count(distinct job) = 12 from job_runs where outcome = 'done' and started_at >"
                    + " (select max(started_at) from job_runs where outcome = 'lost')";
            eventually(
                    "every job ran since the last that was lost",
                    () -> TestServer.strings(database, "select count(*) from job_runs where outcome = 'lost'")
                                    .contains("0")
                            || TestServer.strings(database, all).contains("t"));
        } finally {
            for (Process fleet : fleets) {
                fleet.destroyForcibly().waitFor();
            }
        }
        // Each due time was met by a run that ended well, or told as missed by the next.
        assertThat(TestServer.strings(database, """
                        select format('%s: %s due times, %s met, %s told as missed', job,
                            extract(epoch from max(scheduled_for) - min(scheduled_for)) / 60 + 1,
                            count(distinct scheduled_for), sum(missed))
                        from (select distinct on (job, scheduled_for) * from job_runs where outcome = 'done'
                              order by job, scheduled_for) r
                        group by job
                        having extract(epoch from max(scheduled_for) - min(scheduled_for)) / 60 + 1
                            <> count(distinct scheduled_for) + sum(missed) filter (where scheduled_for >
                                (select min(scheduled_for) from job_runs f where f.job = r.job and outcome = 'done'))""")).as("seed %d", seed).isEmpty();
        assertThat(TestServer.strings(database, """
                        select format('%s: %s and %s', a.job, a.id, b.id) from job_runs a join job_runs b
                        on a.job = b.job and a.id < b.id
                        where a.outcome = 'done' and b.outcome = 'done' and (a.scheduled_for = b.scheduled_for)"""))
                .as("due times that were met twice, seed %d", seed)
                .isEmpty();
    }
}
