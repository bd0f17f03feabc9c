package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} of the process that takes events, and of its connections to PostgreSQL, at random moments under load.
 * {@code -Dspool.kills=100} does it a hundred times, {@code -Dspool.seed=N} again as before.
 */
class SpoolKillTest {
    private static final int KILLS = Integer.getInteger("spool.kills", 10);

    @Test
    void everyEventThatWasTakenIsThereOnceHoweverOftenItsProcessIsKilled() throws Exception {
        long seed = Long.getLong("spool.seed", System.nanoTime());
        Random random = new Random(seed);
        DataConfig.External database = TestServer.newDatabase();
        Path directory = TestServer.temporary();
        Path spool = directory.resolve("spool");
        DataPlane.open(DataConfig.of(database), Clock.systemUTC()).close();
        Map<Integer, Long> said = new HashMap<>();
        for (int run = 1; run <= KILLS; run++) {
            SpoolProcess process = new SpoolProcess(database, spool, run);
            try {
                eventually("it takes events", () -> process.said() > 0 || !process.isAlive());
                assertThat(process.isAlive()).isTrue();
                for (int cut = random.nextInt(3); cut > 0; cut--) {
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
                    TestServer.execute(
                            TestServer.superuser(),
                            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database.user()
                                    + "'");
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
            } finally {
                process.kill();
            }
            said.put(run, process.said());
        }
        // Closing writes what is left.
        new UsageIngest(TestServer.login(database), Clock.systemUTC(), SpoolProcess.config(spool)).close();

        List<String> wrong = TestServer.strings(
                TestServer.login(database),
                "select format('run %s: %s rows, %s events, the last %s', key_id, count(*), count(distinct latency_us),"
                        + " max(latency_us)) from usage_logs group by key_id"
                        + " having count(*) <> max(latency_us) or count(distinct latency_us) <> max(latency_us)");
        assertThat(wrong).as("doubles or holes, seed %d", seed).isEmpty();
        for (Map.Entry<Integer, Long> run : said.entrySet()) {
            String there = TestServer.strings(
                            TestServer.login(database),
                            "select count(*) from usage_logs where key_id = " + run.getKey())
                    .getFirst();
            assertThat(Long.parseLong(there))
                    .as("run %d, seed %d", run.getKey(), seed)
                    .isGreaterThanOrEqualTo(run.getValue());
        }
        TestServer.delete(directory);
    }
}
