package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the whole fleet, and of its PostgreSQL, at random moments under load: each request whose answer a client
 * has read to its end is in {@code usage_logs}, and is there once. {@code -Dfleet.kills=100} does it a hundred times,
 * {@code -Dfleet.kill-seed=N} again as before.
 */
@Timeout(3_600)
class FleetKillTest {
    private static final int KILLS = Integer.getInteger("fleet.kills", 5);
    private static final int CLIENTS = 6;

    @TempDir
    Path home;

    private final Queue<String> answered = new ConcurrentLinkedQueue<>();

    private static String configuration(URI brain) {
        return """
                brain:
                  url: "%s"
                limits:
                  address: 1000000/s
                plans:
                  default:
                    rate: 1000000/s
                usage: # kills are to fall into transactions
                  delay: 20ms
                log:
                  level: warn
                """.formatted(brain);
    }

    @Test
    void eachRequestThatWasAnsweredIsRecordedOnceWhateverIsKilled() throws Exception {
        long seed = Long.getLong("fleet.kill-seed", System.nanoTime());
        Random random = new Random(seed);
        Path data = home.resolve("data");
        int before = 0;
        try (TestOrigin brain = TestOrigin.start(exchange -> exchange.json("{\"answer\":\"whales\"}"))) {
            Files.writeString(home.resolve("fleet.yaml"), configuration(brain.url()));
            for (int kill = 1; kill <= KILLS; kill++) {
                try (FleetProcess fleet = FleetProcess.up(home, data).awaitReady()) {
                    load(fleet, random, before);
                }
                assertThat(answered.size())
                        .as("requests were answered in run %d", kill)
                        .isGreaterThan(before);
                before = answered.size();
            }
            // Takes over what the last one left, and stops.
            try (FleetProcess last = FleetProcess.up(home, data).awaitReady()) {
                assertThat(last.terminate()).isZero();
            }
        }
        Map<String, Integer> rows = rows(data);
        assertThat(rows.values()).as("nothing twice, seed %d", seed).containsOnly(1);
        assertThat(answered)
                .as("%d answers over %d kills, seed %d", answered.size(), KILLS, seed)
                .allSatisfy(id -> assertThat(rows).containsKey(id));
    }

    /** Asks from several clients until the fleet is killed in the middle of it. */
    private void load(FleetProcess fleet, Random random, int before) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        String key = fleet.firstKey();
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(10))
                        .build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < CLIENTS; c++) {
                int number = c;
                var _ = threads.submit(() -> ask(fleet, client, key, number, over));
            }
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (answered.size() == before && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
            if (random.nextInt(3) == 0) {
                killPostgres(fleet.data());
                TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
            }
            fleet.kill();
            over.set(true);
        }
    }

    private void ask(FleetProcess fleet, HttpClient client, String key, int number, AtomicBoolean over) {
        try {
            for (int i = 0; !over.get(); i++) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=c" + number + "n" + i % 50))
                                .header("X-API-Key", key)
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                answered.add(answer.headers().firstValue("x-request-id").orElseThrow());
            }
        } catch (IOException killed) {
            // What was not answered is not asked for later.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void killPostgres(Path data) throws Exception {
        long server = Long.parseLong(Files.readAllLines(data.resolve("postgres/cluster/postmaster.pid"))
                .getFirst());
        ProcessHandle.of(server).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static Map<String, Integer> rows(Path data) throws Exception {
        Path server = data.resolve("postgres");
        Map<String, Integer> rows = new HashMap<>();
        try (DataPlane plane = DataPlane.open(DataConfig.embedded(server), Clock.systemUTC())) {
            // A fleet stops within seconds, and leaves in the spool what it cannot write in them.
            plane.ingest(new IngestConfig(1 << 16, 16 << 20, 5_000, Duration.ofMillis(200), Duration.ofMinutes(1))
                            .withSpool(data.resolve("spool")))
                    .close();
            DataConfig.External database = (DataConfig.External)
                    DataPlane.running(server).orElseThrow().database();
            try (Connection connection =
                            DriverManager.getConnection(database.url(), database.user(), database.password());
                    Statement statement = connection.createStatement();
                    ResultSet ids = statement.executeQuery("select id from usage_logs")) {
                while (ids.next()) {
                    rows.merge(ids.getString(1), 1, Integer::sum);
                }
            }
        }
        return rows;
    }
}
