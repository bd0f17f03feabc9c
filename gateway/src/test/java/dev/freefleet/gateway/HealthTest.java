package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.TestOrigin;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the gateway says how it and the Brain are. */
class HealthTest {
    private final AtomicReference<String> said = new AtomicReference<>(health("healthy", "2026-01-01T00:00:00Z"));
    private final TestOrigin.Script brain = exchange -> exchange.json(
            exchange.target().equals("/health") ? said.get() : "{\"answer\":\"of " + exchange.target() + "\"}");
    private TestGateway fleet = start();

    private TestGateway start() {
        return TestGateway.start(
                brain, config -> config.with(new GatewayConfig.Poll("/health", Duration.ofMillis(100))));
    }

    private static String health(String status, String lastUpdate) {
        return "{\"status\":\"" + status
                + "\",\"database_status\":\"ok\",\"nested\":{\"status\":\"x\"},\"last_update\":\"" + lastUpdate
                + "\",\"total_records\":166000,\"list\":[1,{\"status\":2}],\"service_uptime_hours\":1.5}";
    }

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    private void brainIs(String status) {
        Await.until("the Brain is " + status, () -> fleet.gateway.brainStatus().equals(status));
    }

    @Test
    void allIsWell() throws Exception {
        brainIs("healthy");
        HttpResponse<String> full = fleet.get("/health");
        assertThat(full.statusCode()).isEqualTo(200);
        assertThat(full.headers().firstValue("content-type")).contains("application/json");
        assertThat(full.body())
                .contains("\"status\":\"healthy\"")
                .contains("\"database_status\":\"ok\"")
                .contains("\"last_update\":\"2026-01-01T00:00:00Z\"")
                .contains("\"total_records\":166000")
                .contains("\"response_time_ms\":")
                .contains("\"service_uptime_hours\":");
        assertThat(fleet.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(fleet.get("/health/ready").body()).isEqualTo("{\"status\":\"ready\"}");
    }

    @Test
    void withoutABrainTheGatewayIsReadyAndDegraded() throws Exception {
        fleet.origin.close();
        brainIs("down");
        HttpResponse<String> full = fleet.get("/health");
        assertThat(full.statusCode()).isEqualTo(200);
        assertThat(full.body()).contains("\"status\":\"degraded\"").contains("\"brain_status\":\"down\"");
        assertThat(fleet.get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void aNewLastUpdateMakesOldAnswersStale() throws Exception {
        brainIs("healthy");
        Await.until("the index is known", () -> {
            try {
                fleet.query("{\"query\":\"v\"}");
                return fleet.query("{\"query\":\"v\"}")
                        .headers()
                        .firstValue("cache-status")
                        .orElseThrow()
                        .contains("hit");
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
        said.set(health("healthy", "2026-02-02T00:00:00Z"));
        Await.until("a new answer is fetched", () -> {
            try {
                return !fleet.query("{\"query\":\"v\"}")
                        .headers()
                        .firstValue("cache-status")
                        .orElseThrow()
                        .contains("hit");
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    @Test
    void theBrainIsTakenAtItsWord() {
        said.set(health("degraded", "x"));
        brainIs("degraded");
        said.set("no JSON at all");
        brainIs("healthy");
        fleet.origin.script(exchange -> exchange.answer(500, "text/plain", "oops"));
        brainIs("degraded");
        fleet.origin.script(exchange -> exchange.reset());
        brainIs("down");
        fleet.origin.script(brain);
        brainIs("healthy");
    }

    @Test
    void whatABrainSaysIsReadWithCare() {
        assertThat(BrainHealth.of(200, bytes("{\"status\":\"<script>\"}"), 1).status())
                .isEqualTo("degraded");
        assertThat(BrainHealth.of(200, bytes("{\"status\":7,\"last_update\":null}"), 1))
                .isEqualTo(new BrainHealth("healthy", "unknown", "", -1, 1));
        assertThat(BrainHealth.of(200, bytes("{\"last_update\":\"" + "x".repeat(5000) + "\"}"), 1)
                        .lastUpdate())
                .hasSize(100);
        assertThat(BrainHealth.of(200, bytes("{\"status\":\"down\""), 1).status())
                .isEqualTo("healthy");
        assertThat(BrainHealth.of(503, bytes("["), 1).status()).isEqualTo("degraded");
        assertThat(BrainHealth.of(200, bytes("{\"total_records\":99999999999999999999}"), 1)
                        .totalRecords())
                .isEqualTo(-1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
