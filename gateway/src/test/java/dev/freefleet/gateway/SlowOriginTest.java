package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Route;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stale answers while the origin takes its time. */
class SlowOriginTest {
    private static final String[] STALE = {"Cache-Control: max-age=0, stale-if-error=600", "ETag: \"1\""};

    private final CountDownLatch go = new CountDownLatch(1);
    private final TestGateway fleet =
            TestGateway.start(exchange -> exchange.answer(200, "text/plain", "old", STALE), config -> config, policy());

    private static EdgePolicy policy() {
        CacheRule rule = new CacheRule.Http(1 << 20, false, new CacheRule.Stale(0, 0, 100));
        return new EdgePolicy(
                "test",
                List.of(new Route("site", Set.of("GET"), "/**", Route.Auth.NONE, null, 1 << 20, 30_000, rule)),
                Map.of("default", new EdgePolicy.Plan(TestGateway.PLENTY, List.of())),
                TestGateway.PLENTY,
                TestGateway.PLENTY,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.OFF);
    }

    @AfterEach
    void close() throws IOException {
        go.countDown();
        fleet.close();
    }

    private void assertSlow(HttpResponse<String> answer) {
        assertThat(answer.body()).isEqualTo("old");
        assertThat(answer.headers().firstValue("cache-status").orElseThrow()).endsWith("detail=origin-slow");
    }

    @Test
    void theStaleAnswerIsGivenAndTheNewOneIsStoredWhenItComes() throws Exception {
        assertThat(fleet.get("/a").body()).isEqualTo("old");
        fleet.origin.script(exchange -> {
            go.await();
            exchange.answer(200, "text/plain", "new", "Cache-Control: max-age=600");
        });
        fleet.usage.clear();
        assertSlow(fleet.get("/a"));
        assertThat(fleet.usage.take().originMicros())
                .as("the time that it waited")
                .isGreaterThanOrEqualTo(95_000);
        assertSlow(fleet.get("/a"));
        assertThat(fleet.usage.take().originMicros())
                .as("the time that it waited for the other's fetch")
                .isBetween(95_000L, 30_000_000L);
        assertThat(fleet.origin.requests()).as("one fetch goes on for all").isEqualTo(2);
        assertThat(fleet.gauge("gateway.origin.running")).isEqualTo(1);
        go.countDown();
        Await.until("the fetch is over", () -> fleet.gauge("gateway.origin.running") == 0);
        Await.until("it is stored", () -> {
            try {
                return fleet.get("/a").body().equals("new");
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThat(fleet.origin.requests()).isEqualTo(2);
        Await.until("nothing is left", () -> fleet.gauge("gateway.in.flight") == 0);
        assertThat(fleet.gauge("gateway.flights")).isZero();
    }

    @Test
    void aConfirmationThatComesLateFreshensTheStoredAnswer() throws Exception {
        assertThat(fleet.get("/a").body()).isEqualTo("old");
        fleet.origin.script(exchange -> {
            go.await();
            exchange.raw("HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=600\r\nETag: \"1\"\r\n\r\n");
        });
        assertSlow(fleet.get("/a"));
        go.countDown();
        Await.until("it is fresh", () -> {
            try {
                return fleet.get("/a")
                        .headers()
                        .firstValue("cache-status")
                        .orElseThrow()
                        .contains("hit");
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThat(fleet.origin.requests()).isEqualTo(2);
    }

    @Test
    void anOriginThatFailsLateChangesNothing() throws Exception {
        assertThat(fleet.get("/a").body()).isEqualTo("old");
        fleet.origin.script(exchange -> {
            go.await();
            exchange.reset();
        });
        assertSlow(fleet.get("/a"));
        go.countDown();
        Await.until("nothing is left", () -> fleet.gauge("gateway.in.flight") == 0);
        assertThat(fleet.get("/a").body()).isEqualTo("old");
    }

    @Test
    void aLongStaleAnswerIsNotCutWhenTheOriginAnswersMeanwhile() throws Exception {
        String text = "x".repeat(300_000);
        fleet.origin.script(exchange -> exchange.answer(200, "text/plain", text, STALE));
        assertThat(fleet.get("/a").body()).hasSize(300_000);
        fleet.origin.script(exchange -> {
            go.await();
            exchange.answer(200, "text/plain", "new", "Cache-Control: max-age=600");
        });
        assertThat(fleet.get("/a").body()).isEqualTo(text);
    }
}
