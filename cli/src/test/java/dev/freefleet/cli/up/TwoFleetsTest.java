package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RedisServer;
import dev.freefleet.testkit.TestOrigin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two fleets, as two machines behind a load balancer would run them: one PostgreSQL, one Redis with a password, one Brain. */
@Timeout(300)
class TwoFleetsTest {

    private static final String NOTHING = "\"memory\":{\"keys\":0,";

    @TempDir
    Path home;

    private static int ask(HttpClient client, FleetProcess fleet, String key, int n) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=n" + n))
                                .header("X-API-Key", key)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String configuration(URI brain, DataConfig.External database, URI redis) {
        return """
                brain:
                  url: "%s"
                database:
                  url: "%s"
                  user: "%s"
                  password: file:password
                redis:
                  url: "%s"
                  password: file:redis-password
                  timeout: 10s
                limits:
                  address: 1000000/s
                plans:
                  default:
                    rate: 1000000/s
                    quotas: [100/day, 5000/month]
                log:
                  level: info
                """.formatted(brain, database.url(), database.user(), redis);
    }

    @Test
    void theyShareQuotasAnswersAndPurges() throws Exception {
        String secret = "s3cret-of-redis";
        Path server = home.resolve("server");
        try (RedisServer redis = RedisServer.start("--requirepass", secret);
                TestOrigin brain = TestOrigin.start(exchange -> exchange.json("{\"answer\":\"whales\"}"));
                DataPlane plane = DataPlane.open(DataConfig.embedded(server), Clock.systemUTC())) {
            DataConfig.External database = (DataConfig.External)
                    DataPlane.running(server).orElseThrow().database();
            Files.writeString(home.resolve("password"), database.password());
            Files.writeString(home.resolve("redis-password"), secret);
            Path yaml = Files.writeString(home.resolve("two.yaml"), configuration(brain.url(), database, redis.url()));
            assertThat(plane.users().list()).isEmpty();
            try (FleetProcess one = FleetProcess.up(home, home.resolve("one"), "--config", yaml.toString())
                    .awaitReady()) {
                String key = one.firstKey();
                // The secrets are the same on all machines, as the documentation says.
                for (String file : List.of("VERSION", "secrets/signing.1", "secrets/query-digest")) {
                    Path to = home.resolve("two").resolve(file);
                    Files.createDirectories(
                            to.getParent(),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                    Files.copy(home.resolve("one").resolve(file), to, StandardCopyOption.COPY_ATTRIBUTES);
                }
                try (FleetProcess two = FleetProcess.up(home, home.resolve("two"), "--config", yaml.toString())
                                .awaitReady();
                        HttpClient client = HttpClient.newHttpClient()) {
                    countTogether(client, one, two, key);
                    purgeTogether(brain, one, two);
                    assertThat(status(one))
                            .contains("redis", redis.url().toString())
                            .doesNotContain("does not answer");
                    redis.kill();
                    Await.until(
                            "it is told that Redis is gone",
                            () -> status(two)
                                    .contains("does not answer; until it does, this gateway counts and stores alone"));
                    assertThat(ask(client, two, key, 0))
                            .as("used up, also without Redis")
                            .isEqualTo(429);
                    assertThat(ProcessHandle.of(one.pid()).orElseThrow().info().commandLine())
                            .as("no secret in the process list")
                            .hasValueSatisfying(line -> assertThat(line).doesNotContain(secret));
                    assertThat(two.terminate()).isZero();
                    assertThat(one.terminate()).isZero();
                    assertThat(two.err()).noneMatch(line -> line.contains(secret));
                    assertThat(one.err()).noneMatch(line -> line.contains(secret));
                }
            }
        }
    }

    /** Each with a fresh data directory, as nobody should start them, and one that has lost all it had. */
    @Test
    void fleetsWithSecretsOfTheirOwnDoEachOthersKeysNoHarm() throws Exception {
        Path server = home.resolve("server");
        try (TestOrigin brain = TestOrigin.start(exchange -> exchange.json("{\"answer\":\"whales\"}"));
                DataPlane plane = DataPlane.open(DataConfig.embedded(server), Clock.systemUTC())) {
            DataConfig.External database = (DataConfig.External)
                    DataPlane.running(server).orElseThrow().database();
            Files.writeString(home.resolve("password"), database.password());
            Path yaml = Files.writeString(
                    home.resolve("two.yaml"), """
                    brain:
                      url: "%s"
                    database:
                      url: "%s"
                      user: "%s"
                      password: file:password
                    """.formatted(brain.url(), database.url(), database.user()));
            try (FleetProcess one = FleetProcess.up(home, home.resolve("one"), "--config", yaml.toString())
                            .awaitReady();
                    HttpClient client = HttpClient.newHttpClient()) {
                String key = one.firstKey();
                for (String directory : List.of("two", "lost")) {
                    try (FleetProcess other = FleetProcess.up(
                                    home, home.resolve(directory), "--config", yaml.toString())
                            .awaitReady()) {
                        assertThat(other.out()).singleElement().asString().startsWith("ready: ");
                        assertThat(other.data().resolve("first-key")).doesNotExist();
                        assertThat(other.err())
                                .anyMatch(
                                        line -> line.contains("has keys already") && line.contains("copy that one's"));
                        assertThat(ask(client, other, key, 0))
                                .as("signed under secrets that it does not have")
                                .isEqualTo(401);
                        assertThat(ask(client, one, key, 1)).isEqualTo(200);
                    }
                }
                assertThat(plane.keys().list())
                        .singleElement()
                        .satisfies(only -> assertThat(only.revokedAt()).isNull());
                assertThat(one.terminate()).isZero();
            }
        }
    }

    private static void countTogether(HttpClient client, FleetProcess one, FleetProcess two, String key)
            throws Exception {
        AtomicInteger ok = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            for (int i = 0; i < 240; i++) {
                int n = i;
                all.add(threads.submit(() -> {
                    int status = ask(client, n % 2 == 0 ? one : two, key, n / 2 % 10);
                    assertThat(status).isIn(200, 429);
                    return status == 200 ? ok.incrementAndGet() : 0;
                }));
            }
            for (Future<?> request : all) {
                request.get();
            }
        }
        assertThat(ok).as("a hundred a day, at both together").hasValue(100);
    }

    private void purgeTogether(TestOrigin brain, FleetProcess one, FleetProcess two) throws Exception {
        assertThat(brain.exchanges().stream()
                        .filter(exchange -> exchange.target().startsWith("/query"))
                        .count())
                .as("ten questions, asked of the Brain once each")
                .isEqualTo(10);
        assertThat(stats(two)).doesNotContain(NOTHING);
        CommandLineTool tool = new CommandLineTool(home);
        assertThat(tool.run("cache", "purge", "--all", "--data", "one").code()).isZero();
        Await.until("the other has purged it, too", () -> stats(two).contains(NOTHING));
        assertThat(one.out()).isNotEmpty();
    }

    private String status(FleetProcess fleet) {
        return new CommandLineTool(home)
                .run("status", "--data", fleet.data().toString())
                .out();
    }

    private String stats(FleetProcess fleet) {
        return new CommandLineTool(home)
                .run("cache", "stats", "--json", "--data", fleet.data().toString())
                .out()
                .replaceAll("\\s", "");
    }
}
