package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * slowhttptest in its four modes: while some hundreds of clients dawdle, others are served as before, and those who dawdle
 * are sent away in time.
 */
@Timeout(300)
class SlowClientsTest {
    private static final int ATTACKERS = 300;
    private static final int SECONDS = 8;
    private static final String LARGE = "x".repeat(512 * 1024);
    /** A busy machine of two cores, an attacker on it, and a JVM that warms up: what it must not be is the attack's time. */
    private static final double FACTOR = 50;

    private static final long FLOOR_NANOS = 5_000_000;

    private final TestGateway fleet = TestGateway.start(SlowClientsTest::serve, SlowClientsTest::hasty);
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    @AfterEach
    void close() throws IOException {
        http.close();
        fleet.close();
    }

    private static void serve(OriginExchange exchange) throws IOException {
        exchange.answer(200, "text/plain", LARGE, "Cache-Control: max-age=600");
    }

    private static GatewayConfig hasty(GatewayConfig config) {
        return config.with(new GatewayConfig.TimeLimits(
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2)));
    }

    private URI target() {
        return URI.create("http://127.0.0.1:" + fleet.address().getPort() + "/site/page");
    }

    /** A probe's time in nanoseconds; it must be answered. */
    private long probe() throws Exception {
        long begun = System.nanoTime();
        HttpResponse<Void> answer = http.send(
                HttpRequest.newBuilder(target()).timeout(Duration.ofSeconds(20)).build(),
                HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(200);
        return System.nanoTime() - begun;
    }

    private static long median(List<Long> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    private void attack(String... mode) throws Exception {
        List<Long> before = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            before.add(probe());
        }
        List<String> command = new ArrayList<>(List.of("slowhttptest"));
        command.addAll(List.of(mode));
        command.addAll(
                List.of("-c", "" + ATTACKERS, "-r", "200", "-l", "" + SECONDS, "-p", "5", "-u", target().toString()));
        Path output = Files.createTempFile("slowhttptest", ".out");
        Process attacker = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        List<Long> during = new ArrayList<>();
        double most = 0;
        try {
            while (attacker.isAlive() && during.size() < 1_000_000) {
                during.add(probe());
                most = Math.max(most, fleet.gauge("gateway.connections"));
                assertThat(attacker.waitFor(5, TimeUnit.MILLISECONDS) || during.size() < 10_000)
                        .isTrue();
            }
        } finally {
            attacker.destroyForcibly();
        }
        String said = Files.readString(output);
        Files.delete(output);
        assertThat(during).as(said).hasSizeGreaterThan(5);
        // Who is answered at once never dawdles: that attack is told by its requests.
        double begun = fleet.count("gateway.requests") - before.size() - during.size();
        assertThat(Math.max(most, begun)).as("the attack took place: %s", said).isGreaterThan(ATTACKERS / 3.0);
        assertThat((double) median(during))
                .as("median of probes, before: %d ns", median(before))
                .isLessThan(FACTOR * Math.max(FLOOR_NANOS, median(before)));
        Await.until("the attackers are gone", () -> fleet.gauge("gateway.connections") <= 2);
        fleet.assertServes();
    }

    /** Slowloris. */
    @Test
    void slowHeaders() throws Exception {
        attack("-H", "-i", "1", "-t", "GET", "-x", "24");
        assertThat(fleet.count("gateway.requests", "status", "4xx")).isGreaterThan(0);
    }

    /** R.U.D.Y. */
    @Test
    void slowBody() throws Exception {
        attack("-B", "-i", "1", "-s", "8192", "-t", "POST", "-x", "10");
    }

    /** Apache Killer. */
    @Test
    void rangeHeaders() throws Exception {
        attack("-R", "-t", "HEAD", "-a", "10", "-b", "3000");
    }

    @Test
    void slowRead() throws Exception {
        attack("-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32", "-k", "3");
    }
}
